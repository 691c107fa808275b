// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./AggregatorTypes.sol";
import {ArrearsLogic} from "./ArrearsLogic.sol";
import {Servicing} from "./Servicing.sol";

/// @title What the parties say of a loan after funding
/// @notice Marks are the provider's, and only where the schedule that was signed shows a payment missed by more than the grace that was
/// signed; all that is owed falls due at the maturity. They go when what was missed is paid, without anybody's leave. Payments made elsewhere are the lender's to confirm, and whoever holds the confirmation can bring it. Terms change only by both hands.
abstract contract Arrears is Servicing {
    /// @notice Longest schedule that can be shown.
    uint256 public constant MAX_INSTALMENTS = ArrearsLogic.MAX_INSTALMENTS;

    /// @notice Marks a loan impaired: `Funded → Impaired`. Anyone, with the signature of a valid key of the provider over `Notice`.
    /// @dev Emits `LoanImpaired`. Checks in order: `LoanStateIs`, `FundingKindIs`, `NoticeIs`, `SequenceIs`, `DeadlinePassed`, `KeyNotValid`,
    /// `ProviderSignatureInvalid`, `ScheduleTooLong`, `ScheduleIs`, `NotOverdue`. Works in every pause: a lender's remedy is not the guardian's to stop.
    /// @param schedule what `scheduleHash` stands for
    function markImpaired(Notice calldata notice, address key, bytes calldata signature, Instalment[] calldata schedule)
        external
    {
        ArrearsLogic.markImpaired(_register, _domainSeparatorV4(), notice, key, signature, schedule);
    }

    /// @notice Marks a loan defaulted: `Impaired → Defaulted`. As `markImpaired`, with the longer grace; emits `LoanDefaulted`.
    /// @dev What is overdue by that grace is called: the escrow may sell collateral for it, at any health, until it is paid.
    function markDefaulted(
        Notice calldata notice,
        address key,
        bytes calldata signature,
        Instalment[] calldata schedule
    ) external {
        ArrearsLogic.markDefaulted(_register, _domainSeparatorV4(), notice, key, signature, schedule);
    }

    /// @notice Calls what fell overdue since the default was last shown, by the grace of a default; the loan stays `Defaulted`. Anyone: the provider
    /// marked the default, and what is overdue is what both signed.
    /// @dev Emits `LoanCalled`. Checks in order: `LoanStateIs`, `ScheduleTooLong`, `ScheduleIs`, `NotOverdue`, `NothingMoreToCall`. Works in every pause.
    /// @param schedule what `scheduleHash` stands for
    function callOverdue(bytes32 loanId, Instalment[] calldata schedule) external {
        ArrearsLogic.callOverdue(_register, loanId, schedule);
    }

    /// @notice Takes the marks away where all that has fallen due is paid: `Impaired | Defaulted → Funded`. Anyone.
    /// @dev No grace counts here. Emits `LoanCured`. Checks in order: `LoanStateIs`, `ScheduleTooLong`, `ScheduleIs`, `StillOverdue`. Works in every pause.
    /// @param schedule what `scheduleHash` stands for
    function cure(bytes32 loanId, Instalment[] calldata schedule) external {
        ArrearsLogic.cure(_register, loanId, schedule);
    }

    /// @notice Changes the terms from now on. Anyone, with the provider's and the borrower's signatures over the same `Amendment`.
    /// @dev Interest up to now is booked at the old rate. The new schedule counts from the funding, and all that was paid since counts towards it. What
    /// was called by the old schedule is called no more; a mark stays until it is cured.
    /// Emits `LoanAmended`. Checks in order: `ActionPaused`, `LoanStateIs`, `FundingKindIs`, `SequenceIs`, `DeadlinePassed`, `TermsAre`, `QuoteField`,
    /// `KeyNotValid`, `ProviderSignatureInvalid`, `BorrowerSignatureInvalid`.
    function amend(Amendment calldata amendment, Terms calldata terms, Signatures calldata signatures)
        external
        whenNotPaused(Action.Amend)
    {
        ArrearsLogic.amend(_register, _domainSeparatorV4(), amendment, terms, signatures);
    }

    /// @notice Records a payment that reached the lender elsewhere; one that closes ends the loan: `Funded | Impaired | Defaulted → Repaid`.
    /// Anyone, with the signature of a valid key of the provider over `PaymentReceipt`.
    /// @dev Emits `PaymentReceiptRecorded`, `LoanRepaid`. Checks in order: `LoanStateIs`, `FundingKindIs`, `SequenceIs`, `AmountZero`, `ReceiptIs` for an
    /// amount no loan can have, `ReceiptTime`, `KeyNotValid`, `ProviderSignatureInvalid`. Works in every pause.
    function recordPayment(PaymentReceipt calldata receipt, address key, bytes calldata signature) external {
        ArrearsLogic.recordPayment(_register, _domainSeparatorV4(), receipt, key, signature);
    }

    /// @notice Writes down that nothing is owed to the protocol any more: `Funded → Repaid`. Anyone.
    /// @dev Emits `LoanRepaid`. Reverts `LoanStateIs`, `FundingKindIs`, `AdapterUnknown`, `StillOwed`. Works in every pause.
    function recordProtocolRepaid(bytes32 loanId) external {
        ArrearsLogic.recordProtocolRepaid(_register, loanId);
    }
}
