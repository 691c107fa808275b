// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./AggregatorTypes.sol";

/// @title Every refusal of the register, with the values that explain it
interface IAggregatorErrors {
    error ActionPaused(Action action);
    error AlreadyPaused(Action action);
    error NotPaused(Action action);
    error ZeroAddress(bytes32 what);
    error AddressRefused(address given);
    error NotGateway(address caller);
    error NotEscrow(bytes32 loanId, address escrow, address caller);
    error NotBorrower(address borrower, address caller);

    error PolicyKnown(uint32 version);
    error PolicyUnknown(uint32 version);
    error AdapterKnown(address adapter);
    error AdapterUnknown(address adapter);

    error KeyKnown(bytes32 providerId, address key);
    error KeyWindow(uint64 validFrom, uint64 validTo);
    error KeyKindMissing();
    error KeyNotValid(bytes32 providerId, address key, KeyStatus status);
    error ProviderSignatureInvalid(address key, bytes32 digest);
    error BorrowerSignatureInvalid(address borrower, bytes32 digest);
    error NonceUsed(bytes32 providerId, uint256 nonce);
    error NothingToCancel(bytes32 providerId, uint256 word, uint256 mask);
    error LenderNotBound(address lender, bytes32 providerId);

    error RequestStateIs(bytes32 requestId, RequestState state);
    error RequestExpiryOutOfBounds(uint64 expiresAt, uint64 earliest, uint64 latest);
    error RequestOver(bytes32 requestId, uint64 expiresAt);
    error RequestNotOver(bytes32 requestId, uint64 expiresAt);

    error OutcomesKnown(bytes32 requestId, bytes32 root);
    error OutcomesEmpty(bytes32 requestId);
    error OutcomesRootIs(bytes32 requestId, bytes32 committed, bytes32 given);
    error RankOutOfBounds(uint16 rank, uint16 quotes);
    error ProofTooLong(uint256 length, uint256 most);

    error QuoteField(bytes32 field, uint256 value);
    error QuoteNotYet(uint64 validAfter);
    error QuoteOver(uint64 validUntil);
    error AcceptanceIsFor(bytes32 quoteDigest, bytes32 given);
    error DeadlinePassed(uint64 deadline);
    error ScoresNotSet();
    error EscrowNotSet();
    error ScoreNotValid(bytes32 subject, bytes32 model, uint8 status);
    error ScoreTooLow(uint16 score, uint16 least);
    error CollateralTermsAre(bytes32 expected, bytes32 given);
    error CollateralShape(uint256 assets, uint256 amounts);
    error CollateralBook(address book, bytes32 debtId);
    error CollateralUnbound(address book, bytes32 debtId);

    error LoanStateIs(bytes32 loanId, LoanState state);
    error FundingKindIs(bytes32 loanId, FundingKind kind);
    error FundingOver(bytes32 loanId, uint64 fundBy);
    error FundingNotOver(bytes32 loanId, uint64 fundBy);
    error FundingArrived(uint256 expected, uint256 arrived);
    error BracketOpen(bytes32 loanId);
    error BracketNotOpen(bytes32 loanId);
    error BaselineNotZero(bytes32 loanId, uint256 debt);
    error BaselineOver(bytes32 loanId, uint256 until);
    error DebtTaken(uint256 principal, uint256 before, uint256 afterwards);
    error ReceiptIs(address asset, uint256 amount);
    error ReceiptTime(uint64 given, uint64 earliest, uint64 latest);

    error AmountZero();
    error NothingArrived(bytes32 loanId);
    error NothingToClaim(address lender, address asset);
    error SequenceIs(uint32 expected, uint32 given);
    error TermsAre(bytes32 signed, bytes32 given);
    error NoticeIs(LoanState state);
    error ScheduleIs(bytes32 expected, bytes32 given);
    error ScheduleTooLong(uint256 length, uint256 most);
    error NotOverdue(bytes32 loanId, uint256 due, uint256 paid);
    error StillOverdue(bytes32 loanId, uint256 due, uint256 paid);
    error NothingMoreToCall(bytes32 loanId, uint256 due, uint256 called);
    error ShortfallIs(bytes32 loanId, uint256 owed, uint256 given);
    error StillOwed(bytes32 loanId, uint256 debt);
}
