// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {AggregatorHashes} from "./AggregatorHashes.sol";
import {Register} from "./AggregatorStorage.sol";
import "./AggregatorTypes.sol";
import {Conditions} from "./Conditions.sol";
import {DebtModel} from "./DebtModel.sol";
import {IAggregatorErrors as Errors} from "./IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "./IAggregatorEvents.sol";
import {IProtocolDebt} from "./IProtocolDebt.sol";
import {KeyRing} from "./KeyRing.sol";
import {QuoteLogic} from "./QuoteLogic.sol";

/// @title Logic of `Arrears`
/// @dev Linked; runs on the register's storage. What each function checks is said where it is called.
library ArrearsLogic {
    using DebtModel for Loan;
    using KeyRing for Register;

    uint256 internal constant MAX_INSTALMENTS = 600;

    function markImpaired(
        Register storage register,
        bytes32 domain,
        Notice calldata notice,
        address key,
        bytes calldata signature,
        Instalment[] calldata schedule
    ) external {
        Loan storage loan = _requireMarkable(register, notice, LoanState.Funded, LoanState.Impaired);
        register.requireProvider(loan.providerId, key, _digest(domain, AggregatorHashes.hash(notice)), signature);
        (uint256 due, uint256 paid) = _requireOverdue(notice.loanId, loan, schedule, loan.impairGrace);
        loan.marks = notice.sequence;
        loan.state = LoanState.Impaired;
        emit Events.LoanImpaired(notice.loanId, key, due, paid, notice.reasonHash);
    }

    function markDefaulted(
        Register storage register,
        bytes32 domain,
        Notice calldata notice,
        address key,
        bytes calldata signature,
        Instalment[] calldata schedule
    ) external {
        Loan storage loan = _requireMarkable(register, notice, LoanState.Impaired, LoanState.Defaulted);
        register.requireProvider(loan.providerId, key, _digest(domain, AggregatorHashes.hash(notice)), signature);
        (uint256 due, uint256 paid) = _requireOverdue(notice.loanId, loan, schedule, loan.defaultGrace);
        loan.marks = notice.sequence;
        loan.called = _called(due);
        loan.state = LoanState.Defaulted;
        emit Events.LoanDefaulted(notice.loanId, key, due, paid, notice.reasonHash);
    }

    function callOverdue(Register storage register, bytes32 loanId, Instalment[] calldata schedule) external {
        Loan storage loan = register.loans[loanId];
        require(loan.state == LoanState.Defaulted, Errors.LoanStateIs(loanId, loan.state));
        (uint256 due, uint256 paid) = _requireOverdue(loanId, loan, schedule, loan.defaultGrace);
        require(_called(due) > loan.called, Errors.NothingMoreToCall(loanId, due, loan.called));
        loan.called = _called(due);
        emit Events.LoanCalled(loanId, due, paid);
    }

    function cure(Register storage register, bytes32 loanId, Instalment[] calldata schedule) external {
        Loan storage loan = register.loans[loanId];
        require(
            loan.state == LoanState.Impaired || loan.state == LoanState.Defaulted,
            Errors.LoanStateIs(loanId, loan.state)
        );
        (uint256 due, uint256 paid) = (_dueAt(loan, schedule, 0), loan.paid);
        require(due <= paid, Errors.StillOverdue(loanId, due, paid));
        loan.called = 0;
        loan.state = LoanState.Funded;
        emit Events.LoanCured(loanId, due, paid);
    }

    function amend(
        Register storage register,
        bytes32 domain,
        Amendment calldata amendment,
        Terms calldata terms,
        Signatures calldata signatures
    ) external {
        bytes32 digest = _requireAmendment(register, domain, amendment, terms);
        register.requireBoth(register.loans[amendment.loanId], digest, signatures);
        _amend(register.loans[amendment.loanId], amendment, terms);
    }

    function recordPayment(
        Register storage register,
        bytes32 domain,
        PaymentReceipt calldata receipt,
        address key,
        bytes calldata signature
    ) external {
        Loan storage loan = register.loans[receipt.loanId];
        require(loan.isLive(), Errors.LoanStateIs(receipt.loanId, loan.state));
        require(loan.fundingKind == FundingKind.Receipt, Errors.FundingKindIs(receipt.loanId, loan.fundingKind));
        require(receipt.sequence == loan.payments + 1, Errors.SequenceIs(loan.payments + 1, receipt.sequence));
        require(receipt.amount != 0 || receipt.closes, Errors.AmountZero());
        require(receipt.amount <= QuoteLogic.MAX_PRINCIPAL, Errors.ReceiptIs(loan.asset, receipt.amount));
        require(
            receipt.paidAt >= loan.fundedAt && receipt.paidAt <= block.timestamp,
            Errors.ReceiptTime(receipt.paidAt, loan.fundedAt, uint64(block.timestamp))
        );
        bytes32 digest = _digest(domain, AggregatorHashes.hash(receipt));
        register.requireProvider(loan.providerId, key, digest, signature);
        loan.payments = receipt.sequence;
        loan.paid += uint128(receipt.amount);
        emit Events.PaymentReceiptRecorded(
            receipt.loanId, receipt.sequence, receipt.amount, receipt.paidAt, receipt.referenceHash
        );
        if (receipt.closes) {
            loan.state = LoanState.Repaid;
            emit Events.LoanRepaid(receipt.loanId);
        }
    }

    function recordProtocolRepaid(Register storage register, bytes32 loanId) external {
        Loan storage loan = register.loans[loanId];
        require(loan.state == LoanState.Funded, Errors.LoanStateIs(loanId, loan.state));
        require(loan.fundingKind == FundingKind.Protocol, Errors.FundingKindIs(loanId, loan.fundingKind));
        require(register.adapters[loan.lender], Errors.AdapterUnknown(loan.lender));
        uint256 debt = IProtocolDebt(loan.lender).debtOf(loan.borrower, loan.asset);
        require(debt == 0, Errors.StillOwed(loanId, debt));
        loan.state = LoanState.Repaid;
        emit Events.LoanRepaid(loanId);
    }

    function _requireAmendment(
        Register storage register,
        bytes32 domain,
        Amendment calldata amendment,
        Terms calldata terms
    ) private view returns (bytes32 digest) {
        Loan storage loan = register.loans[amendment.loanId];
        require(loan.isLive(), Errors.LoanStateIs(amendment.loanId, loan.state));
        _requireServicedHere(amendment.loanId, loan);
        require(amendment.sequence == loan.amendments + 1, Errors.SequenceIs(loan.amendments + 1, amendment.sequence));
        require(block.timestamp < amendment.deadline, Errors.DeadlinePassed(amendment.deadline));
        bytes32 termsHash = AggregatorHashes.hash(terms);
        require(termsHash == amendment.termsHash, Errors.TermsAre(amendment.termsHash, termsHash));
        Conditions.requireTerms(terms.apr, terms.term, terms.impairGrace, terms.defaultGrace, terms.scheduleHash);
        digest = _digest(domain, AggregatorHashes.hash(amendment));
    }

    /// @dev What has run so far runs at the old rate. What was called was called by the old schedule.
    function _amend(Loan storage loan, Amendment calldata amendment, Terms calldata terms) private {
        loan.accrue();
        loan.amendments = amendment.sequence;
        loan.apr = uint64(terms.apr);
        loan.term = terms.term;
        loan.impairGrace = terms.impairGrace;
        loan.defaultGrace = terms.defaultGrace;
        loan.scheduleHash = terms.scheduleHash;
        loan.feesHash = terms.feesHash;
        loan.called = 0;
        emit Events.LoanAmended(amendment.loanId, amendment.sequence, terms, loan.interest);
    }

    function _digest(bytes32 domain, bytes32 structHash) private pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function _requireServicedHere(bytes32 loanId, Loan storage loan) private view {
        require(loan.fundingKind != FundingKind.Protocol, Errors.FundingKindIs(loanId, loan.fundingKind));
    }

    function _requireMarkable(Register storage register, Notice calldata notice, LoanState from, LoanState to)
        private
        view
        returns (Loan storage loan)
    {
        loan = register.loans[notice.loanId];
        require(loan.state == from, Errors.LoanStateIs(notice.loanId, loan.state));
        _requireServicedHere(notice.loanId, loan);
        require(notice.state == to, Errors.NoticeIs(notice.state));
        require(notice.sequence == loan.marks + 1, Errors.SequenceIs(loan.marks + 1, notice.sequence));
        require(block.timestamp < notice.deadline, Errors.DeadlinePassed(notice.deadline));
    }

    /// @dev Overdue is what fell due more than `grace` seconds ago, beyond all that was ever paid.
    function _requireOverdue(bytes32 loanId, Loan storage loan, Instalment[] calldata schedule, uint256 grace)
        private
        view
        returns (uint256 due, uint256 paid)
    {
        (due, paid) = (_dueAt(loan, schedule, grace), loan.paid);
        require(due > paid, Errors.NotOverdue(loanId, due, paid));
    }

    /// @dev What fell due in all more than `grace` seconds ago. All that is owed falls due at the maturity, whatever the schedule left out, such as
    /// interest on what was late.
    function _dueAt(Loan storage loan, Instalment[] calldata schedule, uint256 grace)
        private
        view
        returns (uint256 due)
    {
        require(schedule.length <= MAX_INSTALMENTS, Errors.ScheduleTooLong(schedule.length, MAX_INSTALMENTS));
        bytes32 scheduleHash = AggregatorHashes.hash(schedule);
        require(scheduleHash == loan.scheduleHash, Errors.ScheduleIs(loan.scheduleHash, scheduleHash));
        uint256 age = block.timestamp - loan.fundedAt;
        for (uint256 i = 0; i < schedule.length; ++i) {
            if (schedule[i].dueAfter + grace < age) due += schedule[i].amount;
        }
        if (loan.term + grace >= age) return due;
        uint256 whole = uint256(loan.paid) + loan.owed();
        if (whole > due) return whole;
    }

    /// @dev No more than a debt can be is ever called.
    function _called(uint256 due) private pure returns (uint128) {
        // Bounded in the same line.
        // forge-lint: disable-next-line(unsafe-typecast)
        return due < type(uint128).max ? uint128(due) : type(uint128).max;
    }
}
