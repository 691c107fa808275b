// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Test} from "forge-std/Test.sol";
import {Consent, Fulfilment, SignedConsent} from "../../src/oracle/OracleTypes.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {ScriptedRequester} from "./HostileRequesters.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice Asks, answers, reclaims and takes money out, with a requester that misbehaves in its callbacks and a donor that forces money in.
contract EscrowHandler is OracleFixture {
    ScriptedRequester public requester;
    address public payee = makeAddr("payee");
    mapping(uint256 requestId => Consent) private _consents;
    uint256 public escrowed;
    uint256 public forced;
    uint192 private _next;

    function setUp() public override {
        super.setUp();
        requester = new ScriptedRequester(oracle);
        vm.deal(address(requester), type(uint128).max);
    }

    function scores() external view returns (CreditScoringOracle) {
        return oracle;
    }

    function ask(uint256 fee, uint256 callbackGas) external {
        Consent memory consent = _consent(address(requester));
        (consent.nonceKey, consent.expiry) = (++_next, type(uint64).max);
        consent.subject = keccak256(abi.encode("subject", _next));
        bytes memory signature = _signature(holderKey, _digest(_hash(consent)));
        uint128 maxFee = SafeCast.toUint128(bound(fee, 0, 100 ether));
        uint32 gas_ = SafeCast.toUint32(bound(callbackGas, 0, 200_000));
        uint256 id = requester.request(consent.subject, MODEL, SignedConsent(consent, signature), maxFee, gas_);
        _consents[id] = consent;
        escrowed += maxFee;
    }

    function answer(uint256 id, uint256 fee, uint8 mood) external {
        id = _open(id);
        if (id == 0) return;
        CreditScoringOracle.Request memory request = oracle.requestOf(id);
        if (block.timestamp > request.deadline) return;
        requester.set(ScriptedRequester.Mood(mood % 6), mood % 2 == 0);
        Fulfilment memory f = Fulfilment(id, _report(1), bound(fee, 0, request.escrow), payee);
        (f.report.subject, f.report.consentHash) = (_consents[id].subject, _hash(_consents[id]));
        oracle.fulfilRequest(f, BITMAP, _sign(_hash(f)));
        escrowed -= request.escrow;
    }

    function reclaim(uint256 id) external {
        id = _open(id);
        if (id == 0) return;
        CreditScoringOracle.Request memory request = oracle.requestOf(id);
        if (block.timestamp <= request.deadline) vm.warp(uint256(request.deadline) + 1);
        requester.reclaim(id);
        escrowed -= request.escrow;
    }

    function take(bool payees) external {
        address account = payees ? payee : address(requester);
        if (oracle.credits(account) == 0) return;
        vm.prank(account);
        oracle.withdrawCredit(stranger);
    }

    function force(uint256 amount) external {
        amount = bound(amount, 0, 1 ether);
        vm.deal(address(oracle), address(oracle).balance + amount);
        forced += amount;
    }

    function _open(uint256 id) private view returns (uint256) {
        if (oracle.requestCount() == 0) return 0;
        id = id % oracle.requestCount() + 1;
        return oracle.requestOf(id).requester == address(0) ? 0 : id;
    }
}

contract EscrowInvariantsTest is Test {
    EscrowHandler private _handler;

    function setUp() public {
        _handler = new EscrowHandler();
        _handler.setUp();
        bytes4[] memory selectors = new bytes4[](5);
        selectors[0] = EscrowHandler.ask.selector;
        selectors[1] = EscrowHandler.answer.selector;
        selectors[2] = EscrowHandler.reclaim.selector;
        selectors[3] = EscrowHandler.take.selector;
        selectors[4] = EscrowHandler.force.selector;
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
        targetContract(address(_handler));
    }

    function invariant_what_is_held_is_what_is_owed() public view {
        CreditScoringOracle oracle = _handler.scores();
        uint256 credits = oracle.credits(_handler.payee()) + oracle.credits(address(_handler.requester()));
        uint256 open;
        for (uint256 id = 1; id <= oracle.requestCount(); ++id) {
            open += oracle.requestOf(id).escrow;
        }
        assertEq(open, _handler.escrowed());
        assertEq(address(oracle).balance, credits + open + _handler.forced());
    }
}
