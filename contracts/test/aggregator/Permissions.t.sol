// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {AggregatorLanes} from "src/aggregator/AggregatorLanes.sol";
import {Roles} from "src/governance/Roles.sol";
import {AggregatorBase} from "./AggregatorBase.sol";

/// @notice Every function of the register and who may call it. A function without a row here fails.
contract PermissionsTest is AggregatorBase {
    enum Who {
        Unknown,
        Guardian,
        Multisig,
        Authority,
        Gateway,
        Escrow,
        Borrower,
        Anyone,
        View
    }

    mapping(bytes32 signature => Who) internal rows;
    uint256 internal count;

    function row(string memory signature, Who who) internal {
        rows[keccak256(bytes(signature))] = who;
        ++count;
    }

    function setUp() public override {
        super.setUp();
        string memory quote =
            "(bytes32,bytes32,address,address,uint8,address,uint256,uint8,uint256,uint32,bytes32,bytes32,bytes32,uint32,uint32,uint16,bytes32,bytes32,uint256,uint32,uint64,uint64,uint256)";
        row("pause(uint8)", Who.Guardian);
        row("removeAdapter(address)", Who.Guardian);
        row("revokeKey(bytes32,address)", Who.Guardian);
        row("unpause(uint8)", Who.Multisig);
        row("setEscrow(address)", Who.Multisig);
        row("setScores(address)", Who.Multisig);
        row("setGateway(address)", Who.Multisig);
        row("publishPolicy(uint32,bytes32)", Who.Multisig);
        row("addAdapter(address)", Who.Multisig);
        row("addKey(bytes32,address,uint64,uint64,uint8)", Who.Multisig);
        row("setAuthority(address)", Who.Authority);
        row("commitOutcomes(bytes32,bytes32,uint16,uint16,uint32)", Who.Gateway);
        row("repayByLiquidation(bytes32,uint256)", Who.Escrow);
        row("recordShortfall(bytes32,uint256)", Who.Escrow);
        row("cancelAccepted(bytes32)", Who.Borrower);
        row("beginProtocolFunding(bytes32)", Who.Borrower);
        row("endProtocolFunding(bytes32)", Who.Borrower);
        row("noteProtocolBaseline(bytes32)", Who.Borrower);
        row("proveProtocolFunding(bytes32)", Who.Borrower);
        // For the caller's own affairs, or by signatures that the tests of signatures vary.
        row("cancelRequest(bytes32)", Who.Anyone);
        row("bindLender(bytes32,bool)", Who.Anyone);
        row("claim(address,address)", Who.Anyone);
        row("cancelNonces(bytes32,address,uint256,uint256,bytes)", Who.Anyone);
        row("openRequest(address,bytes32,uint64,bytes)", Who.Anyone);
        row("expireRequest(bytes32)", Who.Anyone);
        row(
            string.concat(
                "accept(",
                quote,
                ",(address,bytes32,address[],uint256[]),(bytes32,bytes32,uint16,uint64),(address,bytes,bytes))"
            ),
            Who.Anyone
        );
        row("expireAccepted(bytes32)", Who.Anyone);
        row("fundWithToken(bytes32,(address,bytes32,address[],uint256[]))", Who.Anyone);
        row("fundWithReceipt((bytes32,address,uint256,uint64,bytes32),(address,bytes,bytes))", Who.Anyone);
        row("repay(bytes32,uint256)", Who.Anyone);
        row("markImpaired((bytes32,uint32,uint8,bytes32,uint64),address,bytes,(uint32,uint256)[])", Who.Anyone);
        row("markDefaulted((bytes32,uint32,uint8,bytes32,uint64),address,bytes,(uint32,uint256)[])", Who.Anyone);
        row(
            "amend((bytes32,uint32,bytes32,uint64),(uint256,uint32,uint32,uint32,bytes32,bytes32),(address,bytes,bytes))",
            Who.Anyone
        );
        row("recordPayment((bytes32,uint32,uint256,uint64,bool,bytes32),address,bytes)", Who.Anyone);
        row("recordProtocolRepaid(bytes32)", Who.Anyone);
        row("callOverdue(bytes32,(uint32,uint256)[])", Who.Anyone);
        row("cure(bytes32,(uint32,uint256)[])", Who.Anyone);
        string[32] memory views = [
            "BASELINE_GROWTH_BPS()",
            "BASELINE_WINDOW()",
            "MAX_APR()",
            "MAX_COLLATERAL_ASSETS()",
            "MAX_FUND_WITHIN()",
            "MAX_INSTALMENTS()",
            "MAX_PRINCIPAL()",
            "MAX_PROOF()",
            "MAX_REQUEST_LIFE()",
            "MAX_TERM()",
            "PROTOCOL_ROUNDING()",
            "authority()",
            "claimable(address,address)",
            "debtOf(bytes32)",
            "eip712Domain()",
            "escrow()",
            "gateway()",
            "isAdapter(address)",
            "isConsumingScheduledOp()",
            "isOutcome(bytes32,(uint8,bytes32,bytes32,uint16),bytes32[])",
            "isRankProven(bytes32,bytes32[])",
            "keyOf(bytes32,address)",
            "keyStatus(bytes32,address)",
            "lendsFor(address,bytes32)",
            "loanOf(bytes32)",
            "nonceBitmap(bytes32,uint256)",
            "outcomeLeaf(bytes32,(uint8,bytes32,bytes32,uint16))",
            "owed(bytes32)",
            "paused(uint8)",
            "policyHash(uint32)",
            "requestIdOf(address,bytes32)",
            "requestOf(bytes32)"
        ];
        for (uint256 i = 0; i < views.length; ++i) {
            row(views[i], Who.View);
        }
        row("scores()", Who.View);
        row(string.concat("quoteDigest(", quote, ")"), Who.View);
    }

    function signatures() internal view returns (string[] memory) {
        string memory path = string.concat(vm.projectRoot(), "/out/CreditAggregator.sol/CreditAggregator.json");
        return vm.parseJsonKeys(vm.readFile(path), ".methodIdentifiers");
    }

    function test_LanesAreChangedAfterTheDelayOnly() public {
        skip(5 days);
        assertEq(manager.getTargetAdminDelay(address(register)), 48 hours);
    }

    function test_EveryFunctionHasARowAndEveryRowAFunction() public view {
        string[] memory all = signatures();
        for (uint256 i = 0; i < all.length; ++i) {
            assertTrue(rows[keccak256(bytes(all[i]))] != Who.Unknown, all[i]);
        }
        assertEq(all.length, count);
    }

    function test_LanesAndRowsAgree() public view {
        string[] memory all = signatures();
        for (uint256 i = 0; i < all.length; ++i) {
            uint64 role = AggregatorLanes.roleOf(bytes4(keccak256(bytes(all[i]))));
            Who who = rows[keccak256(bytes(all[i]))];
            uint64 expected = who == Who.Guardian ? Roles.GUARDIAN : who == Who.Multisig ? Roles.MULTISIG : uint64(0);
            assertEq(role, expected, all[i]);
        }
    }

    /// @dev Arguments are zeros: whoever may not call is refused before any argument is looked at.
    function call(address caller, string memory signature) internal returns (bool ok, bytes memory answer) {
        vm.prank(caller);
        return address(register).call(abi.encodePacked(bytes4(keccak256(bytes(signature))), new bytes(1024)));
    }

    function test_EveryRestrictedFunctionRefusesEveryOtherRole() public {
        string[] memory all = signatures();
        address[6] memory callers = [guardian, multisig, gateway, address(escrow), borrower, stranger];
        uint256 tried;
        for (uint256 i = 0; i < all.length; ++i) {
            Who who = rows[keccak256(bytes(all[i]))];
            if (who != Who.Guardian && who != Who.Multisig && who != Who.Authority) continue;
            for (uint256 j = 0; j < callers.length; ++j) {
                if (who == Who.Guardian && callers[j] == guardian) continue;
                (bool ok, bytes memory answer) = call(callers[j], all[i]);
                assertFalse(ok, all[i]);
                bytes4 reason = bytes4(answer);
                if (who == Who.Multisig && callers[j] == multisig) {
                    // Allowed, but only after its delay: nothing was scheduled.
                    assertEq(reason, bytes4(keccak256("AccessManagerNotScheduled(bytes32)")), all[i]);
                } else {
                    assertEq(reason, IAccessManaged.AccessManagedUnauthorized.selector, all[i]);
                }
                ++tried;
            }
        }
        assertEq(tried, 3 * 5 + 7 * 6 + 6);
    }

    function test_TheGuardianIsLetThrough() public {
        string[3] memory own = ["pause(uint8)", "removeAdapter(address)", "revokeKey(bytes32,address)"];
        for (uint256 i = 0; i < own.length; ++i) {
            (bool ok, bytes memory answer) = call(guardian, own[i]);
            if (!ok) assertNotEq(bytes4(answer), IAccessManaged.AccessManagedUnauthorized.selector);
        }
    }

    /// @notice The runtime size limit of EIP-170, for the register and each library it is linked with.
    function test_EverythingFitsOnChain() public view {
        assertLe(address(register).code.length, 24_576);
        string[4] memory names = ["RequestLogic", "QuoteLogic", "FundingLogic", "ArrearsLogic"];
        for (uint256 i = 0; i < names.length; ++i) {
            string memory path = string.concat(vm.projectRoot(), "/out/", names[i], ".sol/", names[i], ".json");
            bytes memory code = bytes(vm.parseJsonString(vm.readFile(path), ".deployedBytecode.object"));
            assertLe((code.length - 2) / 2, 24_576, names[i]);
            assertGt(code.length, 2, names[i]);
        }
    }
}
