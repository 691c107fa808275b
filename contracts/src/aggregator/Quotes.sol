// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import "./AggregatorTypes.sol";
import {Conditions} from "./Conditions.sol";
import {QuoteLogic} from "./QuoteLogic.sol";
import {RequestLogic} from "./RequestLogic.sol";
import {Requests} from "./Requests.sol";

/// @title Acceptance of a quote
/// @notice A signed quote, an open request, the borrower's own yes and what was promised as security meet in one call and make a loan,
/// whose id is the digest of the quote. Until it is funded nobody owes anything.
abstract contract Quotes is Requests, ReentrancyGuardTransient {
    /// @notice Principal is below 2^112, so that no sum in the life of a loan overflows.
    uint256 public constant MAX_PRINCIPAL = QuoteLogic.MAX_PRINCIPAL;
    /// @notice 1 000 % a year.
    uint256 public constant MAX_APR = Conditions.MAX_APR;
    uint32 public constant MAX_TERM = Conditions.MAX_TERM;
    /// @notice Longest time between acceptance and funding.
    uint32 public constant MAX_FUND_WITHIN = QuoteLogic.MAX_FUND_WITHIN;
    /// @notice Most collateral assets of a loan.
    uint256 public constant MAX_COLLATERAL_ASSETS = QuoteLogic.MAX_COLLATERAL_ASSETS;

    /// @notice Accepts a quote: request `Open → Accepted`, loan `None → Accepted`. The borrower, or anyone with the borrower's signature over
    /// `Acceptance`.
    /// @dev Emits `NonceConsumed`, `LoanAccepted`. Checks in order: `ActionPaused`; the request (`RequestStateIs`, `RequestOver`); the quote's bounds
    /// (`QuoteField`, `AdapterUnknown`); its time (`QuoteNotYet`, `QuoteOver`); the key and its signature (`KeyNotValid`, `ProviderSignatureInvalid`);
    /// the nonce (`NonceUsed`); the acceptance (`AcceptanceIsFor`, `DeadlinePassed`, `BorrowerSignatureInvalid`);
    /// what was shown (`OutcomesRootIs`, `RankOutOfBounds`); the score (`ScoresNotSet`, `ScoreNotValid`, `ScoreTooLow`); the collateral
    /// (`CollateralTermsAre`, `CollateralShape`, `CollateralBook`, `EscrowNotSet`, what the escrow reverts with, `CollateralUnbound`).
    /// A digest is consumed once: it names its request, which is accepted once, and its nonce, which is used once.
    /// @param collateral what `collateralTermsHash` stands for
    /// @param signatures the provider's over the quote, the borrower's over the acceptance
    function accept(
        Quote calldata quote,
        CollateralTerms calldata collateral,
        Acceptance calldata acceptance,
        Signatures calldata signatures
    ) external nonReentrant whenNotPaused(Action.Accept) returns (bytes32 loanId) {
        return QuoteLogic.accept(_register, _domainSeparatorV4(), quote, collateral, acceptance, signatures);
    }

    /// @notice Takes an acceptance back before funding: `Accepted → Cancelled`; the collateral is free. The borrower.
    /// @dev Emits `LoanCancelled`. Reverts `LoanStateIs`, `NotBorrower`, `FundingKindIs` for a loan paid out elsewhere, whose money may be on its way:
    /// that one expires. Works in every pause.
    function cancelAccepted(bytes32 loanId) external {
        QuoteLogic.cancel(_register, loanId);
    }

    /// @notice Writes down that a loan was not funded in time: `Accepted → Expired`. Anyone.
    /// @dev The collateral is free from `fundBy` on, whether or not this was called. Emits `LoanExpired`; reverts `LoanStateIs`, `FundingNotOver`.
    /// Works in every pause.
    function expireAccepted(bytes32 loanId) external {
        QuoteLogic.expire(_register, loanId);
    }

    /// @notice EIP-712 digest of a quote: what the provider signs, and the id of the loan that it becomes.
    function quoteDigest(Quote calldata quote) external view returns (bytes32) {
        return QuoteLogic.digest(_domainSeparatorV4(), quote);
    }

    /// @notice A loan as it is written; interest is as of `accruedAt`.
    function loanOf(bytes32 loanId) external view returns (Loan memory) {
        return _register.loans[loanId];
    }

    /// @notice Whether the accepted quote stood at the rank that the borrower accepted it at, among the committed outcomes and under the
    /// policy version committed with them.
    function isRankProven(bytes32 loanId, bytes32[] calldata proof) external view returns (bool) {
        return RequestLogic.isRankProven(_register, loanId, proof);
    }
}
