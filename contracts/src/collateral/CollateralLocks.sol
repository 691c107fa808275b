// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollateral} from "../interfaces/ICollateral.sol";
import {ILoanBook} from "../interfaces/ILoanBook.sol";
import {CollateralLedger} from "./CollateralLedger.sol";
import {Health} from "./Health.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";

/// @title What is bound to a loan, and how it comes free
/// @notice A lock names its owner and its book once, for good. The book says whether the loan binds the collateral; where it does not,
/// the way out asks nothing else. Every function that lets collateral go while money is owed ends in the same check of power.
abstract contract CollateralLocks is CollateralLedger, ICollateral {
    /// @notice The most assets that a loan may have, emptied ones included.
    uint256 public constant MAX_ASSETS = 8;
    /// @notice How long after the last lock or top-up others than the owner may not release what no loan binds. A loan that is not
    /// accepted yet looks to the book like one that is repaid.
    uint256 public constant OTHERS_RELEASE_DELAY = 1 days;

    /// @param owner who locked, and gets back
    /// @param lockedAt when something was locked last, seconds since the epoch
    /// @param book who says what is owed
    struct Lock {
        address owner;
        uint64 lockedAt;
        ILoanBook book;
    }

    mapping(bytes32 loanId => Lock) internal _locks;
    mapping(bytes32 loanId => address[]) internal _assets;

    /// @notice A loan has a lock now.
    event LockMade(bytes32 indexed loanId, address indexed owner, address indexed book);
    /// @notice `amount` went from the owner's free balance to the loan.
    event Locked(bytes32 indexed loanId, address indexed owner, address indexed asset, uint256 amount);
    /// @notice `amount` went from the loan to the owner's free balance.
    event Released(bytes32 indexed loanId, address indexed owner, address indexed asset, uint256 amount);

    /// @notice Binds free assets of the caller to a loan. The caller becomes the owner of the lock.
    /// @dev Emits `LockMade` and one `Locked` per asset. Reverts, in this order: `ActionPaused`, `LockExists`, `BookNotAllowed`,
    /// `ListsMismatch`, `TooManyAssets`, then per asset `AssetsNotAscending`, `AmountZero`, `AssetNotListed`, `FreeInsufficient`.
    /// @param assets in strictly ascending order, 1 to 8
    /// @param amounts in each asset's smallest unit
    function lock(bytes32 loanId, ILoanBook book, address[] calldata assets, uint256[] calldata amounts)
        external
        nonReentrant
    {
        policy.requireActive(IRiskPolicy.Action.Lock);
        Lock storage held = _locks[loanId];
        require(held.owner == address(0), LockExists(loanId, held.owner));
        require(policy.bookAllowed(address(book)), BookNotAllowed(address(book)));
        require(assets.length == amounts.length && assets.length != 0, ListsMismatch(assets.length, amounts.length));
        require(assets.length <= MAX_ASSETS, TooManyAssets(loanId, assets.length));
        _locks[loanId] = Lock(msg.sender, uint64(block.timestamp), book);
        emit LockMade(loanId, msg.sender, address(book));

        address previous;
        for (uint256 i = 0; i < assets.length; ++i) {
            require(assets[i] > previous, AssetsNotAscending(previous, assets[i]));
            previous = assets[i];
            _assets[loanId].push(previous);
            _bind(loanId, previous, amounts[i]);
        }
    }

    /// @notice Adds free assets of the owner to a loan. The owner of the lock; never paused, since it only protects.
    /// @dev An asset of which the loan has none must have a sound price: else its owner could hide a loan from liquidation behind one unit
    /// of an asset whose feed is broken. Emits `Locked`. Reverts, in this order: `LockMissing`, `NotOwner`, the policy's error,
    /// `TooManyAssets`, `AmountZero`, `AssetNotListed`, `FreeInsufficient`.
    function topUp(bytes32 loanId, address asset, uint256 amount) external nonReentrant {
        Lock storage held = _requireLock(loanId);
        require(msg.sender == held.owner, NotOwner(loanId, held.owner, msg.sender));
        if (locked[loanId][asset] == 0) policy.termsOf(asset);
        if (!_isAssetOf(loanId, asset)) {
            uint256 count = _assets[loanId].length;
            require(count < MAX_ASSETS, TooManyAssets(loanId, count + 1));
            _assets[loanId].push(asset);
        }
        held.lockedAt = uint64(block.timestamp);
        _bind(loanId, asset, amount);
    }

    /// @notice Frees all collateral of a loan that does not bind it. The owner at any time, anyone a day after the last lock; never
    /// paused, no price and no policy is read.
    /// @dev Emits one `Released` per asset that was locked. Reverts `LockMissing`, `BindingIs`, `ReleaseTooEarly`.
    function release(bytes32 loanId) external nonReentrant {
        Lock storage held = _requireLock(loanId);
        (ILoanBook.Binding binding,,,) = held.book.debtOf(loanId);
        require(binding == ILoanBook.Binding.None, BindingIs(loanId, binding));
        uint256 from = uint256(held.lockedAt) + OTHERS_RELEASE_DELAY;
        require(msg.sender == held.owner || block.timestamp >= from, ReleaseTooEarly(loanId, from));
        address[] storage assets = _assets[loanId];
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 amount = locked[loanId][assets[i]];
            if (amount != 0) _unbind(loanId, held.owner, assets[i], amount);
        }
    }

    /// @notice Frees part of the collateral while money is owed. The owner of the lock, where what stays locked would still open the debt.
    /// @dev Emits `Released`. Reverts, in this order: `ActionPaused`, `LockMissing`, `NotOwner`, `AmountZero`, `BindingIs` unless owed,
    /// `LockedInsufficient`, the policy's error where a price is not sound, `PowerInsufficient`.
    function releasePart(bytes32 loanId, address asset, uint256 amount) external nonReentrant {
        policy.requireActive(IRiskPolicy.Action.Release);
        Lock storage held = _requireLock(loanId);
        require(msg.sender == held.owner, NotOwner(loanId, held.owner, msg.sender));
        require(amount != 0, AmountZero(asset));
        (ILoanBook.Binding binding, address debtAsset, uint256 debt,) = held.book.debtOf(loanId);
        require(binding == ILoanBook.Binding.Owed, BindingIs(loanId, binding));
        uint256 available = locked[loanId][asset];
        require(amount <= available, LockedInsufficient(loanId, asset, available, amount));
        _unbind(loanId, msg.sender, asset, amount);
        _requirePower(loanId, debtAsset, debt);
    }

    /// @inheritdoc ICollateral
    /// @dev An empty list of assets is an unsecured loan, which needs no lock. Reverts otherwise, in this order: `ActionPaused`,
    /// `LockMissing`, `BookMismatch`, `OwnerMismatch`, `ListsMismatch`, `TooManyAssets`, per asset `AssetsNotAscending` and
    /// `LockedInsufficient`, the policy's error where a price is not sound, `PowerInsufficient`.
    function requireSecured(
        bytes32 loanId,
        address book,
        address owner,
        address asset,
        uint256 amount,
        address[] calldata assets,
        uint256[] calldata amounts
    ) external view nonReentrantView {
        require(assets.length == amounts.length, ListsMismatch(assets.length, amounts.length));
        if (assets.length == 0) return;
        policy.requireActive(IRiskPolicy.Action.Open);
        Lock storage held = _requireLock(loanId);
        require(address(held.book) == book, BookMismatch(loanId, address(held.book), book));
        require(held.owner == owner, OwnerMismatch(loanId, held.owner, owner));
        require(assets.length <= MAX_ASSETS, TooManyAssets(loanId, assets.length));
        address previous;
        for (uint256 i = 0; i < assets.length; ++i) {
            require(assets[i] > previous, AssetsNotAscending(previous, assets[i]));
            previous = assets[i];
            uint256 available = locked[loanId][previous];
            require(amounts[i] <= available, LockedInsufficient(loanId, previous, available, amounts[i]));
        }
        _requirePower(loanId, asset, amount);
    }

    /// @notice The health factor of a loan in WAD, by the formula of `Health`; 2^256 - 1 where nothing is owed.
    /// @dev Reverts `LockMissing`, and the policy's error where something is owed and a price is not sound.
    function healthOf(bytes32 loanId) external view nonReentrantView returns (uint256) {
        (ILoanBook.Binding binding, address asset, uint256 debt,) = _requireLock(loanId).book.debtOf(loanId);
        if (binding != ILoanBook.Binding.Owed || debt == 0) return type(uint256).max;
        return Health.factor(_weight(loanId), _debtValue(asset, debt));
    }

    /// @notice What a loan's collateral could open: power in WAD, by the formula of `Health`. Reverts `LockMissing`, and the policy's error.
    function powerOf(bytes32 loanId) external view nonReentrantView returns (uint256) {
        _requireLock(loanId);
        return _power(loanId);
    }

    /// @notice Who locked for a loan, in which book, and when last; zeros where nobody did.
    function lockOf(bytes32 loanId) external view returns (address owner, ILoanBook book, uint64 lockedAt) {
        Lock storage held = _locks[loanId];
        return (held.owner, held.book, held.lockedAt);
    }

    /// @notice The assets of a loan in the order in which they were bound, emptied ones included.
    function assetsOf(bytes32 loanId) external view returns (address[] memory) {
        return _assets[loanId];
    }

    function _requireLock(bytes32 loanId) internal view returns (Lock storage held) {
        held = _locks[loanId];
        require(held.owner != address(0), LockMissing(loanId));
    }

    function _isAssetOf(bytes32 loanId, address asset) internal view returns (bool) {
        address[] storage assets = _assets[loanId];
        for (uint256 i = 0; i < assets.length; ++i) {
            if (assets[i] == asset) return true;
        }
        return false;
    }

    function _weight(bytes32 loanId) internal view returns (uint256 weight) {
        address[] storage assets = _assets[loanId];
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 amount = locked[loanId][assets[i]];
            if (amount != 0) weight += Health.weightOf(amount, policy.termsOf(assets[i]));
        }
    }

    function _debtValue(address asset, uint256 debt) internal view returns (uint256) {
        (uint256 price, uint8 decimals) = policy.priceOf(asset);
        return Health.valueUp(debt, price, decimals);
    }

    function _requirePower(bytes32 loanId, address debtAsset, uint256 debt) private view {
        uint256 power = _power(loanId);
        uint256 debtValue = _debtValue(debtAsset, debt);
        require(power >= debtValue, PowerInsufficient(loanId, power, debtValue));
    }

    function _power(bytes32 loanId) private view returns (uint256 power) {
        address[] storage assets = _assets[loanId];
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 amount = locked[loanId][assets[i]];
            if (amount != 0) power += Health.powerOf(amount, policy.termsOf(assets[i]));
        }
    }

    function _bind(bytes32 loanId, address asset, uint256 amount) private {
        require(amount != 0, AmountZero(asset));
        (bool listed,,) = policy.depositTerms(asset);
        require(listed, AssetNotListed(asset));
        _takeFree(msg.sender, asset, amount);
        locked[loanId][asset] += amount;
        emit Locked(loanId, msg.sender, asset, amount);
    }

    function _unbind(bytes32 loanId, address owner, address asset, uint256 amount) private {
        locked[loanId][asset] -= amount;
        free[owner][asset] += amount;
        emit Released(loanId, owner, asset, amount);
    }
}
