// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollateral} from "../interfaces/ICollateral.sol";
import {ILoanBook} from "../interfaces/ILoanBook.sol";
import {AssetIds} from "./AssetIds.sol";
import {CollateralLedger} from "./CollateralLedger.sol";
import {Health} from "./Health.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";

/// @title What is bound to a loan, and how it comes free
/// @notice A lock is its owner's: two accounts may lock under the same id, and only that of the loan's borrower is bound by it, so that
/// nobody can take a borrower's place or block it. A lock names its book when it is made. The book says whether the loan binds the collateral;
/// where it does not, the way out asks nothing else. Every function that lets collateral go while money is owed ends in the same check of power.
abstract contract CollateralLocks is CollateralLedger, ICollateral {
    using AssetIds for uint64;

    /// @notice The most assets that a loan may have, emptied ones included.
    uint256 public constant MAX_ASSETS = AssetIds.MAX_LENGTH;
    /// @notice How long after the last lock or top-up others than the owner may not release what no loan binds, in seconds. A loan that is not
    /// accepted yet looks to the book like one that is repaid.
    uint256 public constant OTHERS_RELEASE_DELAY = 1 days;

    /// @param book who says what is owed; zero where there is no lock
    /// @param lockedAt when something was locked last, seconds since the epoch; 32 bits last until 2106, after which others may release sooner
    /// @param assetIds the assets in the order in which they were bound, emptied ones included
    /// @param shortfall what was left owed when the collateral was exhausted
    /// @param amounts what is locked
    struct Lock {
        ILoanBook book;
        uint32 lockedAt;
        uint64 assetIds;
        uint256 shortfall;
        mapping(address asset => uint256) amounts;
    }

    mapping(bytes32 loanId => mapping(address owner => Lock)) internal _locks;

    /// @notice The owner has a lock for the loan now.
    event LockMade(bytes32 indexed loanId, address indexed owner, address indexed book);
    /// @notice The owner has no lock for the loan any more.
    event LockEnded(bytes32 indexed loanId, address indexed owner);
    /// @notice `amount` went from the owner's free balance to the loan.
    event Locked(bytes32 indexed loanId, address indexed owner, address indexed asset, uint256 amount);
    /// @notice `amount` went from the loan to the owner's free balance.
    event Released(bytes32 indexed loanId, address indexed owner, address indexed asset, uint256 amount);

    /// @notice Binds free assets of the caller to a loan. Anyone; the caller becomes the owner of the lock.
    /// @dev Emits `LockMade` and one `Locked` per asset. Reverts, in this order: `ActionPaused`, `LockExists`, `BookNotAllowed`,
    /// `ListsMismatch`, `TooManyAssets`, then per asset `AssetsNotAscending`, `AmountZero`, `AssetNotListed`, `FreeInsufficient`,
    /// `TooManyKnownAssets`.
    /// @param book who will say what is owed; one that the owner trusts, since a book that falls silent holds the collateral fast
    /// @param assets in strictly ascending order, 1 to 8
    /// @param amounts in each asset's smallest unit
    function lock(bytes32 loanId, ILoanBook book, address[] calldata assets, uint256[] calldata amounts)
        external
        nonReentrant
    {
        IRiskPolicy rules = policy;
        Lock storage held = _requireNewLock(rules, loanId, book);
        require(assets.length == amounts.length && assets.length != 0, ListsMismatch(assets.length, amounts.length));
        require(assets.length <= MAX_ASSETS, TooManyAssets(loanId, assets.length));
        emit LockMade(loanId, msg.sender, address(book));

        uint64 ids;
        address previous;
        for (uint256 i = 0; i < assets.length; ++i) {
            require(assets[i] > previous, AssetsNotAscending(previous, assets[i]));
            previous = assets[i];
            ids = ids.with(i, _bind(loanId, held, rules, previous, amounts[i]));
        }
        (held.book, held.lockedAt, held.assetIds) = (book, uint32(block.timestamp), ids);
    }

    /// @notice Brings one asset in and binds it to a loan at once, for less than `deposit` and `lock`. Anyone; the caller becomes the owner of the lock.
    /// @dev Emits `Deposited`, `LockMade`, `Locked`. Reverts, in this order: as `lock` up to `BookNotAllowed`, as `deposit`, `TooManyKnownAssets`.
    /// @param amount in the asset's smallest unit, before any fee of the token
    /// @return credited what arrived, and was locked
    function depositAndLock(bytes32 loanId, ILoanBook book, address asset, uint256 amount)
        external
        nonReentrant
        returns (uint256 credited)
    {
        IRiskPolicy rules = policy;
        Lock storage held = _requireNewLock(rules, loanId, book);
        (bool takesFee, uint256 cap) = _requireComing(rules, asset, amount);
        credited = _pull(asset, amount, takesFee, cap);
        held.amounts[asset] = credited;
        (held.book, held.lockedAt, held.assetIds) = (book, uint32(block.timestamp), AssetIds.with(0, 0, _know(asset)));
        emit LockMade(loanId, msg.sender, address(book));
        emit Locked(loanId, msg.sender, asset, credited);
    }

    /// @notice Adds free assets of the caller to their lock. The owner; never paused, since it only protects.
    /// @dev An asset of which the loan has none must have a sound price: else its owner could hide a loan from liquidation behind one unit
    /// of an asset whose feed is broken. Emits `Locked`. Reverts, in this order: `LockMissing`, the policy's error,
    /// `AmountZero`, `AssetNotListed`, `FreeInsufficient`, `TooManyKnownAssets`, `TooManyAssets`.
    function topUp(bytes32 loanId, address asset, uint256 amount) external nonReentrant {
        Lock storage held = _requireLock(loanId, msg.sender);
        IRiskPolicy rules = policy;
        if (held.amounts[asset] == 0) rules.termsOf(asset);
        uint8 id = _bind(loanId, held, rules, asset, amount);
        uint64 ids = held.assetIds;
        if (!ids.contains(id)) {
            uint256 count = ids.length();
            require(count < MAX_ASSETS, TooManyAssets(loanId, count + 1));
            held.assetIds = ids.with(count, id);
        }
        held.lockedAt = uint32(block.timestamp);
    }

    /// @notice Frees all collateral of a lock that no loan binds, and ends the lock. Its owner at any time, anyone a day after the last lock
    /// or top-up; never paused, no price and no policy is read.
    /// @dev A lock is bound where its book says that the loan binds collateral and that the loan's borrower is the owner of the lock. Emits one
    /// `Released` per asset that was locked, and `LockEnded`. Reverts `LockMissing`, `BindingIs`, `ReleaseTooEarly`.
    function release(bytes32 loanId, address owner) external nonReentrant {
        Lock storage held = _requireLock(loanId, owner);
        ILoanBook.Binding binding = _debtOf(held, loanId, owner).binding;
        require(binding == ILoanBook.Binding.None, BindingIs(loanId, binding));
        uint256 from = uint256(held.lockedAt) + OTHERS_RELEASE_DELAY;
        require(msg.sender == owner || block.timestamp >= from, ReleaseTooEarly(loanId, from));
        for (uint64 ids = held.assetIds; ids != 0; ids >>= 8) {
            address asset = _assetOf(ids.idAt(0));
            uint256 amount = held.amounts[asset];
            if (amount != 0) _unbind(loanId, held, owner, asset, amount);
        }
        (held.book, held.lockedAt, held.assetIds) = (ILoanBook(address(0)), 0, 0);
        emit LockEnded(loanId, owner);
    }

    /// @notice Frees part of the collateral while money is owed. The owner of the lock, where what stays locked would still open the debt.
    /// @dev Emits `Released`. Reverts, in this order: `ActionPaused`, `LockMissing`, `AmountZero`, `BindingIs` unless owed, `DebtCalled` while the
    /// loan is in default, `LockedInsufficient`, the policy's error where a price is not sound, `PowerInsufficient`.
    function releasePart(bytes32 loanId, address asset, uint256 amount) external nonReentrant {
        policy.requireActive(IRiskPolicy.Action.Release);
        Lock storage held = _requireLock(loanId, msg.sender);
        require(amount != 0, AmountZero(asset));
        ILoanBook.Debt memory debt = _debtOf(held, loanId, msg.sender);
        require(debt.binding == ILoanBook.Binding.Owed, BindingIs(loanId, debt.binding));
        require(debt.callable == 0, DebtCalled(loanId, debt.callable));
        uint256 available = held.amounts[asset];
        require(amount <= available, LockedInsufficient(loanId, asset, available, amount));
        _unbind(loanId, held, msg.sender, asset, amount);
        _requirePower(loanId, held, debt.asset, debt.amount);
    }

    /// @inheritdoc ICollateral
    /// @dev Reverts `ListsMismatch`; an empty list is an unsecured loan, which needs no lock. Reverts otherwise, in this order: `ActionPaused`,
    /// `LockMissing`, `BookMismatch`, `BookNotAllowed` where the policy does not allow the book any more, `TooManyAssets`, per asset `AssetsNotAscending` and
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
        IRiskPolicy rules = policy;
        rules.requireActive(IRiskPolicy.Action.Open);
        Lock storage held = _requireLock(loanId, owner);
        require(address(held.book) == book, BookMismatch(loanId, address(held.book), book));
        require(rules.bookAllowed(book), BookNotAllowed(book));
        require(assets.length <= MAX_ASSETS, TooManyAssets(loanId, assets.length));
        address previous;
        for (uint256 i = 0; i < assets.length; ++i) {
            require(assets[i] > previous, AssetsNotAscending(previous, assets[i]));
            previous = assets[i];
            uint256 available = held.amounts[previous];
            require(amounts[i] <= available, LockedInsufficient(loanId, previous, available, amounts[i]));
        }
        _requirePower(loanId, held, asset, amount);
    }

    /// @notice The health factor of a lock in WAD, by the formula of `Health`; 2^256 - 1 where nothing is owed. Anyone.
    /// @dev Reverts `LockMissing`, and the policy's error where something is owed and a price is not sound.
    function healthOf(bytes32 loanId, address owner) external view nonReentrantView returns (uint256) {
        Lock storage held = _requireLock(loanId, owner);
        ILoanBook.Debt memory debt = _debtOf(held, loanId, owner);
        if (debt.amount == 0) return type(uint256).max;
        return Health.factor(_weight(held), _debtValue(debt.asset, debt.amount));
    }

    /// @notice What a lock could open: power in WAD, by the formula of `Health`. Anyone. Reverts `LockMissing`, and the policy's error.
    function powerOf(bytes32 loanId, address owner) external view nonReentrantView returns (uint256) {
        return _power(_requireLock(loanId, owner));
    }

    /// @notice Which book an owner's lock for a loan names, and when something was locked last, in seconds since the epoch; zeros where there is none.
    function lockOf(bytes32 loanId, address owner) external view returns (ILoanBook book, uint64 lockedAt) {
        Lock storage held = _locks[loanId][owner];
        return (held.book, held.lockedAt);
    }

    /// @notice What an owner's lock for a loan holds of an asset, in its smallest unit.
    function locked(bytes32 loanId, address owner, address asset) external view returns (uint256) {
        return _locks[loanId][owner].amounts[asset];
    }

    /// @notice What was left owed on a loan when the collateral of its borrower was exhausted, in the smallest unit of the debt's asset.
    function shortfall(bytes32 loanId, address owner) external view returns (uint256) {
        return _locks[loanId][owner].shortfall;
    }

    /// @notice The assets of a lock in the order in which they were bound, emptied ones included.
    function assetsOf(bytes32 loanId, address owner) external view returns (address[] memory assets) {
        return _assets(_locks[loanId][owner]);
    }

    function _requireNewLock(IRiskPolicy rules, bytes32 loanId, ILoanBook book)
        private
        view
        returns (Lock storage held)
    {
        rules.requireActive(IRiskPolicy.Action.Lock);
        held = _locks[loanId][msg.sender];
        require(address(held.book) == address(0), LockExists(loanId, msg.sender));
        require(address(book) != address(0) && rules.bookAllowed(address(book)), BookNotAllowed(address(book)));
    }

    function _requireLock(bytes32 loanId, address owner) internal view returns (Lock storage held) {
        held = _locks[loanId][owner];
        require(address(held.book) != address(0), LockMissing(loanId, owner));
    }

    /// @dev What the book says binds the borrower's lock and no other: whoever locks under an id that is not theirs is bound by nothing, and
    /// nothing that happens to their lock touches the loan.
    function _debtOf(Lock storage held, bytes32 loanId, address owner)
        internal
        view
        returns (ILoanBook.Debt memory debt)
    {
        debt = held.book.debtOf(loanId);
        if (debt.borrower != owner) debt.binding = ILoanBook.Binding.None;
        if (debt.binding != ILoanBook.Binding.Owed) (debt.amount, debt.callable) = (0, 0);
    }

    function _assets(Lock storage held) internal view returns (address[] memory assets) {
        uint64 ids = held.assetIds;
        assets = new address[](ids.length());
        for (uint256 i = 0; i < assets.length; ++i) {
            assets[i] = _assetOf(ids.idAt(i));
        }
    }

    function _weight(Lock storage held) internal view returns (uint256 weight) {
        address[] memory assets = _assets(held);
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 amount = held.amounts[assets[i]];
            if (amount != 0) weight += Health.weightOf(amount, policy.termsOf(assets[i]));
        }
    }

    function _debtValue(address asset, uint256 debt) internal view returns (uint256) {
        (uint256 price, uint8 decimals) = policy.priceOf(asset);
        return Health.valueUp(debt, price, decimals);
    }

    function _requirePower(bytes32 loanId, Lock storage held, address debtAsset, uint256 debt) private view {
        uint256 power = _power(held);
        uint256 debtValue = _debtValue(debtAsset, debt);
        require(power >= debtValue, PowerInsufficient(loanId, power, debtValue));
    }

    function _power(Lock storage held) private view returns (uint256 power) {
        address[] memory assets = _assets(held);
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 amount = held.amounts[assets[i]];
            if (amount != 0) power += Health.powerOf(amount, policy.termsOf(assets[i]));
        }
    }

    function _bind(bytes32 loanId, Lock storage held, IRiskPolicy rules, address asset, uint256 amount)
        private
        returns (uint8 id)
    {
        require(amount != 0, AmountZero(asset));
        (bool listed,,) = rules.depositTerms(asset);
        require(listed, AssetNotListed(asset));
        _takeFree(msg.sender, asset, amount);
        held.amounts[asset] += amount;
        emit Locked(loanId, msg.sender, asset, amount);
        return _know(asset);
    }

    function _unbind(bytes32 loanId, Lock storage held, address owner, address asset, uint256 amount) private {
        held.amounts[asset] -= amount;
        free[owner][asset] += amount;
        emit Released(loanId, owner, asset, amount);
    }
}
