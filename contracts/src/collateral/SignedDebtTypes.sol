// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What lender and borrower agree on. Its EIP-712 digest is the id of the loan.
/// @param lender who signs terms and statements; an account or an ERC-1271 contract
/// @param payee who may collect what is repaid here
/// @param borrower who must own the lock
/// @param asset ERC-20 of the debt
/// @param principal in the asset's smallest unit
/// @param rateBps simple interest a year, and the fastest that the debt may grow
/// @param fundBy the loan binds nothing from this second on unless it was funded, seconds since the epoch
/// @param maturity from this second on all that is owed may be called, any grace included; 2^64 - 1 for a debt that is never called
/// @param collateralHash `keccak256(abi.encode(assets, amounts))` of the least to be locked
/// @param nonce makes equal terms two loans
struct DebtTerms {
    address lender;
    address payee;
    address borrower;
    address asset;
    uint128 principal;
    uint32 rateBps;
    uint64 fundBy;
    uint64 maturity;
    bytes32 collateralHash;
    uint256 nonce;
}

/// @notice What a lender says is owed. Signed by the lender.
/// @param amount in the asset's smallest unit; 0 closes the loan
/// @param repaid how much of what was repaid here the amount takes account of; what came since is taken off
/// @param sequence above that of every statement before
/// @param statedAt at which second it is owed, seconds since the epoch
/// @param validUntil last second at which it may be relied on
struct DebtStatement {
    bytes32 loanId;
    uint128 amount;
    uint128 repaid;
    uint64 sequence;
    uint64 statedAt;
    uint64 validUntil;
}

/// @custom:value Unknown never committed
/// @custom:value Committed collateral is bound until funded, cancelled or late
/// @custom:value Owed the borrower said that the money came
/// @custom:value Repaid nothing is owed
/// @custom:value Cancelled by the lender, before the money came
enum DebtState {
    Unknown,
    Committed,
    Owed,
    Repaid,
    Cancelled
}

/// @notice A loan as the book keeps it. Times are seconds since the epoch, amounts the smallest unit of the asset.
/// @param amount owed at `amountAt`, in force
/// @param validUntil last second at which the debt may be relied on
/// @param jump stated amount above what the rate explains, owed at `jumpAt`; 0 where there is none
/// @param jumpFrom from when on the jump is in force
/// @param repaid here, in all
/// @param shortfall what no collateral covers any more
struct SignedLoan {
    DebtTerms terms;
    DebtState state;
    uint64 fundedAt;
    uint64 sequence;
    uint64 validUntil;
    uint128 amount;
    uint64 amountAt;
    uint128 jump;
    uint64 jumpAt;
    uint64 jumpFrom;
    uint128 repaid;
    uint256 shortfall;
}
