// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollateral} from "../interfaces/ICollateral.sol";
import {ILoanBook} from "../interfaces/ILoanBook.sol";
import {IScores} from "../interfaces/IScores.sol";
import {AggregatorHashes} from "./AggregatorHashes.sol";
import {Register} from "./AggregatorStorage.sol";
import "./AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "./IAggregatorErrors.sol";

/// @title Conditions that are asked more than once in the life of a loan
library Conditions {
    /// @notice 1 000 % a year.
    uint256 internal constant MAX_APR = 10e18;
    uint32 internal constant MAX_TERM = 50 * 365 days;

    /// @dev Asked of a quote and of an amendment.
    function requireTerms(uint256 apr, uint32 term, uint32 impairGrace, uint32 defaultGrace, bytes32 scheduleHash)
        internal
        pure
    {
        require(apr <= MAX_APR, Errors.QuoteField("apr", apr));
        require(term != 0 && term <= MAX_TERM, Errors.QuoteField("term", term));
        require(impairGrace <= defaultGrace, Errors.QuoteField("impairGrace", impairGrace));
        require(scheduleHash != 0, Errors.QuoteField("scheduleHash", 0));
    }

    /// @dev Asked at acceptance and at funding.
    function requireScore(Register storage register, uint16 minScore, bytes32 model, bytes32 subject) internal view {
        if (minScore == 0) return;
        IScores scores = register.scores;
        require(address(scores) != address(0), Errors.ScoresNotSet());
        (IScores.Status status, uint16 score,,) = scores.tryScoreOf(subject, model);
        require(status == IScores.Status.Valid, Errors.ScoreNotValid(subject, model, uint8(status)));
        require(score >= minScore, Errors.ScoreTooLow(score, minScore));
    }

    function requireTermsHash(bytes32 expected, CollateralTerms calldata terms) internal pure {
        bytes32 given = AggregatorHashes.hash(terms);
        require(given == expected, Errors.CollateralTermsAre(expected, given));
    }

    /// @dev Asked at acceptance and, where the money moves here, at funding. An unsecured loan asks nothing of the escrow.
    /// @param lockId under which the borrower locked: the loan's own id, or that of the debt in another book
    function requireSecured(
        ICollateral escrow,
        bytes32 lockId,
        address borrower,
        address asset,
        uint256 amount,
        CollateralTerms calldata terms
    ) internal view {
        if (terms.assets.length == 0) return;
        require(address(escrow) != address(0), Errors.EscrowNotSet());
        escrow.requireSecured(lockId, terms.book, borrower, asset, amount, terms.assets, terms.amounts);
    }

    /// @dev A lock that names another book is worth nothing until that book has bound it, to this borrower's debt of this asset, and
    /// not yet to money that was lent before.
    function requireBound(address book, bytes32 debtId, address borrower, address asset) internal view {
        ILoanBook.Debt memory debt = ILoanBook(book).debtOf(debtId);
        bool bound = debt.binding == ILoanBook.Binding.Committed && debt.borrower == borrower && debt.asset == asset;
        require(bound, Errors.CollateralUnbound(book, debtId));
    }
}
