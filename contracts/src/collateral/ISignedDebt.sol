// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DebtState, DebtTerms} from "./SignedDebtTypes.sol";

/// @title What the book of signed debts tells and refuses
/// @notice Amounts are in the debt asset's smallest unit, times in seconds since the epoch.
interface ISignedDebt {
    /// @notice Collateral is bound to the terms.
    event LoanCommitted(bytes32 indexed loanId, DebtTerms terms);
    /// @notice The borrower said that the money came.
    event LoanFunded(bytes32 indexed loanId, uint256 principal, uint256 fundedAt, uint256 validUntil);
    /// @notice The lender cancelled the terms for ever.
    event LoanCancelled(bytes32 indexed loanId);
    /// @notice Nothing is owed any more.
    event LoanRepaid(bytes32 indexed loanId);
    /// @notice The amount is in force: owed at `statedAt`, which is the last repayment where that came after the statement.
    event DebtStated(bytes32 indexed loanId, uint64 sequence, uint256 amount, uint64 statedAt, uint64 validUntil);
    /// @notice The amount is in force from a second on, unless refused before.
    event JumpStated(
        bytes32 indexed loanId, uint64 sequence, uint256 amount, uint64 statedAt, uint64 validUntil, uint64 from
    );
    /// @notice The borrower refused a jump to the amount.
    event JumpRefused(bytes32 indexed loanId, uint256 amount);
    /// @notice `amount` was repaid here and `left` is owed at this second, by the amount in force.
    event Repayment(bytes32 indexed loanId, address indexed payer, uint256 amount, uint256 left);
    /// @notice `amount` is owed and no collateral covers it.
    event Shortfall(bytes32 indexed loanId, uint256 amount);
    /// @notice The payee took what was repaid.
    event Collected(address indexed payee, address indexed asset, uint256 amount, address indexed to);

    /// @notice The loan is in a state in which this is not done.
    error StateIs(bytes32 loanId, DebtState state);
    /// @notice An address that may not be zero, not the book itself, or must be a contract.
    error AddressRefused(address given);
    /// @notice An amount of zero.
    error AmountZero();
    /// @notice The rate is above the highest.
    error RateRefused(uint256 rateBps);
    /// @notice The terms name no collateral.
    error CollateralMissing(bytes32 loanId);
    /// @notice The lists are not those whose hash the terms hold.
    error CollateralDiffers(bytes32 expected, bytes32 given);
    /// @notice The time for funding is over.
    error FundingOver(bytes32 loanId, uint256 fundBy);
    /// @notice A debt does not mature before it must be funded.
    error MaturityRefused(bytes32 loanId, uint256 fundBy, uint256 maturity);
    /// @notice The signature over the digest is not the signer's.
    error SignatureInvalid(address signer, bytes32 digest);
    /// @notice Only the lender may do this.
    error NotLender(address lender, address caller);
    /// @notice Only the borrower may do this.
    error NotBorrower(address borrower, address caller);
    /// @notice Only the escrow may do this.
    error NotEscrow(address escrow, address caller);
    /// @notice A statement of this sequence number or a later one was brought before.
    error SequenceOld(bytes32 loanId, uint64 held, uint64 given);
    /// @notice The statement is about a second that is not yet.
    error StatedInFuture(uint64 statedAt, uint256 timestamp);
    /// @notice The statement is about a second before the money came.
    error StatedBefore(uint64 statedAt, uint64 fundedAt);
    /// @notice The statement takes account of more than was repaid here.
    error RepaidAhead(bytes32 loanId, uint256 repaid, uint256 given);
    /// @notice The statement is over, or claims to be valid for too long.
    error ValidityRefused(uint64 statedAt, uint64 validUntil);
    /// @notice Money is owed, and no statement says any more how much.
    error StatementExpired(bytes32 loanId, uint256 validUntil);
    /// @notice The amount is above the principal with its interest, less what was repaid here.
    error GrowthAboveCap(bytes32 loanId, uint256 amount, uint256 cap);
    /// @notice No jump waits.
    error NoJump(bytes32 loanId);
}
