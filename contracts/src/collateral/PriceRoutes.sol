// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {FeedReader} from "./FeedReader.sol";

/// @title Where prices come from
/// @notice Two feeds an asset, and a second pair approved in advance that the guardian may switch to at once, so that a broken feed is
/// replaced in a block and not after the delay. Setting a route takes the price that its author expects: a feed of the wrong
/// scale, or one that lacks a leg, cannot be installed.
abstract contract PriceRoutes is AccessManaged {
    /// @notice The most that an expected price may differ from the read one, in basis points.
    uint256 public constant MAX_TOLERANCE_BPS = 1_000;
    /// @notice The most that two sources of a route may be apart, in basis points.
    uint256 public constant MAX_DEVIATION_BPS = 1_000;
    /// @notice The longest heartbeat of a source, in seconds.
    uint256 public constant MAX_HEARTBEAT = 7 days;
    /// @notice The most decimals of a feed.
    uint8 public constant MAX_FEED_DECIMALS = 18;
    /// @notice The most decimals of a token.
    uint8 public constant MAX_TOKEN_DECIMALS = 24;
    /// @notice The highest upper bound of a price, in 1e18ths of the unit of account per whole token.
    uint128 public constant MAX_PRICE = 1e36;

    /// @notice The feed of the L2 sequencer; zero on a chain that has none.
    AggregatorV3Interface public immutable sequencerFeed;
    /// @notice For how long after the sequencer came up no price is read, in seconds.
    uint256 public immutable sequencerGrace;

    /// @param primary feed whose price is used
    /// @param secondary feed that must agree; another than the primary
    /// @param primaryHeartbeat the most seconds since the primary's last update
    /// @param secondaryHeartbeat the most seconds since the secondary's last update
    /// @param min the price must be above it, in 1e18ths of the unit of account per whole token
    /// @param max the price must be below it
    /// @param maxDeviationBps how far the two may be apart, as a share of the lower
    struct RouteConfig {
        AggregatorV3Interface primary;
        AggregatorV3Interface secondary;
        uint32 primaryHeartbeat;
        uint32 secondaryHeartbeat;
        uint128 min;
        uint128 max;
        uint16 maxDeviationBps;
    }

    mapping(address asset => FeedReader.Route) private _active;
    mapping(address asset => FeedReader.Route) private _backup;
    mapping(address asset => uint8) private _decimals;

    /// @notice Prices of the asset come from this route.
    event RouteSet(address indexed asset, RouteConfig config, uint256 price, uint8 tokenDecimals);
    /// @notice The guardian may switch the asset to this route.
    event BackupApproved(address indexed asset, RouteConfig config, uint256 price);
    /// @notice Active and backup route of the asset changed places.
    event BackupInUse(address indexed asset, address primary, address secondary, uint256 price);

    /// @notice A feed must be a contract, and two feeds of a route two contracts.
    error FeedRefused(address primary, address secondary);
    /// @notice Heartbeats are from one second to the maximum.
    error HeartbeatRefused(uint256 primary, uint256 secondary);
    /// @notice Bounds are ascending, and at most the highest price.
    error BoundsRefused(uint256 min, uint256 max);
    /// @notice The deviation is above the maximum.
    error DeviationRefused(uint256 bps);
    /// @notice The tolerance is above the maximum.
    error ToleranceRefused(uint256 bps);
    /// @notice More decimals than are supported.
    error DecimalsRefused(address source, uint8 decimals);
    /// @notice The route reads another price than its author expects; both in 1e18ths of the unit of account per whole token.
    error PriceUnexpected(address asset, uint256 price, uint256 expected, uint256 toleranceBps);
    /// @notice No backup was approved for the asset.
    error BackupMissing(address asset);

    constructor(AggregatorV3Interface sequencer, uint256 graceSeconds) {
        sequencerFeed = sequencer;
        sequencerGrace = graceSeconds;
    }

    /// @notice Sets where an asset's prices come from. Multisig, after the delay. Reads decimals of both feeds and of the token, for good.
    /// @dev Emits `RouteSet`. Reverts, in this order: `FeedRefused`, `HeartbeatRefused`, `BoundsRefused`, `DeviationRefused`,
    /// `ToleranceRefused`, `DecimalsRefused`, the errors of `FeedReader`, `PriceUnexpected`.
    /// @param expected price in 1e18ths of the unit of account per whole token
    /// @param toleranceBps how far the read price may be from it, as a share of it
    function setRoute(address asset, RouteConfig calldata config, uint256 expected, uint256 toleranceBps)
        external
        restricted
    {
        uint8 tokenDecimals = IERC20Metadata(asset).decimals();
        require(tokenDecimals <= MAX_TOKEN_DECIMALS, DecimalsRefused(asset, tokenDecimals));
        (FeedReader.Route memory route, uint256 price) = _try(asset, config, expected, toleranceBps);
        _active[asset] = route;
        _decimals[asset] = tokenDecimals;
        emit RouteSet(asset, config, price, tokenDecimals);
    }

    /// @notice Approves the route that the guardian may switch to. Multisig, after the delay.
    /// @dev Emits `BackupApproved`. Reverts `RouteMissing` where the asset has no route yet, else as `setRoute`.
    function approveBackup(address asset, RouteConfig calldata config, uint256 expected, uint256 toleranceBps)
        external
        restricted
    {
        require(address(_active[asset].primary.feed) != address(0), FeedReader.RouteMissing(asset));
        (FeedReader.Route memory route, uint256 price) = _try(asset, config, expected, toleranceBps);
        _backup[asset] = route;
        emit BackupApproved(asset, config, price);
    }

    /// @notice Makes the approved backup the route of an asset, and the route its backup. Guardian, at once.
    /// @dev Emits `BackupInUse`. Reverts `BackupMissing`, and the errors of `FeedReader` where the backup gives no sound price.
    function useBackup(address asset) external restricted {
        FeedReader.Route memory next = _backup[asset];
        require(address(next.primary.feed) != address(0), BackupMissing(asset));
        FeedReader.requireSequencer(sequencerFeed, sequencerGrace);
        uint256 price = FeedReader.read(next);
        _backup[asset] = _active[asset];
        _active[asset] = next;
        emit BackupInUse(asset, address(next.primary.feed), address(next.secondary.feed), price);
    }

    /// @notice The route of an asset, and its approved backup; zeros where there is none.
    function routeOf(address asset)
        external
        view
        returns (FeedReader.Route memory active, FeedReader.Route memory backup, uint8 tokenDecimals)
    {
        return (_active[asset], _backup[asset], _decimals[asset]);
    }

    /// @notice The price of an asset now. Reverts `RouteMissing`, and the errors of `FeedReader` in the order that it states.
    /// @return price of one whole token in 1e18ths of the unit of account
    /// @return decimals of the token
    function priceOf(address asset) public view virtual returns (uint256 price, uint8 decimals) {
        FeedReader.Route memory route = _active[asset];
        require(address(route.primary.feed) != address(0), FeedReader.RouteMissing(asset));
        FeedReader.requireSequencer(sequencerFeed, sequencerGrace);
        return (FeedReader.read(route), _decimals[asset]);
    }

    function _try(address asset, RouteConfig calldata config, uint256 expected, uint256 toleranceBps)
        private
        view
        returns (FeedReader.Route memory route, uint256 price)
    {
        _check(config);
        require(toleranceBps <= MAX_TOLERANCE_BPS, ToleranceRefused(toleranceBps));
        route.primary = _source(config.primary, config.primaryHeartbeat);
        route.secondary = _source(config.secondary, config.secondaryHeartbeat);
        (route.min, route.max, route.maxDeviationBps) = (config.min, config.max, config.maxDeviationBps);
        FeedReader.requireSequencer(sequencerFeed, sequencerGrace);
        price = FeedReader.read(route);
        uint256 apart = price > expected ? price - expected : expected - price;
        require(
            expected <= MAX_PRICE && apart * FeedReader.BPS <= expected * toleranceBps,
            PriceUnexpected(asset, price, expected, toleranceBps)
        );
    }

    function _check(RouteConfig calldata config) private view {
        address primary = address(config.primary);
        address secondary = address(config.secondary);
        require(
            primary != secondary && primary.code.length != 0 && secondary.code.length != 0,
            FeedRefused(primary, secondary)
        );
        require(
            config.primaryHeartbeat != 0 && config.primaryHeartbeat <= MAX_HEARTBEAT && config.secondaryHeartbeat != 0
                && config.secondaryHeartbeat <= MAX_HEARTBEAT,
            HeartbeatRefused(config.primaryHeartbeat, config.secondaryHeartbeat)
        );
        require(config.min < config.max && config.max <= MAX_PRICE, BoundsRefused(config.min, config.max));
        require(config.maxDeviationBps <= MAX_DEVIATION_BPS, DeviationRefused(config.maxDeviationBps));
    }

    function _source(AggregatorV3Interface feed, uint32 heartbeat) private view returns (FeedReader.Source memory) {
        uint8 decimals = feed.decimals();
        require(decimals <= MAX_FEED_DECIMALS, DecimalsRefused(address(feed), decimals));
        return FeedReader.Source(feed, heartbeat, decimals);
    }
}
