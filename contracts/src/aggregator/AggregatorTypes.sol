// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What the guardian can stop, one at a time. Repayment, cancellation, expiry, claims, marks and the escrow's calls have no
/// entry here: they work in every pause.
enum Action {
    Open,
    Commit,
    Accept,
    Fund,
    Amend
}

/// @notice How a provider's key signs.
/// @custom:value None no such key
/// @custom:value Ecdsa a private key; code at the address (EIP-7702) never speaks for it
/// @custom:value Erc1271 a contract that answers `isValidSignature`
enum KeyKind {
    None,
    Ecdsa,
    Erc1271
}

/// @notice Whether a provider's key may be relied on now.
enum KeyStatus {
    Valid,
    Unknown,
    NotYet,
    Over,
    Revoked
}

/// @notice A key of a provider. `validFrom` inclusive, `validTo` exclusive, seconds since the epoch; `revokedAt` 0 unless revoked.
struct ProviderKey {
    uint64 validFrom;
    uint64 validTo;
    uint64 revokedAt;
    KeyKind kind;
}

/// @notice A request walks `None → Open → Accepted | Cancelled | Expired`; `None → Cancelled` bars it for ever.
enum RequestState {
    None,
    Open,
    Accepted,
    Cancelled,
    Expired
}

/// @notice A loan walks `None → Accepted → Funded → Impaired → Defaulted`, ends at `Repaid` or `Liquidated` from any of the last three,
/// and at `Cancelled` or `Expired` from `Accepted`. `Impaired → Funded` and `Defaulted → Funded` are its cure: a mark says that payments are missed, so
/// that it must go when they are made. Without that edge a borrower who caught up would stay in default, and their
/// collateral callable, for the rest of the loan.
enum LoanState {
    None,
    Accepted,
    Funded,
    Impaired,
    Defaulted,
    Liquidated,
    Repaid,
    Cancelled,
    Expired
}

/// @notice What proves that the money reached the borrower.
/// @custom:value Token ERC-20 moved by this contract
/// @custom:value Protocol debt of the borrower at a lending protocol, read before and after within one transaction
/// @custom:value Receipt a receipt that provider and borrower both signed
enum FundingKind {
    Token,
    Protocol,
    Receipt
}

enum RateKind {
    Fixed,
    Variable
}

/// @notice What a provider offers; signed by one of its keys (EIP-712).
/// @param requestHash hash of the request it answers
/// @param providerId the provider
/// @param borrower who may accept
/// @param lender Token: the account that pays and is paid; Protocol: the adapter; Receipt: the provider's account of record
/// @param fundingKind what will prove the funding
/// @param asset ERC-20 of the debt; for Receipt, the asset that stands for it
/// @param principal amount lent, in the asset's smallest unit
/// @param rateKind Fixed where `Token`
/// @param apr yearly rate, 1e18 = 100 %
/// @param term seconds from funding to maturity
/// @param scheduleHash EIP-712 hash of `Instalment[]`
/// @param feesHash hash of the fees; they are disclosed, not charged here
/// @param collateralTermsHash EIP-712 hash of `CollateralTerms`
/// @param impairGrace seconds after a missed due date before the loan may be marked impaired
/// @param defaultGrace seconds after a missed due date before it may be marked defaulted
/// @param minScore least score, 0 where none is asked
/// @param scoreModel model of the score
/// @param scoreSubject salted hash that names the subject
/// @param fundingChain chain on which the money moves; this chain unless `Receipt`
/// @param fundWithin seconds from acceptance within which it must be funded
/// @param validAfter first second of validity
/// @param validUntil first second no longer valid
/// @param nonce position in the provider's bitmap
struct Quote {
    bytes32 requestHash;
    bytes32 providerId;
    address borrower;
    address lender;
    FundingKind fundingKind;
    address asset;
    uint256 principal;
    RateKind rateKind;
    uint256 apr;
    uint32 term;
    bytes32 scheduleHash;
    bytes32 feesHash;
    bytes32 collateralTermsHash;
    uint32 impairGrace;
    uint32 defaultGrace;
    uint16 minScore;
    bytes32 scoreModel;
    bytes32 scoreSubject;
    uint256 fundingChain;
    uint32 fundWithin;
    uint64 validAfter;
    uint64 validUntil;
    uint256 nonce;
}

/// @notice What secures a loan.
/// @param book the book that the lock in the escrow names: this contract for `Token`, another for the rest; zero when unsecured
/// @param debtId where the book is another: the id under which it keeps the debt and the escrow the lock; zero for this contract's own
/// loans, which are locked under their own id, and when unsecured
/// @param assets ascending, at most 8; empty when unsecured
/// @param amounts least amounts locked, each in its asset's smallest unit
struct CollateralTerms {
    address book;
    bytes32 debtId;
    address[] assets;
    uint256[] amounts;
}

/// @notice The borrower's yes to one quote, having seen one ranking.
/// @param quoteDigest EIP-712 digest of the quote
/// @param outcomesRoot root of all outcomes that the borrower was shown
/// @param rank rank of the quote in it, from 1
/// @param deadline first second at which it no longer counts
struct Acceptance {
    bytes32 quoteDigest;
    bytes32 outcomesRoot;
    uint16 rank;
    uint64 deadline;
}

/// @notice Both parties' signatures.
/// @param key the provider's key that signed
/// @param provider what the provider's key signed
/// @param borrower what the borrower signed; empty where the borrower calls to accept
struct Signatures {
    address key;
    bytes provider;
    bytes borrower;
}

/// @notice One payment of a schedule.
/// @param dueAfter seconds from funding
/// @param amount in the asset's smallest unit
struct Instalment {
    uint32 dueAfter;
    uint256 amount;
}

/// @notice Money that reached the borrower outside this contract; signed by provider and borrower alike.
struct FundingReceipt {
    bytes32 loanId;
    address asset;
    uint256 amount;
    uint64 disbursedAt;
    bytes32 referenceHash;
}

/// @notice Money that reached the lender outside this contract; signed by the provider.
/// @param sequence counts from 1 per loan, without gaps
/// @param closes nothing is owed any more
struct PaymentReceipt {
    bytes32 loanId;
    uint32 sequence;
    uint256 amount;
    uint64 paidAt;
    bool closes;
    bytes32 referenceHash;
}

/// @notice The terms that an amendment may change.
struct Terms {
    uint256 apr;
    uint32 term;
    uint32 impairGrace;
    uint32 defaultGrace;
    bytes32 scheduleHash;
    bytes32 feesHash;
}

/// @notice A change of terms; signed by provider and borrower alike.
/// @param sequence counts from 1 per loan, without gaps
struct Amendment {
    bytes32 loanId;
    uint32 sequence;
    bytes32 termsHash;
    uint64 deadline;
}

/// @notice The provider's mark on a loan in arrears.
/// @param sequence counts from 1 per loan, without gaps, so that no mark comes back after a cure
/// @param state `Impaired` or `Defaulted`
struct Notice {
    bytes32 loanId;
    uint32 sequence;
    LoanState state;
    bytes32 reasonHash;
    uint64 deadline;
}

enum OutcomeKind {
    Quote,
    Refusal
}

/// @notice One answer to a request, as the gateway ranked it.
/// @param contentHash digest of the quote, or hash of the refusal
/// @param rank from 1 for quotes, 0 for refusals
struct Outcome {
    OutcomeKind kind;
    bytes32 providerId;
    bytes32 contentHash;
    uint16 rank;
}

/// @notice A request and what the gateway committed about it.
/// @param expiresAt first second at which it is over
struct Request {
    RequestState state;
    uint64 expiresAt;
    uint32 policyVersion;
    uint16 quotes;
    uint16 refusals;
    bytes32 outcomesRoot;
}

/// @notice A loan. Its id is the digest of the quote that it came from. Amounts in the asset's smallest unit, times in seconds.
/// @param marks how many notices were recorded
/// @param called what had fallen due in all by the schedule, when the default was last shown; what is paid of it is called no more
struct Loan {
    address borrower;
    LoanState state;
    FundingKind fundingKind;
    RateKind rateKind;
    uint16 rank;
    uint16 minScore;
    address lender;
    uint64 apr;
    uint32 marks;
    address asset;
    uint64 fundBy;
    uint32 term;
    address escrow;
    uint32 impairGrace;
    uint32 defaultGrace;
    uint32 amendments;
    address key;
    uint64 acceptedAt;
    uint32 payments;
    bytes32 requestHash;
    bytes32 providerId;
    bytes32 scheduleHash;
    bytes32 feesHash;
    bytes32 collateralTermsHash;
    bytes32 scoreModel;
    bytes32 scoreSubject;
    uint128 principal;
    uint128 outstanding;
    uint128 interest;
    uint128 paid;
    uint64 fundedAt;
    uint64 accruedAt;
    uint128 shortfall;
    uint128 called;
}
