// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";

/// @title How a feed is believed
/// @notice A price is refused rather than guessed. The order of the checks is fixed: sequencer up, its grace over, answer above zero, not
/// in the future, not stale, strictly inside the bounds, two sources agreed. The price is that of the primary source.
library FeedReader {
    uint256 internal constant BPS = 1e4;
    uint8 internal constant PRICE_DECIMALS = 18;

    /// @param feed the aggregator
    /// @param heartbeat the most seconds since its last update
    /// @param decimals of its answers, read when the route was set
    struct Source {
        AggregatorV3Interface feed;
        uint32 heartbeat;
        uint8 decimals;
    }

    /// @param primary whose price is used
    /// @param secondary who must agree
    /// @param min the price must be above it, in 1e18ths of the unit of account per whole token
    /// @param max the price must be below it
    /// @param maxDeviationBps how far the two may be apart, as a share of the lower
    struct Route {
        Source primary;
        Source secondary;
        uint128 min;
        uint128 max;
        uint16 maxDeviationBps;
    }

    /// @notice The asset has no route.
    error RouteMissing(address asset);
    /// @notice The L2 sequencer is down, or was never seen up.
    error SequencerDown(address feed);
    /// @notice The sequencer is up again for too short a time.
    error SequencerGrace(address feed, uint256 upSince, uint256 graceSeconds);
    /// @notice The answer is not above zero.
    error AnswerNotPositive(address feed, int256 answer);
    /// @notice The answer says that it is from a second that is not yet.
    error AnswerFromFuture(address feed, uint256 updatedAt);
    /// @notice The answer is older than its heartbeat.
    error AnswerStale(address feed, uint256 updatedAt, uint256 heartbeat);
    /// @notice The price is on a bound or beyond it: a feed that stands at its floor says nothing.
    error PriceOutOfBounds(address feed, uint256 price, uint256 min, uint256 max);
    /// @notice The two sources are further apart than allowed.
    error SourcesDisagree(uint256 primary, uint256 secondary, uint256 maxDeviationBps);

    /// @notice Reverts unless the sequencer is up since more than the grace. A zero feed is a chain that has none.
    function requireSequencer(AggregatorV3Interface feed, uint256 graceSeconds) internal view {
        if (address(feed) == address(0)) return;
        (, int256 answer, uint256 startedAt,,) = feed.latestRoundData();
        require(answer == 0 && startedAt != 0, SequencerDown(address(feed)));
        require(
            startedAt <= block.timestamp && block.timestamp - startedAt > graceSeconds,
            SequencerGrace(address(feed), startedAt, graceSeconds)
        );
    }

    /// @notice The price of a route, in 1e18ths of the unit of account per whole token.
    function read(Route memory route) internal view returns (uint256 price) {
        price = readSource(route.primary, route.min, route.max);
        uint256 other = readSource(route.secondary, route.min, route.max);
        (uint256 low, uint256 high) = price < other ? (price, other) : (other, price);
        require((high - low) * BPS <= low * route.maxDeviationBps, SourcesDisagree(price, other, route.maxDeviationBps));
    }

    /// @notice The price that one source gives.
    function readSource(Source memory source, uint256 min, uint256 max) internal view returns (uint256 price) {
        (, int256 answer,, uint256 updatedAt,) = source.feed.latestRoundData();
        require(answer > 0, AnswerNotPositive(address(source.feed), answer));
        require(updatedAt <= block.timestamp, AnswerFromFuture(address(source.feed), updatedAt));
        require(
            block.timestamp - updatedAt <= source.heartbeat,
            AnswerStale(address(source.feed), updatedAt, source.heartbeat)
        );
        // Positive, by the check above; above 2^128 it is beyond every bound, and scaling it could overflow.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 raw = uint256(answer);
        require(raw <= type(uint128).max, PriceOutOfBounds(address(source.feed), raw, min, max));
        price = raw * 10 ** (PRICE_DECIMALS - source.decimals);
        require(price > min && price < max, PriceOutOfBounds(address(source.feed), price, min, max));
    }
}
