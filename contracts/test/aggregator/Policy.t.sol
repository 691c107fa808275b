// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)
// forge-lint: disable-start(incorrect-shift)

import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "src/aggregator/IAggregatorEvents.sol";
import {Roles} from "src/governance/Roles.sol";
import {ICollateral} from "src/interfaces/ICollateral.sol";
import {IScores} from "src/interfaces/IScores.sol";
import {AggregatorBase} from "./AggregatorBase.sol";

contract PolicyTest is AggregatorBase {
    function loosenReverts(bytes memory call_, bytes memory reason) internal {
        vm.startPrank(multisig);
        manager.schedule(address(register), call_, 0);
        vm.warp(block.timestamp + Roles.LOOSEN_DELAY);
        vm.expectRevert(reason);
        manager.execute(address(register), call_);
        vm.stopPrank();
    }

    function test_PauseStopsOnceAndOnlyWhatItNames() public {
        vm.startPrank(guardian);
        vm.expectEmit(address(register));
        emit Events.ActionStopped(Action.Fund, guardian);
        register.pause(Action.Fund);
        vm.expectRevert(abi.encodeWithSelector(Errors.AlreadyPaused.selector, Action.Fund));
        register.pause(Action.Fund);
        vm.stopPrank();
        bytes32 loanId = accepted(defaultQuote());
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Fund));
        fund(loanId);
    }

    function test_UnpauseWaitsAndWorksOnce() public {
        vm.prank(guardian);
        register.pause(Action.Open);
        loosen(abi.encodeCall(register.unpause, (Action.Open)));
        assertFalse(register.paused(Action.Open));
        loosenReverts(
            abi.encodeCall(register.unpause, (Action.Open)),
            abi.encodeWithSelector(Errors.NotPaused.selector, Action.Open)
        );
    }

    function test_EveryActionCanBePaused() public {
        Quote memory q = receiptQuote();
        bytes32 loanId = fundedByReceipt();
        pauseAll();
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Open));
        register.openRequest(borrower, REQUEST, 0, "");
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Commit));
        register.commitOutcomes(0, 0, 0, 0, 0);
        Signatures memory none;
        Acceptance memory a;
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Accept));
        register.accept(q, noCollateral(), a, none);
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Fund));
        register.fundWithToken(loanId, noCollateral());
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Fund));
        register.beginProtocolFunding(loanId);
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Fund));
        register.endProtocolFunding(loanId);
        FundingReceipt memory r;
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Fund));
        register.fundWithReceipt(r, none);
        Amendment memory am;
        Terms memory t;
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Amend));
        register.amend(am, t, none);
    }

    function test_AdaptersComeSlowlyAndGoAtOnce() public {
        loosenReverts(
            abi.encodeCall(register.addAdapter, (address(adapter))),
            abi.encodeWithSelector(Errors.AdapterKnown.selector, address(adapter))
        );
        loosenReverts(
            abi.encodeCall(register.addAdapter, (address(0))),
            abi.encodeWithSelector(Errors.ZeroAddress.selector, bytes32("adapter"))
        );
        vm.startPrank(guardian);
        register.removeAdapter(address(adapter));
        assertFalse(register.isAdapter(address(adapter)));
        vm.expectRevert(abi.encodeWithSelector(Errors.AdapterUnknown.selector, address(adapter)));
        register.removeAdapter(address(adapter));
        vm.stopPrank();
    }

    function test_APublishedPolicyNeverChanges() public {
        assertEq(register.policyHash(1), keccak256("policy 1"));
        loosenReverts(
            abi.encodeCall(register.publishPolicy, (1, keccak256("another"))),
            abi.encodeWithSelector(Errors.PolicyKnown.selector, 1)
        );
        loosenReverts(
            abi.encodeCall(register.publishPolicy, (2, bytes32(0))),
            abi.encodeWithSelector(Errors.PolicyUnknown.selector, 2)
        );
    }

    function test_SettersSetAndSaySo() public {
        loosen(abi.encodeCall(register.setGateway, (stranger)));
        loosen(abi.encodeCall(register.setEscrow, (ICollateral(address(7)))));
        loosen(abi.encodeCall(register.setScores, (IScores(address(8)))));
        assertEq(register.gateway(), stranger);
        assertEq(address(register.escrow()), address(7));
        assertEq(address(register.scores()), address(8));
    }

    function test_ANewEscrowHasNoSayInOldLoans() public {
        bytes32 loanId = funded();
        address old = address(escrow);
        loosen(abi.encodeCall(register.setEscrow, (ICollateral(stranger))));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotEscrow.selector, loanId, old, stranger));
        register.recordShortfall(loanId, 1);
    }

    // Keys

    function test_AddKeyRefusesWhatCannotSign() public {
        uint64 t = uint64(block.timestamp + 10 days);
        loosenReverts(
            abi.encodeCall(register.addKey, (PROVIDER, address(0), t, t + 1, KeyKind.Ecdsa)),
            abi.encodeWithSelector(Errors.ZeroAddress.selector, bytes32("key"))
        );
        loosenReverts(
            abi.encodeCall(register.addKey, (PROVIDER, stranger, t, t + 1, KeyKind.None)),
            abi.encodeWithSelector(Errors.KeyKindMissing.selector)
        );
        loosenReverts(
            abi.encodeCall(register.addKey, (PROVIDER, stranger, t, t, KeyKind.Ecdsa)),
            abi.encodeWithSelector(Errors.KeyWindow.selector, t, t)
        );
        loosenReverts(
            abi.encodeCall(register.addKey, (PROVIDER, stranger, 1, 2, KeyKind.Ecdsa)),
            abi.encodeWithSelector(Errors.KeyWindow.selector, 1, 2)
        );
    }

    function test_ARevokedKeyNeverComesBack() public {
        vm.startPrank(guardian);
        vm.expectEmit(address(register));
        emit Events.KeyRevoked(PROVIDER, key, uint64(block.timestamp));
        register.revokeKey(PROVIDER, key);
        assertEq(register.keyOf(PROVIDER, key).revokedAt, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, key, KeyStatus.Revoked));
        register.revokeKey(PROVIDER, key);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, stranger, KeyStatus.Unknown));
        register.revokeKey(PROVIDER, stranger);
        vm.stopPrank();
        uint64 t = uint64(block.timestamp + 10 days);
        loosenReverts(
            abi.encodeCall(register.addKey, (PROVIDER, key, t, t + 1, KeyKind.Ecdsa)),
            abi.encodeWithSelector(Errors.KeyKnown.selector, PROVIDER, key)
        );
    }

    function test_KeyStatusFollowsTheWindowToTheSecond() public {
        uint64 from = uint64(block.timestamp + 10 days);
        loosen(abi.encodeCall(register.addKey, (PROVIDER, stranger, from, from + 10, KeyKind.Ecdsa)));
        vm.warp(from - 1);
        assertEq(uint8(register.keyStatus(PROVIDER, stranger)), uint8(KeyStatus.NotYet));
        vm.warp(from);
        assertEq(uint8(register.keyStatus(PROVIDER, stranger)), uint8(KeyStatus.Valid));
        vm.warp(from + 9);
        assertEq(uint8(register.keyStatus(PROVIDER, stranger)), uint8(KeyStatus.Valid));
        vm.warp(from + 10);
        assertEq(uint8(register.keyStatus(PROVIDER, stranger)), uint8(KeyStatus.Over));
        assertEq(uint8(register.keyStatus(keccak256("other"), stranger)), uint8(KeyStatus.Unknown));
    }

    // Nonces

    function test_CancelledNoncesAreCancelledForEver() public {
        bytes memory signature = sign(keyKey, typed(hashCancellation(PROVIDER, 0, 2)));
        vm.expectEmit(address(register));
        emit Events.NoncesCancelled(PROVIDER, key, 0, 2);
        register.cancelNonces(PROVIDER, key, 0, 2, signature);
        vm.expectRevert(abi.encodeWithSelector(Errors.NothingToCancel.selector, PROVIDER, 0, 2));
        register.cancelNonces(PROVIDER, key, 0, 2, signature);
        Quote memory q = defaultQuote();
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.NonceUsed.selector, PROVIDER, 1));
        register.accept(q, collateral(address(register)), a, s);
    }

    function test_CancellingTakesTheProvidersSignature(uint256 word, uint256 mask) public {
        bytes32 digest = typed(hashCancellation(PROVIDER, word, mask));
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, digest));
        register.cancelNonces(PROVIDER, key, word, mask, sign(borrowerKey, digest));
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, borrower, KeyStatus.Unknown));
        register.cancelNonces(PROVIDER, borrower, word, mask, sign(borrowerKey, digest));
    }

    function test_OneNonceServesOneQuote(uint256 nonce) public {
        accepted(quoteFor(borrower, REQUEST, nonce));
        assertEq(register.nonceBitmap(PROVIDER, nonce >> 8), 1 << (nonce & 255));
        Quote memory q = quoteFor(borrower, keccak256("second"), nonce);
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.NonceUsed.selector, PROVIDER, nonce));
        register.accept(q, collateral(address(register)), a, s);
    }
}
