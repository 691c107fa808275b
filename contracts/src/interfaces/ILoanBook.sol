// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What a book of loans tells the escrow
/// @notice The escrow holds collateral for loans that it does not keep. A book says what is owed on a loan and whether the
/// collateral is still bound by it. `CreditAggregator` is the book of loans whose money moves on this chain, `SignedDebtBook`
/// that of lenders elsewhere. A lock names its book once, when it is made.
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

    /// @notice What is owed on a loan now.
    /// @param loanId the loan
    /// @return binding how it binds its collateral
    /// @return asset the ERC-20 that is owed
    /// @return amount what is owed, in the asset's smallest unit; 0 unless `Owed`
    /// @return lender who is paid when collateral is liquidated
    function debtOf(bytes32 loanId)
        external
        view
        returns (Binding binding, address asset, uint256 amount, address lender);

    /// @notice Takes `amount` of what is owed, from the caller's allowance to the book, and books it.
    /// @dev Only the escrow of the loan may call it as part of a liquidation; repayment by anyone is another function.
    /// @param loanId the loan
    /// @param payer who pays
    /// @param amount at most what is owed
    /// @return repaid what was taken
    function repayByLiquidation(bytes32 loanId, address payer, uint256 amount) external returns (uint256 repaid);

    /// @notice Writes down what no collateral covers any more.
    /// @dev Only the escrow of the loan may call it.
    /// @param loanId the loan
    /// @param shortfall what is left owed with no collateral, in the smallest unit of the debt's asset
    function recordShortfall(bytes32 loanId, uint256 shortfall) external;
}
