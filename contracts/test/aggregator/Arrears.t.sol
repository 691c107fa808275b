// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "src/aggregator/IAggregatorEvents.sol";
import {AggregatorBase} from "./AggregatorBase.sol";

contract ArrearsTest is AggregatorBase {
    function notice(bytes32 loanId, LoanState to) internal view returns (Notice memory) {
        return Notice(loanId, register.loanOf(loanId).marks + 1, to, keccak256("reason"), uint64(block.timestamp + 1));
    }

    function impairRefused(Notice memory n, Instalment[] memory rows, bytes memory reason) internal {
        bytes memory s = sign(keyKey, typed(hashNotice(n)));
        vm.expectRevert(reason);
        register.markImpaired(n, key, s, rows);
    }

    function test_MarksNeedTheirStateTheirNoticeAndTheirSchedule() public {
        bytes32 loanId = accepted(defaultQuote());
        impairRefused(
            notice(loanId, LoanState.Impaired),
            schedule(),
            abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Accepted)
        );
        fund(loanId);
        vm.warp(block.timestamp + 211 days);
        impairRefused(
            notice(loanId, LoanState.Defaulted),
            schedule(),
            abi.encodeWithSelector(Errors.NoticeIs.selector, LoanState.Defaulted)
        );
        Notice memory n = notice(loanId, LoanState.Impaired);
        n.deadline = uint64(block.timestamp);
        impairRefused(n, schedule(), abi.encodeWithSelector(Errors.DeadlinePassed.selector, n.deadline));
        n = notice(loanId, LoanState.Impaired);
        Instalment[] memory rows = new Instalment[](601);
        impairRefused(n, rows, abi.encodeWithSelector(Errors.ScheduleTooLong.selector, 601, 600));
        rows = schedule();
        rows[0].amount += 1;
        impairRefused(
            n, rows, abi.encodeWithSelector(Errors.ScheduleIs.selector, hashSchedule(schedule()), hashSchedule(rows))
        );
        bytes memory s = sign(borrowerKey, typed(hashNotice(n)));
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashNotice(n))));
        register.markImpaired(n, key, s, schedule());
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, borrower, KeyStatus.Unknown));
        register.markImpaired(n, borrower, s, schedule());
        s = sign(keyKey, typed(hashNotice(n)));
        vm.expectEmit(address(register));
        emit Events.LoanImpaired(loanId, key, PRINCIPAL / 2, 0, keccak256("reason"));
        register.markImpaired(n, key, s, schedule());
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Impaired));
        register.markImpaired(n, key, s, schedule());
    }

    function test_DefaultComesOnlyAfterImpairmentAndTheLongerGrace() public {
        bytes32 loanId = funded();
        uint256 start = block.timestamp;
        vm.warp(start + 180 days + 90 days);
        Notice memory n = notice(loanId, LoanState.Defaulted);
        bytes memory s = sign(keyKey, typed(hashNotice(n)));
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Funded));
        register.markDefaulted(n, key, s, schedule());
        mark(loanId, LoanState.Impaired);
        n = notice(loanId, LoanState.Defaulted);
        s = sign(keyKey, typed(hashNotice(n)));
        vm.expectRevert(abi.encodeWithSelector(Errors.NotOverdue.selector, loanId, 0, 0));
        register.markDefaulted(n, key, s, schedule());
        vm.warp(block.timestamp + 1);
        n = notice(loanId, LoanState.Defaulted);
        s = sign(keyKey, typed(hashNotice(n)));
        vm.expectEmit(address(register));
        emit Events.LoanDefaulted(loanId, key, PRINCIPAL / 2, 0, keccak256("reason"));
        register.markDefaulted(n, key, s, schedule());
    }

    function test_WhoPaidWhatWasDueIsNotMarked() public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + 211 days);
        payAs(borrower, loanId, PRINCIPAL / 2);
        impairRefused(
            notice(loanId, LoanState.Impaired),
            schedule(),
            abi.encodeWithSelector(Errors.NotOverdue.selector, loanId, PRINCIPAL / 2, PRINCIPAL / 2)
        );
    }

    function test_ALoanOfAProtocolIsNotServicedHere() public {
        bytes32 loanId = accepted(protocolQuote(borrower));
        vm.startPrank(borrower);
        register.beginProtocolFunding(loanId);
        adapter.setDebt(borrower, address(token), PRINCIPAL);
        register.endProtocolFunding(loanId);
        vm.stopPrank();
        vm.warp(block.timestamp + YEAR);
        bytes memory reason = abi.encodeWithSelector(Errors.FundingKindIs.selector, loanId, FundingKind.Protocol);
        impairRefused(notice(loanId, LoanState.Impaired), schedule(), reason);
        Terms memory t = Terms(0, 1, 0, 0, "s", "f");
        amendRefused(Amendment(loanId, 1, hashNewTerms(t), type(uint64).max), t, reason);
        PaymentReceipt memory r = PaymentReceipt(loanId, 1, 1, uint64(block.timestamp), false, 0);
        paymentRefused(r, reason);
    }

    // Amendments

    function amendRefused(Amendment memory a, Terms memory t, bytes memory reason) internal {
        Signatures memory s = both(hashAmendment(a));
        vm.expectRevert(reason);
        register.amend(a, t, s);
    }

    function test_AnAmendmentChangesWhatIsToCome() public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + 36.5 days);
        Terms memory t = Terms(0.2e18, 2 * YEAR, 10 days, 20 days, keccak256("schedule"), keccak256("new fees"));
        Amendment memory a = Amendment(loanId, 1, hashNewTerms(t), uint64(block.timestamp + 1));
        Signatures memory s = both(hashAmendment(a));
        vm.expectEmit(address(register));
        emit Events.LoanAmended(loanId, 1, t, 10_000e6);
        register.amend(a, t, s);
        Loan memory l = register.loanOf(loanId);
        assertEq(l.apr, t.apr);
        assertEq(l.term, t.term);
        assertEq(l.impairGrace, t.impairGrace);
        assertEq(l.defaultGrace, t.defaultGrace);
        assertEq(l.scheduleHash, t.scheduleHash);
        assertEq(l.feesHash, t.feesHash);
        assertEq(l.interest, 10_000e6);
        vm.warp(block.timestamp + 36.5 days);
        assertEq(register.owed(loanId), PRINCIPAL + 30_000e6);
        vm.expectRevert(abi.encodeWithSelector(Errors.SequenceIs.selector, 2, 1));
        register.amend(a, t, s);
    }

    function test_AnAmendmentKeepsTheBounds() public {
        bytes32 loanId = accepted(defaultQuote());
        Terms memory t = Terms(0.2e18, YEAR, 1, 2, "s", "f");
        amendRefused(
            amendment(loanId, t), t, abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Accepted)
        );
        fund(loanId);
        Amendment memory a = amendment(loanId, t);
        a.deadline = uint64(block.timestamp);
        amendRefused(a, t, abi.encodeWithSelector(Errors.DeadlinePassed.selector, a.deadline));
        t.apr = 10e18 + 1;
        amendRefused(amendment(loanId, t), t, abi.encodeWithSelector(Errors.QuoteField.selector, bytes32("apr"), t.apr));
        t = Terms(0, 0, 1, 2, "s", "f");
        amendRefused(amendment(loanId, t), t, abi.encodeWithSelector(Errors.QuoteField.selector, bytes32("term"), 0));
        t = Terms(0, 1, 3, 2, "s", "f");
        amendRefused(
            amendment(loanId, t), t, abi.encodeWithSelector(Errors.QuoteField.selector, bytes32("impairGrace"), 3)
        );
        t = Terms(0, 1, 1, 2, 0, "f");
        amendRefused(
            amendment(loanId, t), t, abi.encodeWithSelector(Errors.QuoteField.selector, bytes32("scheduleHash"), 0)
        );
    }

    function amendment(bytes32 loanId, Terms memory t) internal view returns (Amendment memory) {
        return Amendment(loanId, 1, hashNewTerms(t), uint64(block.timestamp + 1));
    }

    // Payments elsewhere

    function paymentRefused(PaymentReceipt memory r, bytes memory reason) internal {
        bytes memory s = sign(keyKey, typed(hashPayment(r)));
        vm.expectRevert(reason);
        register.recordPayment(r, key, s);
    }

    function test_PaymentsElsewhereAreTheLendersToConfirm() public {
        bytes32 token_ = funded();
        uint64 now_ = uint64(block.timestamp);
        paymentRefused(
            PaymentReceipt(token_, 1, 1, now_, false, 0),
            abi.encodeWithSelector(Errors.FundingKindIs.selector, token_, FundingKind.Token)
        );
        Quote memory q = receiptQuote();
        (q.requestHash, q.nonce) = (keccak256("second"), 2);
        bytes32 loanId = accepted(q);
        paymentRefused(
            PaymentReceipt(loanId, 1, 1, now_, false, 0),
            abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Accepted)
        );
        FundingReceipt memory f = receiptOf(loanId);
        register.fundWithReceipt(f, both(hashReceipt(f)));
        paymentRefused(
            PaymentReceipt(loanId, 2, 1, now_, false, 0), abi.encodeWithSelector(Errors.SequenceIs.selector, 1, 2)
        );
        paymentRefused(PaymentReceipt(loanId, 1, 0, now_, false, 0), abi.encodeWithSelector(Errors.AmountZero.selector));
        uint256 tooMuch = uint256(type(uint112).max) + 1;
        paymentRefused(
            PaymentReceipt(loanId, 1, tooMuch, now_, false, 0),
            abi.encodeWithSelector(Errors.ReceiptIs.selector, address(token), tooMuch)
        );
        paymentRefused(
            PaymentReceipt(loanId, 1, 1, now_ + 1, false, 0),
            abi.encodeWithSelector(Errors.ReceiptTime.selector, now_ + 1, now_, now_)
        );
        paymentRefused(
            PaymentReceipt(loanId, 1, 1, now_ - 1, false, 0),
            abi.encodeWithSelector(Errors.ReceiptTime.selector, now_ - 1, now_, now_)
        );
        PaymentReceipt memory r = PaymentReceipt(loanId, 1, 10, now_, false, "ref");
        pauseAll();
        vm.expectEmit(address(register));
        emit Events.PaymentReceiptRecorded(loanId, 1, 10, now_, "ref");
        register.recordPayment(r, key, sign(keyKey, typed(hashPayment(r))));
        paymentRefused(r, abi.encodeWithSelector(Errors.SequenceIs.selector, 2, 1));
        r = PaymentReceipt(loanId, 2, 0, now_, true, "end");
        register.recordPayment(r, key, sign(keyKey, typed(hashPayment(r))));
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
        assertEq(register.loanOf(loanId).paid, 10);
    }

    function test_APaymentElsewhereCountsAgainstArrears() public {
        bytes32 loanId = fundedByReceipt();
        vm.warp(block.timestamp + 211 days);
        PaymentReceipt memory r = PaymentReceipt(loanId, 1, PRINCIPAL / 2, uint64(block.timestamp), false, "ref");
        register.recordPayment(r, key, sign(keyKey, typed(hashPayment(r))));
        impairRefused(
            notice(loanId, LoanState.Impaired),
            schedule(),
            abi.encodeWithSelector(Errors.NotOverdue.selector, loanId, PRINCIPAL / 2, PRINCIPAL / 2)
        );
        vm.warp(block.timestamp + YEAR);
        mark(loanId, LoanState.Impaired);
    }
}
