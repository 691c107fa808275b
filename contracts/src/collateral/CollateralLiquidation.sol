// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILoanBook} from "../interfaces/ILoanBook.sol";
import {CollateralLocks} from "./CollateralLocks.sol";
import {Health} from "./Health.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";
import {LiquidationMath} from "./LiquidationMath.sol";

/// @title How collateral is sold
/// @notice Two ways. `liquidate` repays part of the debt and seizes one asset; it may not lower health while collateral is left, nor leave
/// dust. `liquidateAll` ends the position: it repays all that collateral covers and seizes a like share of every asset. The second is open
/// where all may be repaid; it is the only way out of a loan whose collateral covers less than its debt with several assets, and what is
/// then left owed is recorded as shortfall. The liquidator pays the book, which books the payment and pays the lender.
abstract contract CollateralLiquidation is CollateralLocks {
    /// @notice What was left owed on a loan when its collateral was exhausted, in the smallest unit of the debt's asset.
    mapping(bytes32 loanId => uint256) public shortfall;

    /// @notice `repaid` of `debtAsset` was paid; health in WAD, after counts what is left.
    event Liquidated(
        bytes32 indexed loanId,
        address indexed liquidator,
        address debtAsset,
        uint256 repaid,
        uint256 healthBefore,
        uint256 healthAfter
    );
    /// @notice `amount` of an asset went from the loan to whom the liquidator named.
    event Seized(bytes32 indexed loanId, address indexed asset, uint256 amount, address indexed to);
    /// @notice Collateral is exhausted and `amount` of `debtAsset` is still owed.
    event ShortfallRecorded(bytes32 indexed loanId, address indexed debtAsset, uint256 amount);

    /// @dev A loan under liquidation, read once.
    struct Position {
        ILoanBook book;
        address debtAsset;
        uint256 debt;
        uint256 debtPrice;
        uint8 debtDecimals;
        uint256 debtValue;
        uint256 health;
        uint256 cover;
        uint256 closeable;
        uint256 dust;
    }

    /// @notice Repays part of a loan and seizes one of its assets. Anyone but the owner of the lock, where health is below one.
    /// @dev Emits `Liquidated`, `Seized`, and `ShortfallRecorded` where it exhausts the collateral. Pays the least of `maxPaid`, what may be
    /// closed, and what covers all of the asset. Reverts, in this order: `DeadlineOver`, `ActionPaused`, `LockMissing`, `SelfLiquidation`,
    /// `BindingIs`, the policy's error where a price is not sound, `HealthSound`, `LockedInsufficient`, `AmountZero`, `ReceivedBelowMin`,
    /// `DustLeft`, `HealthLowered`, then the book's error, `BookDiffers`, the token's error, `AddressRefused`.
    /// @param asset what to seize
    /// @param maxPaid the most to pay, in the smallest unit of the debt's asset; the allowance is the book's
    /// @param minReceived the least to receive, in the seized asset's smallest unit
    /// @param deadline last second at which this may happen, seconds since the epoch
    /// @param to who receives
    /// @return repaid what was paid
    /// @return seized what was sent
    function liquidate(
        bytes32 loanId,
        address asset,
        uint256 maxPaid,
        uint256 minReceived,
        uint256 deadline,
        address to
    ) external nonReentrant returns (uint256 repaid, uint256 seized) {
        Position memory position = _open(loanId, deadline);
        uint256 available = locked[loanId][asset];
        require(available != 0, LockedInsufficient(loanId, asset, 0, 1));
        IRiskPolicy.Terms memory terms = policy.termsOf(asset);
        (repaid, seized) = _size(position, terms, available, maxPaid);
        require(repaid != 0, AmountZero(position.debtAsset));
        require(seized >= minReceived, ReceivedBelowMin(asset, seized, minReceived));
        _requireNoDust(position, terms, repaid, available - seized);

        locked[loanId][asset] = available - seized;
        uint256 healthAfter = _healthAfter(loanId, position, repaid);
        require(
            healthAfter >= position.health || !_hasCollateral(loanId),
            HealthLowered(loanId, position.health, healthAfter)
        );
        _settle(loanId, position, repaid, healthAfter);
        _sendSeized(loanId, asset, seized, to);
    }

    /// @notice Ends a position: repays all that collateral covers, at most the debt, and seizes a like share of every asset. Anyone but the
    /// owner of the lock, where health is below one and all of the debt may be repaid.
    /// @dev Emits as `liquidate`. Reverts in the order of `liquidate`, with `OnlyHalf` after `HealthSound`, then `PaidAboveMax`,
    /// `ListsMismatch`, `ReceivedBelowMin`.
    /// @param maxPaid the most to pay, in the smallest unit of the debt's asset; the allowance is the book's
    /// @param minReceived the least to receive of each asset, in the order of `assetsOf`
    /// @param deadline last second at which this may happen, seconds since the epoch
    /// @param to who receives
    /// @return repaid what was paid
    /// @return seized what was sent of each asset, in the order of `assetsOf`
    function liquidateAll(bytes32 loanId, uint256 maxPaid, uint256[] calldata minReceived, uint256 deadline, address to)
        external
        nonReentrant
        returns (uint256 repaid, uint256[] memory seized)
    {
        Position memory position = _open(loanId, deadline);
        require(position.closeable == position.debt, OnlyHalf(loanId, position.health));
        bool covered = position.cover >= position.debtValue;
        repaid = covered
            ? position.debt
            : LiquidationMath.amountUp(position.cover, position.debtPrice, position.debtDecimals);
        require(repaid <= maxPaid, PaidAboveMax(repaid, maxPaid));

        seized = _takeShare(loanId, position, covered, minReceived);
        _settle(loanId, position, repaid, _healthAfter(loanId, position, repaid));
        for (uint256 i = 0; i < seized.length; ++i) {
            _sendSeized(loanId, _assets[loanId][i], seized[i], to);
        }
    }

    /// @notice What a liquidator meets at this second. Reverts as `liquidate` does up to `HealthSound`, without deadline and pause.
    /// @return health in WAD
    /// @return debt in the smallest unit of the debt's asset
    /// @return closeable what of it may be repaid
    /// @return covered whether collateral covers all of it with the bonuses
    function quoteLiquidation(bytes32 loanId)
        external
        view
        nonReentrantView
        returns (uint256 health, uint256 debt, uint256 closeable, bool covered)
    {
        _requireLock(loanId);
        Position memory position = _read(loanId);
        return (position.health, position.debt, position.closeable, position.cover >= position.debtValue);
    }

    function _open(bytes32 loanId, uint256 deadline) private view returns (Position memory position) {
        require(block.timestamp <= deadline, DeadlineOver(deadline, block.timestamp));
        policy.requireActive(IRiskPolicy.Action.Liquidate);
        address owner = _requireLock(loanId).owner;
        require(msg.sender != owner, SelfLiquidation(loanId, owner));
        return _read(loanId);
    }

    function _read(bytes32 loanId) private view returns (Position memory position) {
        position.book = _locks[loanId].book;
        ILoanBook.Binding binding;
        (binding, position.debtAsset, position.debt,) = position.book.debtOf(loanId);
        require(binding == ILoanBook.Binding.Owed, BindingIs(loanId, binding));
        (position.debtPrice, position.debtDecimals) = policy.priceOf(position.debtAsset);
        position.debtValue = Health.valueUp(position.debt, position.debtPrice, position.debtDecimals);
        uint256 weight;
        address[] storage assets = _assets[loanId];
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 amount = locked[loanId][assets[i]];
            if (amount == 0) continue;
            IRiskPolicy.Terms memory terms = policy.termsOf(assets[i]);
            weight += Health.weightOf(amount, terms);
            position.cover += LiquidationMath.coverOf(amount, terms);
        }
        position.health = Health.factor(weight, position.debtValue);
        require(position.health < Health.WAD, HealthSound(loanId, position.health));
        position.dust = policy.dustValue();
        position.closeable = LiquidationMath.closeable(
            position.debt, position.debtValue, position.health, position.dust, position.cover >= position.debtValue
        );
    }

    /// @dev All of every asset where the loan is not covered; of a covered one `floor(amount * base / cover)`, where `base` is the value of
    /// what is repaid, rounded down.
    function _takeShare(bytes32 loanId, Position memory position, bool covered, uint256[] calldata minReceived)
        private
        returns (uint256[] memory seized)
    {
        address[] storage assets = _assets[loanId];
        require(minReceived.length == assets.length, ListsMismatch(assets.length, minReceived.length));
        seized = new uint256[](assets.length);
        uint256 base = Health.valueDown(position.debt, position.debtPrice, position.debtDecimals);
        for (uint256 i = 0; i < seized.length; ++i) {
            address asset = assets[i];
            uint256 available = locked[loanId][asset];
            seized[i] = covered ? Math.mulDiv(available, base, position.cover) : available;
            require(seized[i] >= minReceived[i], ReceivedBelowMin(asset, seized[i], minReceived[i]));
            locked[loanId][asset] = available - seized[i];
        }
    }

    function _size(Position memory position, IRiskPolicy.Terms memory terms, uint256 available, uint256 maxPaid)
        private
        pure
        returns (uint256 repaid, uint256 seized)
    {
        uint256 forAll = LiquidationMath.amountUp(
            LiquidationMath.coverOf(available, terms), position.debtPrice, position.debtDecimals
        );
        repaid = Math.min(maxPaid, position.closeable);
        if (repaid >= forAll) return (forAll, available);
        seized = LiquidationMath.seizedFor(repaid, position.debtPrice, position.debtDecimals, terms);
        // Below `forAll` the formula gives at most `available`; the bound stands here so that no rounding can ever pass it.
        seized = Math.min(seized, available);
    }

    /// @dev Debt of dust may stay only where the asset is used up, since another asset pays for it; an asset's dust only where no debt stays.
    function _requireNoDust(Position memory position, IRiskPolicy.Terms memory terms, uint256 repaid, uint256 assetLeft)
        private
        pure
    {
        if (repaid == position.debt || assetLeft == 0) return;
        uint256 debtLeft = Health.valueUp(position.debt - repaid, position.debtPrice, position.debtDecimals);
        uint256 valueLeft = Health.valueUp(assetLeft, terms.price, terms.decimals);
        require(debtLeft >= position.dust && valueLeft >= position.dust, DustLeft(debtLeft, valueLeft, position.dust));
    }

    function _healthAfter(bytes32 loanId, Position memory position, uint256 repaid) private view returns (uint256) {
        uint256 left = position.debt - repaid;
        if (left == 0) return type(uint256).max;
        return Health.factor(_weight(loanId), Health.valueUp(left, position.debtPrice, position.debtDecimals));
    }

    function _hasCollateral(bytes32 loanId) private view returns (bool) {
        address[] storage assets = _assets[loanId];
        for (uint256 i = 0; i < assets.length; ++i) {
            if (locked[loanId][assets[i]] != 0) return true;
        }
        return false;
    }

    /// @dev The book is called after the collateral left the loan and before it leaves the escrow.
    function _settle(bytes32 loanId, Position memory position, uint256 repaid, uint256 healthAfter) private {
        if (repaid != 0) {
            uint256 taken = position.book.repayByLiquidation(loanId, msg.sender, repaid);
            require(taken == repaid, BookDiffers(loanId, repaid, taken));
        }
        uint256 left = position.debt - repaid;
        (,, uint256 owed,) = position.book.debtOf(loanId);
        require(owed == left, BookDiffers(loanId, left, owed));
        emit Liquidated(loanId, msg.sender, position.debtAsset, repaid, position.health, healthAfter);
        if (left != 0 && !_hasCollateral(loanId)) {
            shortfall[loanId] = left;
            position.book.recordShortfall(loanId, left);
            emit ShortfallRecorded(loanId, position.debtAsset, left);
        }
    }

    function _sendSeized(bytes32 loanId, address asset, uint256 amount, address to) private {
        if (amount == 0) return;
        _send(asset, amount, to);
        emit Seized(loanId, asset, amount, to);
    }
}
