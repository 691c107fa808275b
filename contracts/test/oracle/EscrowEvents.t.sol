// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {Consent, Fulfilment, SignedConsent} from "../../src/oracle/OracleTypes.sol";
import {ScoreRequests} from "../../src/oracle/ScoreRequests.sol";
import {ScoreStore} from "../../src/oracle/ScoreStore.sol";
import {ScriptedRequester} from "./HostileRequesters.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice A reader of events alone, who knows after each of them what is open, what is owed to whom, and which consent is next. Its
/// arithmetic is checked, so money that is taken out before an event has credited it fails here.
contract EscrowEventsTest is OracleFixture {
    uint128 private constant FEE = 1 ether;
    ScriptedRequester private _requester;
    address private _payee = makeAddr("payee");

    mapping(uint256 requestId => ScoreRequests.Request) private _open;
    mapping(address account => uint256) private _credits;
    mapping(uint192 lane => uint64) private _next;
    uint256 private _count;

    function setUp() public override {
        super.setUp();
        _requester = new ScriptedRequester(oracle);
        vm.deal(address(_requester), 10 ether);
    }

    function test_events_alone_rebuild_requests_credits_and_lanes() public {
        vm.recordLogs();
        Consent memory first = _ask(77, 0, 500_000);
        _ask(77, 1, 0);
        _ask(78, 0, 0);
        _replay();
        _requester.set(ScriptedRequester.Mood.Reenters, false);
        _requester.script(abi.encodeCall(oracle.withdrawCredit, (address(_requester))));
        Fulfilment memory f = Fulfilment(1, _report(1), 0.4 ether, _payee);
        f.report.consentHash = _hash(first);
        oracle.fulfilRequest(f, BITMAP, _sign(_hash(f)));
        assertEq(_requester.innerSuccesses(), 1);
        _replay();
        vm.warp(T0 + 1 days + 1);
        _requester.reclaim(2);
        _replay();
        vm.prank(_payee);
        oracle.withdrawCredit(stranger);
        _replay();
        assertEq(_credits[address(_requester)], FEE);
        assertEq(_credits[_payee], 0);
    }

    function _ask(uint192 lane, uint64 number, uint32 callbackGas) private returns (Consent memory consent) {
        consent = _consent(address(_requester));
        (consent.nonceKey, consent.nonceSeq) = (lane, number);
        SignedConsent memory signed = SignedConsent(consent, _signature(holderKey, _digest(_hash(consent))));
        _requester.request(SUBJECT, MODEL, signed, FEE, callbackGas);
    }

    function _replay() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            _apply(logs[i]);
        }
        assertEq(oracle.requestCount(), _count);
        for (uint256 id = 1; id <= _count; ++id) {
            assertEq(abi.encode(oracle.requestOf(id)), abi.encode(_open[id]));
        }
        assertEq(oracle.credits(address(_requester)), _credits[address(_requester)]);
        assertEq(oracle.credits(_payee), _credits[_payee]);
        for (uint192 lane = 77; lane < 80; ++lane) {
            assertEq(oracle.nonces(holder, lane), uint256(lane) << 64 | _next[lane]);
        }
    }

    function _apply(Vm.Log memory log) private {
        bytes32 kind = log.topics[0];
        uint256 id = uint256(log.topics[1]);
        if (kind == ScoreRequests.ConsentUsed.selector) {
            (uint192 lane, uint64 number) = abi.decode(log.data, (uint192, uint64));
            _next[lane] = number + 1;
        } else if (kind == ScoreRequests.ScoreRequested.selector) {
            _count = id;
            _open[id] = _requestOf(log);
        } else if (kind == ScoreRequests.RequestFulfilled.selector) {
            (uint256 fee, uint256 refund) = abi.decode(log.data, (uint256, uint256));
            _credits[_account(log.topics[2])] += fee;
            _credits[_open[id].requester] += refund;
            delete _open[id];
        } else if (kind == ScoreRequests.RequestReclaimed.selector) {
            _credits[_account(log.topics[2])] += abi.decode(log.data, (uint256));
            delete _open[id];
        } else if (kind == ScoreRequests.CreditWithdrawn.selector) {
            _credits[_account(log.topics[1])] -= abi.decode(log.data, (uint256));
        } else {
            assertTrue(kind == ScoreStore.ReportAccepted.selector || kind == ScoreRequests.RequesterCalled.selector);
        }
    }

    function _requestOf(Vm.Log memory log) private pure returns (ScoreRequests.Request memory request) {
        bytes32 modelId;
        bytes32 consentHash;
        uint256 escrow;
        (modelId, consentHash, escrow, request.deadline, request.callbackGas, request.consentExpiry) =
            abi.decode(log.data, (bytes32, bytes32, uint256, uint40, uint32, uint64));
        request.requester = _account(log.topics[2]);
        request.escrow = FEE;
        assertEq(escrow, FEE);
        request.topic = keccak256(abi.encode(log.topics[3], modelId, consentHash));
    }

    function _account(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
