// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./AggregatorTypes.sol";
import {FundingLogic} from "./FundingLogic.sol";
import {Quotes} from "./Quotes.sol";

/// @title Funding, by three kinds of evidence
/// @notice `Accepted → Funded` where this contract moved the money, where a protocol's debt grew by it in this transaction, or where provider and
/// borrower both signed that it arrived. The gateway has no part in it. What held at acceptance is asked again: the key that signed the quote, and
/// the score; for money that moves here, also the collateral.
///
/// A protocol's debt is best proven within one transaction, for which the borrower must be able to make several calls in one: a smart account, or
/// an account with delegated code (EIP-7702). A plain account proves it over two transactions, and only from a debt of nothing: then what
/// is owed afterwards was borrowed in between, whatever the protocol's interest, and can prove one loan only. A plain account that
/// owes the protocol already cannot prove another loan of the same asset, since growth of a debt over time is not evidence of borrowing.
abstract contract Funding is Quotes {
    /// @notice Units by which protocols round a debt up or down, before and after together.
    uint256 public constant PROTOCOL_ROUNDING = FundingLogic.PROTOCOL_ROUNDING;
    /// @notice How long a baseline counts, in seconds.
    uint256 public constant BASELINE_WINDOW = FundingLogic.BASELINE_WINDOW;
    /// @notice Share of the principal by which a debt may grow above it within that time, in basis points.
    uint256 public constant BASELINE_GROWTH_BPS = FundingLogic.BASELINE_GROWTH_BPS;

    /// @notice Moves the principal from the lender to the borrower: `Accepted → Funded`. Anyone, once the lender has bound themself to the
    /// provider and allowed this contract the amount.
    /// @dev Emits `LoanFunded`. Checks in order: `ActionPaused`, `LoanStateIs`, `FundingKindIs`, `FundingOver`, `KeyNotValid`, `LenderNotBound`, the score,
    /// `CollateralTermsAre`, the escrow's own, `FundingArrived` unless the borrower got the principal to the unit.
    /// @param collateral what `collateralTermsHash` stands for
    function fundWithToken(bytes32 loanId, CollateralTerms calldata collateral)
        external
        nonReentrant
        whenNotPaused(Action.Fund)
    {
        FundingLogic.withToken(_register, loanId, collateral);
    }

    /// @notice Reads the borrower's debt at the protocol, before they borrow in the same transaction. The borrower.
    /// @dev One bracket at a time for a borrower, protocol and asset, so that one borrowing cannot prove two loans. Nothing is
    /// written, and nothing emitted, unless `endProtocolFunding` follows before the transaction ends. Reverts `ActionPaused`, `LoanStateIs`, `FundingKindIs`, `FundingOver`,
    /// `KeyNotValid`, `NotBorrower`, `AdapterUnknown`, the score's refusals, `BracketOpen` also where a baseline counts.
    function beginProtocolFunding(bytes32 loanId) external nonReentrant whenNotPaused(Action.Fund) {
        FundingLogic.beginProtocol(_register, loanId);
    }

    /// @notice Reads the debt again: `Accepted → Funded` where it grew by the principal. The borrower.
    /// @dev Emits `LoanFunded`. Reverts as `beginProtocolFunding`, and `BracketNotOpen`, `DebtTaken` unless the growth is the principal, give or
    /// take `PROTOCOL_ROUNDING`.
    function endProtocolFunding(bytes32 loanId) external nonReentrant whenNotPaused(Action.Fund) {
        FundingLogic.endProtocol(_register, loanId);
    }

    /// @notice Writes down that the borrower owes the protocol nothing of the asset, before they borrow in a later transaction. The borrower.
    /// @dev Until `BASELINE_WINDOW` is over no other loan of the same borrower, protocol and asset can be proven. Emits `ProtocolBaseline`.
    /// Reverts as `beginProtocolFunding`, and `BaselineNotZero`. The same loan may be written down anew.
    function noteProtocolBaseline(bytes32 loanId) external nonReentrant whenNotPaused(Action.Fund) {
        FundingLogic.noteBaseline(_register, loanId);
    }

    /// @notice Reads the debt after the baseline: `Accepted → Funded` where it is the principal. The borrower.
    /// @dev Emits `LoanFunded`. Reverts as `beginProtocolFunding` up to the score, then `BracketNotOpen`, `BaselineOver`, `DebtTaken` unless the debt is
    /// the principal, give or take `PROTOCOL_ROUNDING` and up to `BASELINE_GROWTH_BPS` more.
    function proveProtocolFunding(bytes32 loanId) external nonReentrant whenNotPaused(Action.Fund) {
        FundingLogic.proveProtocol(_register, loanId);
    }

    /// @notice Records money that moved elsewhere: `Accepted → Funded`. Anyone, with the provider's and the borrower's signatures over the same
    /// `FundingReceipt`.
    /// @dev Emits `LoanFunded`. Checks in order: `ActionPaused`, `LoanStateIs`, `FundingKindIs`, `FundingOver`, `KeyNotValid` of the quote's key, the score,
    /// `ReceiptIs`, `ReceiptTime`, `KeyNotValid` and `ProviderSignatureInvalid` of the receipt's key, `BorrowerSignatureInvalid`.
    /// @param signatures of a valid key of the provider, not necessarily that of the quote, and of the borrower
    function fundWithReceipt(FundingReceipt calldata receipt, Signatures calldata signatures)
        external
        nonReentrant
        whenNotPaused(Action.Fund)
    {
        FundingLogic.withReceipt(_register, _domainSeparatorV4(), receipt, signatures);
    }
}
