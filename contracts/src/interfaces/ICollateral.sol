// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the register of loans asks the escrow
interface ICollateral {
    /// @notice Reverts unless what is locked for the loan meets the terms: the loan's book is `book`, its owner is
    /// `owner`, the locked amounts are at least those of the terms, and a debt of `amount` of `asset` would open at or below the
    /// opening LTV of the policy now in force.
    /// @param loanId the loan
    /// @param book the book that the lock must name
    /// @param owner the borrower
    /// @param asset the ERC-20 of the debt
    /// @param amount the debt to open with, in its smallest unit
    /// @param assets collateral assets of the terms, in ascending order, at most 8; empty for an unsecured loan
    /// @param amounts least amounts locked, each in its asset's smallest unit
    function requireSecured(
        bytes32 loanId,
        address book,
        address owner,
        address asset,
        uint256 amount,
        address[] calldata assets,
        uint256[] calldata amounts
    ) external view;
}
