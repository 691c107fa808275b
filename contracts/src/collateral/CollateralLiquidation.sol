// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
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
/// then left owed is recorded as shortfall.
///
/// Two reasons. Health below one, by price. Or a default, whatever the health: the book calls what is overdue, and collateral may be sold for that
/// much and no more. A call counts only from the book that the borrower named in the lock, and only while the policy allows that book,
/// which the guardian can end at once. What a call can take is bounded as every liquidation is: the debt goes down by what was
/// paid, and what is seized is worth at most that with the bonus.
///
/// The money goes through the escrow: the liquidator pays it, and the book takes exactly that from it. An allowance that somebody gave to a
/// book is out of reach of every escrow, and nothing stays allowed afterwards.
abstract contract CollateralLiquidation is CollateralLocks {
    using SafeERC20 for IERC20;

    /// @notice `repaid` of `debtAsset` was paid; health in WAD, after counts what is left.
    event Liquidated(
        bytes32 indexed loanId,
        address indexed owner,
        address indexed liquidator,
        address debtAsset,
        uint256 repaid,
        uint256 healthBefore,
        uint256 healthAfter
    );
    /// @notice `amount` of an asset went from the loan to whom the liquidator named; where that is the escrow, to the liquidator's free balance.
    event Seized(bytes32 indexed loanId, address indexed owner, address indexed asset, uint256 amount, address to);
    /// @notice Collateral is exhausted and `amount` of `debtAsset` is still owed.
    event ShortfallRecorded(bytes32 indexed loanId, address indexed owner, address indexed debtAsset, uint256 amount);

    /// @notice What a liquidator agrees to.
    /// @param maxPaid the most to pay, in the smallest unit of the debt's asset; the allowance is the escrow's
    /// @param deadline last second at which this may happen, seconds since the epoch
    /// @param to who receives; the escrow itself to have it credited to the liquidator's free balance, so that an asset whose transfers are
    /// stopped does not keep the others from being sold
    struct Bid {
        uint256 maxPaid;
        uint256 deadline;
        address to;
    }

    /// @dev A loan under liquidation, read once.
    struct Position {
        bytes32 loanId;
        address owner;
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

    /// @notice Repays part of a loan and seizes one of its assets. Anyone but the owner of the lock, where health is below one or the book
    /// calls a part of the debt.
    /// @dev Emits `Liquidated`, `Seized`, and `ShortfallRecorded` where it exhausts the collateral. Pays the least of `maxPaid`, what may be
    /// closed, and what covers all of the asset. Reverts, in this order: `DeadlineOver`, `ActionPaused`, `SelfLiquidation`, `LockMissing`,
    /// `BindingIs`, the policy's error where a price is not sound, `HealthSound`, `LockedInsufficient`, `AmountZero`, `ReceivedBelowMin`,
    /// `DustLeft`, `HealthLowered`, then the debt token's error, `AmountArrivedDiffers`, the book's error, `BookDiffers`, `BookTook`, the
    /// seized token's error, `AddressRefused`.
    /// @param owner whose lock
    /// @param asset what to seize
    /// @param minReceived the least to receive, in the seized asset's smallest unit
    /// @return repaid what was paid, in the smallest unit of the debt's asset
    /// @return seized what was sent, in the seized asset's smallest unit
    function liquidate(bytes32 loanId, address owner, address asset, uint256 minReceived, Bid calldata bid)
        external
        nonReentrant
        returns (uint256 repaid, uint256 seized)
    {
        (Lock storage held, Position memory position) = _open(loanId, owner, bid.deadline);
        uint256 available = held.amounts[asset];
        require(available != 0, LockedInsufficient(loanId, asset, 0, 1));
        IRiskPolicy.Terms memory terms = policy.termsOf(asset);
        (repaid, seized) = _size(position, terms, available, bid.maxPaid);
        require(repaid != 0, AmountZero(position.debtAsset));
        require(seized >= minReceived, ReceivedBelowMin(asset, seized, minReceived));
        _requireNoDust(position, terms, repaid, available - seized);

        held.amounts[asset] = available - seized;
        uint256 healthAfter = _healthAfter(held, position, repaid);
        require(
            healthAfter >= position.health || !_hasCollateral(held), HealthLowered(loanId, position.health, healthAfter)
        );
        _settle(held, position, repaid, healthAfter);
        _sendSeized(position, asset, seized, bid.to);
    }

    /// @notice Ends a position: repays all that collateral covers, at most the debt, and seizes a like share of every asset. Anyone but the
    /// owner of the lock, where all of the debt may be repaid.
    /// @dev Emits as `liquidate`. Reverts in the order of `liquidate`, with `OnlyPart` after `HealthSound`, then `PaidAboveMax`,
    /// `ListsMismatch`, `ReceivedBelowMin`.
    /// @param owner whose lock
    /// @param minReceived the least to receive of each asset, in the order of `assetsOf`
    /// @return repaid what was paid, in the smallest unit of the debt's asset
    /// @return seized what was sent of each asset, in the order of `assetsOf`
    function liquidateAll(bytes32 loanId, address owner, uint256[] calldata minReceived, Bid calldata bid)
        external
        nonReentrant
        returns (uint256 repaid, uint256[] memory seized)
    {
        (Lock storage held, Position memory position) = _open(loanId, owner, bid.deadline);
        require(position.closeable == position.debt, OnlyPart(loanId, position.health, position.closeable));
        bool covered = position.cover >= position.debtValue;
        repaid = covered
            ? position.debt
            : LiquidationMath.amountUp(position.cover, position.debtPrice, position.debtDecimals);
        require(repaid <= bid.maxPaid, PaidAboveMax(repaid, bid.maxPaid));

        address[] memory assets = _assets(held);
        seized = _takeShare(held, position, assets, minReceived);
        _settle(held, position, repaid, _healthAfter(held, position, repaid));
        for (uint256 i = 0; i < seized.length; ++i) {
            _sendSeized(position, assets[i], seized[i], bid.to);
        }
    }

    /// @notice What a liquidator meets at this second. Anyone. Reverts as `liquidate` does up to `HealthSound`, without deadline and pause.
    /// @return health in WAD
    /// @return debt in the smallest unit of the debt's asset
    /// @return closeable what of it may be repaid
    /// @return covered whether collateral covers all of it with the bonuses
    function quoteLiquidation(bytes32 loanId, address owner)
        external
        view
        nonReentrantView
        returns (uint256 health, uint256 debt, uint256 closeable, bool covered)
    {
        Position memory position = _read(_requireLock(loanId, owner), loanId, owner);
        return (position.health, position.debt, position.closeable, position.cover >= position.debtValue);
    }

    function _open(bytes32 loanId, address owner, uint256 deadline)
        private
        view
        returns (Lock storage held, Position memory position)
    {
        require(block.timestamp <= deadline, DeadlineOver(deadline, block.timestamp));
        policy.requireActive(IRiskPolicy.Action.Liquidate);
        require(msg.sender != owner, SelfLiquidation(loanId, owner));
        held = _requireLock(loanId, owner);
        position = _read(held, loanId, owner);
    }

    function _read(Lock storage held, bytes32 loanId, address owner) private view returns (Position memory position) {
        ILoanBook.Debt memory debt = _debtOf(held, loanId, owner);
        require(debt.binding == ILoanBook.Binding.Owed, BindingIs(loanId, debt.binding));
        (position.loanId, position.owner, position.book) = (loanId, owner, held.book);
        (position.debtAsset, position.debt) = (debt.asset, debt.amount);
        (position.debtPrice, position.debtDecimals) = policy.priceOf(debt.asset);
        position.debtValue = Health.valueUp(debt.amount, position.debtPrice, position.debtDecimals);
        uint256 weight;
        address[] memory assets = _assets(held);
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 amount = held.amounts[assets[i]];
            if (amount == 0) continue;
            IRiskPolicy.Terms memory terms = policy.termsOf(assets[i]);
            weight += Health.weightOf(amount, terms);
            position.cover += LiquidationMath.coverOf(amount, terms);
        }
        position.health = Health.factor(weight, position.debtValue);
        position.dust = policy.dustValue();
        position.closeable = _closeable(position, debt.callable);
        require(position.closeable != 0, HealthSound(loanId, position.health));
    }

    /// @dev What may be closed by price, or what is called where that is more.
    function _closeable(Position memory position, uint256 callable) private view returns (uint256 closeable) {
        if (position.health < Health.WAD) {
            closeable = LiquidationMath.closeable(
                position.debt, position.debtValue, position.health, position.dust, position.cover >= position.debtValue
            );
        }
        if (callable > closeable && policy.bookAllowed(address(position.book))) {
            closeable = Math.min(callable, position.debt);
        }
    }

    /// @dev All of every asset where the loan is not covered; of a covered one `floor(amount * base / cover)`, where `base` is the value of
    /// what is repaid, rounded down.
    function _takeShare(
        Lock storage held,
        Position memory position,
        address[] memory assets,
        uint256[] calldata minReceived
    ) private returns (uint256[] memory seized) {
        require(minReceived.length == assets.length, ListsMismatch(assets.length, minReceived.length));
        seized = new uint256[](assets.length);
        bool covered = position.cover >= position.debtValue;
        uint256 base = Health.valueDown(position.debt, position.debtPrice, position.debtDecimals);
        for (uint256 i = 0; i < seized.length; ++i) {
            uint256 available = held.amounts[assets[i]];
            seized[i] = covered ? Math.mulDiv(available, base, position.cover) : available;
            require(seized[i] >= minReceived[i], ReceivedBelowMin(assets[i], seized[i], minReceived[i]));
            held.amounts[assets[i]] = available - seized[i];
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

    function _healthAfter(Lock storage held, Position memory position, uint256 repaid) private view returns (uint256) {
        uint256 left = position.debt - repaid;
        if (left == 0) return type(uint256).max;
        return Health.factor(_weight(held), Health.valueUp(left, position.debtPrice, position.debtDecimals));
    }

    function _hasCollateral(Lock storage held) private view returns (bool) {
        address[] memory assets = _assets(held);
        for (uint256 i = 0; i < assets.length; ++i) {
            if (held.amounts[assets[i]] != 0) return true;
        }
        return false;
    }

    /// @dev The book is called after the collateral left the loan and before it leaves the escrow.
    function _settle(Lock storage held, Position memory position, uint256 repaid, uint256 healthAfter) private {
        bytes32 loanId = position.loanId;
        if (repaid != 0) _pay(position, repaid);
        uint256 left = position.debt - repaid;
        uint256 owed = position.book.debtOf(loanId).amount;
        require(owed == left, BookDiffers(loanId, left, owed));
        emit Liquidated(loanId, position.owner, msg.sender, position.debtAsset, repaid, position.health, healthAfter);
        if (left != 0 && !_hasCollateral(held)) {
            held.shortfall = left;
            position.book.recordShortfall(loanId, left);
            emit ShortfallRecorded(loanId, position.owner, position.debtAsset, left);
        }
    }

    /// @dev The debt's asset may be collateral of others here. Whatever the book does it cannot leave with more than the liquidator brought:
    /// it is allowed that much, and the balance is held against what it was.
    function _pay(Position memory position, uint256 amount) private {
        (IERC20 asset, address book) = (IERC20(position.debtAsset), address(position.book));
        uint256 before = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = Math.saturatingSub(asset.balanceOf(address(this)), before);
        require(arrived == amount, AmountArrivedDiffers(address(asset), amount, arrived));
        asset.forceApprove(book, amount);
        uint256 taken = position.book.repayByLiquidation(position.loanId, amount);
        require(taken == amount, BookDiffers(position.loanId, amount, taken));
        uint256 left = asset.allowance(address(this), book);
        uint256 afterwards = asset.balanceOf(address(this));
        require(left == 0 && afterwards >= before, BookTook(position.loanId, left, before, afterwards));
    }

    function _sendSeized(Position memory position, address asset, uint256 amount, address to) private {
        if (amount == 0) return;
        if (to == address(this)) free[msg.sender][asset] += amount;
        else _send(asset, amount, to);
        emit Seized(position.loanId, position.owner, asset, amount, to);
    }
}
