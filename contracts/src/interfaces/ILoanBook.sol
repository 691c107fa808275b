// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What a book of loans tells the escrow
/// @notice The escrow holds collateral for loans that it does not keep. A book says what is owed on a loan, by whom, and whether collateral
/// is still bound by it. `CreditAggregator` is the book of loans whose money moves on this chain, `SignedDebtBook`
/// that of lenders elsewhere. A lock names its book once, when it is made. What a book emits and refuses with is said where it is written.
interface ILoanBook {
    /// @notice How a loan binds its collateral.
    /// @custom:value None the loan is unknown, was cancelled, expired, or is repaid: the owner may take the collateral back
    /// @custom:value Committed accepted and not funded yet: bound, nothing is owed, nothing can be liquidated
    /// @custom:value Owed money is owed: bound, and open to liquidation where health is below one
    enum Binding {
        None,
        Committed,
        Owed
    }

    /// @notice What is owed on a loan.
    /// @param binding how it binds its collateral
    /// @param borrower whose lock it binds; a lock that anyone else made under the same id is bound by nothing
    /// @param asset the ERC-20 that is owed
    /// @param amount what is owed, in the asset's smallest unit; 0 unless `Owed`
    /// @param callable what of it is in default by the terms of the loan, so that collateral may be sold for it at any health; at most
    /// `amount`, and 0 from the moment on at which the default is cured
    struct Debt {
        Binding binding;
        address borrower;
        address asset;
        uint256 amount;
        uint256 callable;
    }

    /// @notice What is owed on a loan now. Anyone.
    /// @param loanId the loan
    function debtOf(bytes32 loanId) external view returns (Debt memory);

    /// @notice Takes `amount` of what is owed from the caller, by the allowance that the caller gave for it, and books it. The escrow of the
    /// loan, as part of a liquidation; repayment by anyone is another function.
    /// @dev The money comes from the escrow itself and from nobody else, so that an allowance which anyone gave to the book can be
    /// spent by no escrow.
    /// @param loanId the loan
    /// @param amount at most what is owed, in the smallest unit of the debt's asset
    /// @return repaid what was taken
    function repayByLiquidation(bytes32 loanId, uint256 amount) external returns (uint256 repaid);

    /// @notice Writes down what no collateral covers any more. The escrow of the loan.
    /// @param loanId the loan
    /// @param shortfall what is left owed with no collateral, in the smallest unit of the debt's asset
    function recordShortfall(bytes32 loanId, uint256 shortfall) external;
}
