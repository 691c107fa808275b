// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILoanBook} from "../interfaces/ILoanBook.sol";

/// @title How the escrow refuses
/// @notice Each error carries the figures that explain it.
interface ICollateralErrors {
    /// @notice An address that may not be zero, or may not be the escrow itself.
    error AddressRefused(address given);
    /// @notice An amount of zero moves nothing.
    error AmountZero(address asset);
    /// @notice A policy is a contract that says what dust is.
    error PolicyRefused(address policy);
    /// @notice The policy could not price an asset of which the escrow holds some and which was locked for loans.
    error PolicyLacksAsset(address policy, address asset, uint256 tracked);
    /// @notice The escrow knows as many assets as it can.
    error TooManyKnownAssets(address asset, uint256 known);
    /// @notice The policy does not list the asset.
    error AssetNotListed(address asset);
    /// @notice The token delivered something else than it was asked for, and is not listed as one that does.
    error AmountArrivedDiffers(address asset, uint256 asked, uint256 arrived);
    /// @notice The token took more out of the escrow than it was asked to move.
    error AmountLeftDiffers(address asset, uint256 asked, uint256 left);
    /// @notice The escrow holds less of the asset than it owes.
    error AssetShrank(address asset, uint256 balance, uint256 tracked);
    /// @notice The deposit would carry the escrow beyond the asset's cap.
    error CapExceeded(address asset, uint256 held, uint256 cap);
    /// @notice The owner has less of the asset free.
    error FreeInsufficient(address owner, address asset, uint256 free, uint256 asked);
    /// @notice Less of the asset is locked for the loan.
    error LockedInsufficient(bytes32 loanId, address asset, uint256 locked, uint256 asked);
    /// @notice The owner has a lock for the loan, which named its book.
    error LockExists(bytes32 loanId, address owner);
    /// @notice The owner has no lock for the loan.
    error LockMissing(bytes32 loanId, address owner);
    /// @notice The policy does not allow locks that name the book.
    error BookNotAllowed(address book);
    /// @notice The lists differ in length, or are empty.
    error ListsMismatch(uint256 assets, uint256 amounts);
    /// @notice More assets than a loan may have.
    error TooManyAssets(bytes32 loanId, uint256 assets);
    /// @notice The list of assets is not in strictly ascending order.
    error AssetsNotAscending(address previous, address next);
    /// @notice The lock names another book than the terms do.
    error BookMismatch(bytes32 loanId, address locked, address asked);
    /// @notice The book binds the loan in another way than this needs.
    error BindingIs(bytes32 loanId, ILoanBook.Binding binding);
    /// @notice A part of the debt is called: none of the collateral is let go before it is paid.
    error DebtCalled(bytes32 loanId, uint256 callable);
    /// @notice Others than the owner may release only some time after the last lock, so that nobody undoes what was just locked.
    error ReleaseTooEarly(bytes32 loanId, uint256 from);
    /// @notice What is locked does not carry the debt at the opening LTV; both in WAD.
    error PowerInsufficient(bytes32 loanId, uint256 power, uint256 debtValue);
    /// @notice The liquidator's deadline is over.
    error DeadlineOver(uint256 deadline, uint256 timestamp);
    /// @notice The owner of a loan may not liquidate it.
    error SelfLiquidation(bytes32 loanId, address owner);
    /// @notice The health is at least one, and nothing is called.
    error HealthSound(bytes32 loanId, uint256 health);
    /// @notice All of the debt may be repaid only where the loan is small, deep under, not covered, or called whole.
    error OnlyPart(bytes32 loanId, uint256 health, uint256 closeable);
    /// @notice More would have to be paid than the liquidator allows.
    error PaidAboveMax(uint256 paid, uint256 maxPaid);
    /// @notice Less would be received than the liquidator demands.
    error ReceivedBelowMin(address asset, uint256 received, uint256 minReceived);
    /// @notice The liquidation would leave so little debt, or so little of the asset, that nobody would come back for it; in WAD.
    error DustLeft(uint256 debtValue, uint256 assetValue, uint256 dust);
    /// @notice Health would fall while collateral is left.
    error HealthLowered(bytes32 loanId, uint256 before, uint256 afterwards);
    /// @notice The book took, or owes after it took, something else than it was asked.
    error BookDiffers(bytes32 loanId, uint256 expected, uint256 actual);
    /// @notice The book took less than it says, or more than the liquidator paid.
    error BookTook(bytes32 loanId, uint256 allowanceLeft, uint256 balanceBefore, uint256 balanceAfter);
}
