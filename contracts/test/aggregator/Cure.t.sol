// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "src/aggregator/IAggregatorEvents.sol";
import {AggregatorBase} from "./AggregatorBase.sol";

/// @notice What a default opens, and how it ends. The schedule: half of the principal after 180 days, six tenths of it after a year.
contract CureTest is AggregatorBase {
    uint256 private constant FIRST = PRINCIPAL / 2;
    uint256 private constant SECOND = uint256(PRINCIPAL) * 6 / 10;

    function callable(bytes32 loanId) private view returns (uint256) {
        return register.debtOf(loanId).callable;
    }

    function impaired() private returns (bytes32 loanId) {
        loanId = funded();
        vm.warp(block.timestamp + 180 days + 30 days + 1);
        mark(loanId, LoanState.Impaired);
    }

    function defaulted() private returns (bytes32 loanId) {
        loanId = funded();
        vm.warp(block.timestamp + 180 days + 90 days + 1);
        mark(loanId, LoanState.Impaired);
        mark(loanId, LoanState.Defaulted);
    }

    function test_ALoanThatPaysWhatIsOverdueIsCuredFromEitherMark() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            bytes32 loanId = i == 0 ? impaired() : defaulted();
            vm.expectRevert(abi.encodeWithSelector(Errors.StillOverdue.selector, loanId, FIRST, 0));
            register.cure(loanId, schedule());
            payAs(borrower, loanId, FIRST - 1);
            vm.expectRevert(abi.encodeWithSelector(Errors.StillOverdue.selector, loanId, FIRST, FIRST - 1));
            register.cure(loanId, schedule());
            payAs(borrower, loanId, 1);
            pauseAll();
            vm.prank(stranger);
            vm.expectEmit(address(register));
            emit Events.LoanCured(loanId, FIRST, FIRST);
            register.cure(loanId, schedule());
            assertEq(uint8(stateOf(loanId)), uint8(LoanState.Funded));
            assertEq(register.loanOf(loanId).called, 0);
            vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Funded));
            register.cure(loanId, schedule());
            vm.revertToState(snapshot);
        }
    }

    function test_CureNeedsTheScheduleThatWasSigned() public {
        bytes32 loanId = impaired();
        Instalment[] memory rows = new Instalment[](0);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.ScheduleIs.selector, hashSchedule(schedule()), hashSchedule(rows))
        );
        register.cure(loanId, rows);
        vm.expectRevert(abi.encodeWithSelector(Errors.ScheduleTooLong.selector, 601, 600));
        register.cure(loanId, new Instalment[](601));
    }

    function test_CureCountsNoGrace() public {
        bytes32 loanId = impaired();
        payAs(borrower, loanId, FIRST);
        // The second instalment is due since a second, and in no grace of a mark.
        vm.warp(register.loanOf(loanId).fundedAt + YEAR + 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.StillOverdue.selector, loanId, FIRST + SECOND, FIRST));
        register.cure(loanId, schedule());
    }

    function test_AnOldNoticeDoesNotMarkACuredLoanAgain() public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + 211 days);
        Notice memory n = Notice(loanId, 1, LoanState.Impaired, "why", type(uint64).max);
        bytes memory s = sign(keyKey, typed(hashNotice(n)));
        register.markImpaired(n, key, s, schedule());
        payAs(borrower, loanId, FIRST);
        register.cure(loanId, schedule());
        vm.warp(block.timestamp + YEAR);
        vm.expectRevert(abi.encodeWithSelector(Errors.SequenceIs.selector, 2, 1));
        register.markImpaired(n, key, s, schedule());
        mark(loanId, LoanState.Impaired);
    }

    function test_OnlyADefaultCallsAndOnlyWhatIsOverdue() public {
        bytes32 loanId = impaired();
        assertEq(callable(loanId), 0);
        vm.warp(register.loanOf(loanId).fundedAt + 270 days + 1);
        mark(loanId, LoanState.Defaulted);
        assertEq(register.loanOf(loanId).called, FIRST);
        assertEq(callable(loanId), FIRST);
        payAs(stranger, loanId, FIRST - 7);
        assertEq(callable(loanId), 7);
        payAs(stranger, loanId, 7);
        assertEq(callable(loanId), 0);
    }

    function test_WhatFallsOverdueLaterIsCalledByShowingTheSchedule() public {
        bytes32 loanId = defaulted();
        vm.expectRevert(abi.encodeWithSelector(Errors.NothingMoreToCall.selector, loanId, FIRST, FIRST));
        register.callOverdue(loanId, schedule());
        payAs(stranger, loanId, FIRST);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotOverdue.selector, loanId, FIRST, FIRST));
        register.callOverdue(loanId, schedule());
        // A longer grace than the schedule, so that the second is called before the maturity calls all: a loan of two years.
        Terms memory t = Terms(0.1e18, 2 * YEAR, 30 days, 90 days, hashSchedule(schedule()), "f");
        Amendment memory a = Amendment(loanId, 1, hashNewTerms(t), uint64(block.timestamp + 1));
        register.amend(a, t, both(hashAmendment(a)));
        vm.warp(register.loanOf(loanId).fundedAt + YEAR + 90 days);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotOverdue.selector, loanId, FIRST, FIRST));
        register.callOverdue(loanId, schedule());
        vm.warp(block.timestamp + 1);
        vm.prank(stranger);
        vm.expectEmit(address(register));
        emit Events.LoanCalled(loanId, FIRST + SECOND, FIRST);
        register.callOverdue(loanId, schedule());
        assertEq(callable(loanId), SECOND < register.owed(loanId) ? SECOND : register.owed(loanId));
    }

    function test_CallsNeedADefaultMarkedByTheProvider() public {
        bytes32 loanId = impaired();
        vm.warp(block.timestamp + YEAR);
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Impaired));
        register.callOverdue(loanId, schedule());
    }

    function test_AllIsCalledOnceTheMaturityIsPastByTheGraceOfADefault() public {
        bytes32 loanId = defaulted();
        vm.warp(register.loanOf(loanId).fundedAt + YEAR + 90 days);
        assertEq(callable(loanId), FIRST);
        vm.warp(block.timestamp + 1);
        assertEq(callable(loanId), register.owed(loanId));
        assertGt(register.owed(loanId), PRINCIPAL);
    }

    function test_InterestOnWhatWasLateIsDueAtTheMaturityThoughNoScheduleNamesIt() public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + YEAR);
        payAs(borrower, loanId, FIRST + SECOND - 1);
        vm.warp(block.timestamp + 91 days);
        uint256 owed = register.owed(loanId);
        payAs(borrower, loanId, 1);
        // The schedule is paid to the unit, and something is owed.
        assertEq(register.owed(loanId), owed - 1);
        if (owed == 1) return;
        mark(loanId, LoanState.Impaired);
        mark(loanId, LoanState.Defaulted);
        assertEq(callable(loanId), owed - 1);
    }

    function test_AnAmendmentCallsNothingByTheOldSchedule() public {
        bytes32 loanId = defaulted();
        Instalment[] memory rows = new Instalment[](1);
        rows[0] = Instalment(3 * YEAR, PRINCIPAL * 2);
        Terms memory t = Terms(0.1e18, 3 * YEAR, 30 days, 90 days, hashSchedule(rows), "f");
        Amendment memory a = Amendment(loanId, 1, hashNewTerms(t), uint64(block.timestamp + 1));
        register.amend(a, t, both(hashAmendment(a)));
        assertEq(callable(loanId), 0);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Defaulted));
        register.cure(loanId, rows);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Funded));
    }

    function test_AScheduleBeyondAllMoneyCallsTheDebtAndNoMore() public {
        Instalment[] memory rows = new Instalment[](1);
        rows[0] = Instalment(1 days, type(uint256).max);
        Quote memory q = defaultQuote();
        q.scheduleHash = hashSchedule(rows);
        bytes32 loanId = accepted(q);
        fund(loanId);
        vm.warp(block.timestamp + 92 days);
        for (uint32 i = 1; i <= 2; ++i) {
            LoanState to = i == 1 ? LoanState.Impaired : LoanState.Defaulted;
            Notice memory n = Notice(loanId, i, to, "why", uint64(block.timestamp + 1));
            bytes memory s = sign(keyKey, typed(hashNotice(n)));
            if (i == 1) register.markImpaired(n, key, s, rows);
            else register.markDefaulted(n, key, s, rows);
        }
        assertEq(callable(loanId), register.owed(loanId));
        arm(stranger, 2 * uint256(PRINCIPAL));
        vm.prank(stranger);
        register.repay(loanId, type(uint256).max);
        assertEq(callable(loanId), 0);
    }

    /// @dev However much is paid in however many pieces, what is called is what was due and is not paid.
    function testFuzz_WhatIsCalledIsDueAndUnpaid(uint256 paid, uint256 later) public {
        bytes32 loanId = defaulted();
        paid = bound(paid, 1, FIRST + 1_000e6);
        payAs(stranger, loanId, paid);
        uint256 latest = register.loanOf(loanId).fundedAt + YEAR + 90 days;
        vm.warp(bound(later, block.timestamp, latest));
        assertEq(callable(loanId), paid < FIRST ? FIRST - paid : 0);
    }
}
