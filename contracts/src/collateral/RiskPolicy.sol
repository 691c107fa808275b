// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";
import {PriceRoutes} from "./PriceRoutes.sol";
import {RiskRules} from "./RiskRules.sol";

/// @title What collateral is worth to a lender
/// @notice Parameters and pauses. Functions that tighten and functions that loosen are different functions, so that the guardian can be given
/// the first at once and the multisig the second after its delay; `Lanes` says which is which. A threshold moves along a
/// straight line over 48 hours, so that nobody who is healthy is liquidated by a change that they could not answer. Functions of a lane
/// revert `AccessManagedUnauthorized` for everyone else.
contract RiskPolicy is PriceRoutes, IRiskPolicy {
    /// @notice How long a pause of liquidations lasts, in seconds; it ends by itself.
    uint256 public constant LIQUIDATION_PAUSE = 72 hours;
    /// @notice How long after such a pause ended liquidations may not be paused again, in seconds.
    uint256 public constant LIQUIDATION_PAUSE_COOLDOWN = 72 hours;
    /// @notice The highest dust threshold, in 1e18ths of the unit of account.
    uint256 public constant MAX_DUST = 100_000e18;

    /// @dev Shares in basis points; the threshold moves from `thresholdFrom` to `thresholdTo` over `RiskRules.RAMP` from `rampStart`.
    struct Asset {
        bool listed;
        bool takesFee;
        uint16 ltvBps;
        uint16 thresholdFrom;
        uint16 thresholdTo;
        uint16 bonusBps;
        uint16 haircutBps;
        uint128 cap;
        uint64 rampStart;
    }

    mapping(address asset => Asset) private _assetsOf;
    mapping(Action action => uint256) private _pausedUntil;
    mapping(address book => bool) private _books;
    uint256 private _dust;

    /// @notice An asset may be collateral.
    event AssetListed(address indexed asset, bool takesFee, uint128 cap, uint16 haircutBps);
    /// @notice The asset's shares; the threshold moves from one figure to the other from `rampStart` on.
    event RiskSet(
        address indexed asset,
        uint16 ltvBps,
        uint16 thresholdFrom,
        uint16 thresholdTo,
        uint16 bonusBps,
        uint64 rampStart
    );
    /// @notice The most of the asset that the escrow may hold.
    event CapSet(address indexed asset, uint128 previous, uint128 next);
    /// @notice What of the asset's value does not count when a debt is opened.
    event HaircutSet(address indexed asset, uint16 previous, uint16 next);
    /// @notice The action is paused until a second; `type(uint256).max` where it does not end by itself.
    event ActionStopped(Action indexed action, uint256 until);
    /// @notice The action is open again.
    event ActionResumed(Action indexed action);
    /// @notice Whether new locks may name the book, and its calls count.
    event BookSet(address indexed book, bool allowed);
    /// @notice What is too small to be left behind, in 1e18ths of the unit of account.
    event DustSet(uint256 previous, uint256 next);

    /// @notice The action is paused.
    error ActionPaused(Action action, uint256 until);
    /// @notice The action is paused before.
    error AlreadyPaused(Action action, uint256 until);
    /// @notice The action is not paused.
    error NotPaused(Action action);
    /// @notice Liquidations were paused too short a time ago.
    error PauseTooSoon(Action action, uint256 from);
    /// @notice The asset is not listed.
    error NotListed(address asset);
    /// @notice The asset is listed before.
    error AlreadyListed(address asset);
    /// @notice This function only tightens.
    error NotTighter(uint256 previous, uint256 next);
    /// @notice This function only loosens.
    error NotLooser(uint256 previous, uint256 next);
    /// @notice A haircut is at most the whole.
    error HaircutRefused(uint256 haircutBps);
    /// @notice A dust threshold is above zero and at most the maximum.
    error DustRefused(uint256 dust, uint256 max);
    /// @notice A book is a contract.
    error BookRefused(address book);

    /// @param authority the `AccessManager`
    /// @param sequencer feed of the L2 sequencer; zero on a chain that has none
    /// @param graceSeconds for how long after the sequencer came up no price is read
    /// @param dust what is too small to be left behind, in 1e18ths of the unit of account
    constructor(address authority, AggregatorV3Interface sequencer, uint256 graceSeconds, uint256 dust)
        AccessManaged(authority)
        PriceRoutes(sequencer, graceSeconds)
    {
        _setDust(dust);
    }

    /// @notice Stops one action. Guardian, at once. A pause of liquidations ends by itself after 72 hours and cannot be renewed before as
    /// long again has passed.
    /// @dev Emits `ActionStopped`; reverts `AlreadyPaused`, `PauseTooSoon`.
    function pause(Action action) external restricted {
        uint256 until = _pausedUntil[action];
        require(until <= block.timestamp, AlreadyPaused(action, until));
        uint256 next = type(uint256).max;
        if (action == Action.Liquidate) {
            uint256 from = until + LIQUIDATION_PAUSE_COOLDOWN;
            require(until == 0 || block.timestamp >= from, PauseTooSoon(action, from));
            next = block.timestamp + LIQUIDATION_PAUSE;
        }
        _pausedUntil[action] = next;
        emit ActionStopped(action, next);
    }

    /// @notice Lowers the most of an asset that the escrow may hold; zero stops it. Guardian, at once. In the asset's smallest unit.
    /// @dev Emits `CapSet`; reverts `NotListed`, `NotTighter`.
    function lowerCap(address asset, uint128 cap) external restricted {
        Asset storage held = _requireListed(asset);
        require(cap < held.cap, NotTighter(held.cap, cap));
        _setCap(asset, held, cap);
    }

    /// @notice Raises an asset's haircut, which counts for openings and releases and not for health. Guardian, at once.
    /// @dev Emits `HaircutSet`; reverts `NotListed`, `HaircutRefused`, `NotTighter`.
    function raiseHaircut(address asset, uint16 haircutBps) external restricted {
        Asset storage held = _requireListed(asset);
        require(haircutBps <= RiskRules.BPS, HaircutRefused(haircutBps));
        require(haircutBps > held.haircutBps, NotTighter(held.haircutBps, haircutBps));
        _setHaircut(asset, held, haircutBps);
    }

    /// @notice Refuses new locks that name a book, loans opened on locks that do, and its calls of loans in default; locks of loans that are
    /// owed stay as they are, and are liquidated by price as before. Guardian, at once.
    /// @dev Emits `BookSet`; reverts `BookRefused` where it is not allowed now.
    function disallowBook(address book) external restricted {
        require(_books[book], BookRefused(book));
        _books[book] = false;
        emit BookSet(book, false);
    }

    /// @notice Opens a paused action again. Multisig, after the delay.
    /// @dev Emits `ActionResumed`; reverts `NotPaused`.
    function unpause(Action action) external restricted {
        require(_pausedUntil[action] > block.timestamp, NotPaused(action));
        _pausedUntil[action] = action == Action.Liquidate ? block.timestamp : 0;
        emit ActionResumed(action);
    }

    /// @notice Lists an asset, which has a route. Multisig, after the delay. Its threshold is in force at once, since nobody holds it yet.
    /// @dev Emits `AssetListed` and `RiskSet`. Reverts `AlreadyListed`, the errors of `priceOf`, `HaircutRefused`, the errors of
    /// `RiskRules.check`.
    /// @param takesFee whether the token may deliver less than was sent
    /// @param cap the most that the escrow may hold, in the asset's smallest unit
    function listAsset(
        address asset,
        bool takesFee,
        uint128 cap,
        uint16 ltvBps,
        uint16 thresholdBps,
        uint16 bonusBps,
        uint16 haircutBps
    ) external restricted {
        require(!_assetsOf[asset].listed, AlreadyListed(asset));
        priceOf(asset);
        require(haircutBps <= RiskRules.BPS, HaircutRefused(haircutBps));
        RiskRules.check(ltvBps, thresholdBps, thresholdBps, bonusBps);
        // A ramp that starts at zero is over.
        _assetsOf[asset] = Asset(true, takesFee, ltvBps, thresholdBps, thresholdBps, bonusBps, haircutBps, cap, 0);
        emit AssetListed(asset, takesFee, cap, haircutBps);
        emit RiskSet(asset, ltvBps, thresholdBps, thresholdBps, bonusBps, 0);
    }

    /// @notice Changes an asset's shares. Multisig, after the delay. The threshold then moves from where it stands to `thresholdBps` over 48
    /// hours; the opening LTV must lie below both, so that a rise of both takes two steps.
    /// @dev Emits `RiskSet`; reverts `NotListed`, and the errors of `RiskRules.check`.
    function setRisk(address asset, uint16 ltvBps, uint16 thresholdBps, uint16 bonusBps) external restricted {
        Asset storage held = _requireListed(asset);
        uint16 standing = _threshold(held);
        RiskRules.check(ltvBps, standing, thresholdBps, bonusBps);
        held.ltvBps = ltvBps;
        held.thresholdFrom = standing;
        held.thresholdTo = thresholdBps;
        held.bonusBps = bonusBps;
        held.rampStart = uint64(block.timestamp);
        emit RiskSet(asset, ltvBps, standing, thresholdBps, bonusBps, uint64(block.timestamp));
    }

    /// @notice Raises the most of an asset that the escrow may hold. Multisig, after the delay. In the asset's smallest unit.
    /// @dev Emits `CapSet`; reverts `NotListed`, `NotLooser`.
    function raiseCap(address asset, uint128 cap) external restricted {
        Asset storage held = _requireListed(asset);
        require(cap > held.cap, NotLooser(held.cap, cap));
        _setCap(asset, held, cap);
    }

    /// @notice Lowers an asset's haircut. Multisig, after the delay.
    /// @dev Emits `HaircutSet`; reverts `NotListed`, `NotLooser`.
    function lowerHaircut(address asset, uint16 haircutBps) external restricted {
        Asset storage held = _requireListed(asset);
        require(haircutBps < held.haircutBps, NotLooser(held.haircutBps, haircutBps));
        _setHaircut(asset, held, haircutBps);
    }

    /// @notice Lets new locks name a book, and counts its calls of loans in default. Multisig, after the delay.
    /// @dev Emits `BookSet`; reverts `BookRefused` for what is not a contract.
    function allowBook(address book) external restricted {
        require(book.code.length != 0, BookRefused(book));
        _books[book] = true;
        emit BookSet(book, true);
    }

    /// @notice Sets what is too small to be left behind. Multisig, after the delay. In 1e18ths of the unit of account.
    /// @dev Emits `DustSet`; reverts `DustRefused`.
    function setDust(uint256 dust) external restricted {
        _setDust(dust);
    }

    /// @inheritdoc IRiskPolicy
    function requireActive(Action action) external view {
        uint256 until = _pausedUntil[action];
        require(until <= block.timestamp, ActionPaused(action, until));
    }

    /// @notice Until when an action is paused, seconds since the epoch; in the past or zero where it is open.
    function pausedUntil(Action action) external view returns (uint256) {
        return _pausedUntil[action];
    }

    /// @notice An asset's parameters as they are stored.
    function assetOf(address asset) external view returns (Asset memory) {
        return _assetsOf[asset];
    }

    /// @inheritdoc IRiskPolicy
    function depositTerms(address asset) external view returns (bool listed, bool takesFee, uint256 cap) {
        Asset storage held = _assetsOf[asset];
        return (held.listed, held.takesFee, held.cap);
    }

    /// @inheritdoc IRiskPolicy
    function termsOf(address asset) external view returns (Terms memory terms) {
        Asset storage held = _requireListed(asset);
        (terms.price, terms.decimals) = priceOf(asset);
        terms.ltvBps = held.ltvBps;
        terms.thresholdBps = _threshold(held);
        terms.bonusBps = held.bonusBps;
        terms.haircutBps = held.haircutBps;
    }

    /// @inheritdoc IRiskPolicy
    function priceOf(address asset)
        public
        view
        override(PriceRoutes, IRiskPolicy)
        returns (uint256 price, uint8 decimals)
    {
        return PriceRoutes.priceOf(asset);
    }

    /// @inheritdoc IRiskPolicy
    /// @dev What is listed has a route, since listing reads its price, and neither is ever taken away.
    function covers(address asset) external view returns (bool) {
        return _assetsOf[asset].listed;
    }

    /// @inheritdoc IRiskPolicy
    function bookAllowed(address book) external view returns (bool) {
        return _books[book];
    }

    /// @inheritdoc IRiskPolicy
    function dustValue() external view returns (uint256) {
        return _dust;
    }

    function _requireListed(address asset) private view returns (Asset storage held) {
        held = _assetsOf[asset];
        require(held.listed, NotListed(asset));
    }

    function _threshold(Asset storage held) private view returns (uint16) {
        return RiskRules.thresholdAt(held.thresholdFrom, held.thresholdTo, held.rampStart, block.timestamp);
    }

    function _setCap(address asset, Asset storage held, uint128 cap) private {
        emit CapSet(asset, held.cap, cap);
        held.cap = cap;
    }

    function _setHaircut(address asset, Asset storage held, uint16 haircutBps) private {
        emit HaircutSet(asset, held.haircutBps, haircutBps);
        held.haircutBps = haircutBps;
    }

    function _setDust(uint256 dust) private {
        require(dust != 0 && dust <= MAX_DUST, DustRefused(dust, MAX_DUST));
        emit DustSet(_dust, dust);
        _dust = dust;
    }
}
