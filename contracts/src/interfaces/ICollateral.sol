// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the register of loans asks the escrow
interface ICollateral {
    /// @notice Reverts unless what `owner` locked for the loan meets the terms: the lock names `book`, the locked amounts are at least
    /// those of the terms, and a debt of `amount` of `asset` would open at or below the opening LTV of the policy now in force. Anyone.
    /// @dev Locks of the same id are kept apart by their owner: whoever locks first under a borrower's id blocks nobody.
    /// @param loanId the loan
    /// @param book the book that the lock must name
    /// @param owner the borrower, whose lock it must be
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
