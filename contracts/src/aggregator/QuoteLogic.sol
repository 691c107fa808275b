// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {AggregatorHashes} from "./AggregatorHashes.sol";
import {Register} from "./AggregatorStorage.sol";
import "./AggregatorTypes.sol";
import {Conditions} from "./Conditions.sol";
import {IAggregatorErrors as Errors} from "./IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "./IAggregatorEvents.sol";
import {KeyRing} from "./KeyRing.sol";
import {RequestLogic} from "./RequestLogic.sol";

/// @title Logic of `Quotes`
/// @dev Linked; runs on the register's storage. What each function checks is said where it is called.
library QuoteLogic {
    using KeyRing for Register;

    uint256 internal constant MAX_PRINCIPAL = type(uint112).max;
    uint32 internal constant MAX_FUND_WITHIN = 30 days;
    uint256 internal constant MAX_COLLATERAL_ASSETS = 8;

    function accept(
        Register storage register,
        bytes32 domain,
        Quote calldata quote,
        CollateralTerms calldata collateral,
        Acceptance calldata acceptance,
        Signatures calldata signatures
    ) external returns (bytes32 loanId) {
        bytes32 requestId = AggregatorHashes.requestId(quote.borrower, quote.requestHash);
        RequestLogic.requireOpen(register, requestId);
        loanId = MessageHashUtils.toTypedDataHash(domain, AggregatorHashes.hash(quote));
        _requireQuote(register, quote, loanId, signatures.key, signatures.provider);
        _requireAcceptance(domain, quote.borrower, loanId, acceptance, signatures.borrower);
        _take(register.requests[requestId], requestId, acceptance);
        Conditions.requireScore(register, quote.minScore, quote.scoreModel, quote.scoreSubject);
        _requireCollateral(register, loanId, quote, collateral);
        _write(register, loanId, requestId, quote, signatures.key, acceptance.rank);
    }

    function digest(bytes32 domain, Quote calldata quote) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, AggregatorHashes.hash(quote));
    }

    function cancel(Register storage register, bytes32 loanId) external {
        Loan storage loan = register.loans[loanId];
        require(loan.state == LoanState.Accepted, Errors.LoanStateIs(loanId, loan.state));
        require(msg.sender == loan.borrower, Errors.NotBorrower(loan.borrower, msg.sender));
        require(loan.fundingKind != FundingKind.Receipt, Errors.FundingKindIs(loanId, loan.fundingKind));
        loan.state = LoanState.Cancelled;
        emit Events.LoanCancelled(loanId);
    }

    function expire(Register storage register, bytes32 loanId) external {
        Loan storage loan = register.loans[loanId];
        require(loan.state == LoanState.Accepted, Errors.LoanStateIs(loanId, loan.state));
        require(block.timestamp >= loan.fundBy, Errors.FundingNotOver(loanId, loan.fundBy));
        loan.state = LoanState.Expired;
        emit Events.LoanExpired(loanId);
    }

    function _requireQuote(
        Register storage register,
        Quote calldata quote,
        bytes32 loanId,
        address key,
        bytes calldata signature
    ) private {
        _requireBounds(register, quote);
        require(block.timestamp >= quote.validAfter, Errors.QuoteNotYet(quote.validAfter));
        require(block.timestamp < quote.validUntil, Errors.QuoteOver(quote.validUntil));
        register.requireProvider(quote.providerId, key, loanId, signature);
        register.useNonce(quote.providerId, quote.nonce);
    }

    function _requireBounds(Register storage register, Quote calldata quote) private view {
        require(
            quote.lender != address(0) && quote.lender != quote.borrower && quote.lender != address(this),
            Errors.QuoteField("lender", uint160(quote.lender))
        );
        require(quote.asset != address(0), Errors.QuoteField("asset", 0));
        require(
            quote.principal != 0 && quote.principal <= MAX_PRINCIPAL, Errors.QuoteField("principal", quote.principal)
        );
        Conditions.requireTerms(quote.apr, quote.term, quote.impairGrace, quote.defaultGrace, quote.scheduleHash);
        require(
            quote.fundWithin != 0 && quote.fundWithin <= MAX_FUND_WITHIN,
            Errors.QuoteField("fundWithin", quote.fundWithin)
        );
        if (quote.fundingKind == FundingKind.Receipt) return;
        require(quote.fundingChain == block.chainid, Errors.QuoteField("fundingChain", quote.fundingChain));
        if (quote.fundingKind == FundingKind.Token) {
            require(quote.rateKind == RateKind.Fixed, Errors.QuoteField("rateKind", uint256(quote.rateKind)));
        } else {
            require(register.adapters[quote.lender], Errors.AdapterUnknown(quote.lender));
        }
    }

    function _requireAcceptance(
        bytes32 domain,
        address borrower,
        bytes32 loanId,
        Acceptance calldata acceptance,
        bytes calldata signature
    ) private view {
        require(acceptance.quoteDigest == loanId, Errors.AcceptanceIsFor(loanId, acceptance.quoteDigest));
        require(block.timestamp < acceptance.deadline, Errors.DeadlinePassed(acceptance.deadline));
        if (msg.sender != borrower) {
            bytes32 signed = MessageHashUtils.toTypedDataHash(domain, AggregatorHashes.hash(acceptance));
            KeyRing.requireBorrower(borrower, signed, signature);
        }
    }

    /// @dev What the borrower saw is what the gateway committed.
    function _take(Request storage request, bytes32 requestId, Acceptance calldata acceptance) private {
        require(
            request.outcomesRoot != 0 && request.outcomesRoot == acceptance.outcomesRoot,
            Errors.OutcomesRootIs(requestId, request.outcomesRoot, acceptance.outcomesRoot)
        );
        require(
            acceptance.rank != 0 && acceptance.rank <= request.quotes,
            Errors.RankOutOfBounds(acceptance.rank, request.quotes)
        );
        request.state = RequestState.Accepted;
    }

    /// @dev The lock of a loan names the book that says what is owed on it: this one where the money moves here, another where it does not. A
    /// loan of this book is locked under its own id, which the terms cannot hold since the id depends on them.
    function _requireCollateral(
        Register storage register,
        bytes32 loanId,
        Quote calldata quote,
        CollateralTerms calldata terms
    ) private view {
        Conditions.requireTermsHash(quote.collateralTermsHash, terms);
        uint256 assets = terms.assets.length;
        require(
            assets == terms.amounts.length && assets <= MAX_COLLATERAL_ASSETS,
            Errors.CollateralShape(assets, terms.amounts.length)
        );
        bool here = quote.fundingKind == FundingKind.Token;
        bool fits = assets == 0
            ? terms.book == address(0) && terms.debtId == 0
            : terms.book != address(0) && (terms.book == address(this)) == here && (terms.debtId == 0) == here;
        require(fits, Errors.CollateralBook(terms.book, terms.debtId));
        bytes32 lockId = here ? loanId : terms.debtId;
        Conditions.requireSecured(register.escrow, lockId, quote.borrower, quote.asset, quote.principal, terms);
        if (assets != 0 && !here) Conditions.requireBound(terms.book, terms.debtId, quote.borrower, quote.asset);
    }

    function _write(
        Register storage register,
        bytes32 loanId,
        bytes32 requestId,
        Quote calldata quote,
        address key,
        uint16 rank
    ) private {
        Loan storage loan = register.loans[loanId];
        loan.borrower = quote.borrower;
        loan.state = LoanState.Accepted;
        loan.fundingKind = quote.fundingKind;
        loan.rateKind = quote.rateKind;
        loan.rank = rank;
        loan.minScore = quote.minScore;
        loan.lender = quote.lender;
        loan.apr = uint64(quote.apr);
        loan.asset = quote.asset;
        loan.fundBy = uint64(block.timestamp) + quote.fundWithin;
        loan.term = quote.term;
        loan.escrow = address(register.escrow);
        loan.impairGrace = quote.impairGrace;
        loan.defaultGrace = quote.defaultGrace;
        loan.key = key;
        loan.acceptedAt = uint64(block.timestamp);
        loan.requestHash = quote.requestHash;
        loan.providerId = quote.providerId;
        loan.scheduleHash = quote.scheduleHash;
        loan.feesHash = quote.feesHash;
        loan.collateralTermsHash = quote.collateralTermsHash;
        loan.scoreModel = quote.scoreModel;
        loan.scoreSubject = quote.scoreSubject;
        loan.principal = uint128(quote.principal);
        emit Events.LoanAccepted(loanId, requestId, key, quote, rank, loan.escrow, loan.fundBy);
    }
}
