// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {ScoreFeed} from "./ScoreFeed.sol";
import {ScoreStore} from "./ScoreStore.sol";

/// @title Feeds at addresses known beforehand
/// @notice Anyone may deploy a feed: it holds no power. A feed is genuine if it lies where `feedOf` says.
contract ScoreFeedFactory {
    /// @notice The oracle of all feeds.
    ScoreStore public immutable oracle;

    /// @notice A feed was deployed.
    /// @param subject whose figure
    /// @param modelId under which model
    /// @param figure which figure
    /// @param feed where it lies
    event FeedCreated(bytes32 indexed subject, bytes32 indexed modelId, ScoreFeed.Figure indexed figure, address feed);

    /// @param oracle_ the oracle of all feeds
    constructor(ScoreStore oracle_) {
        oracle = oracle_;
    }

    /// @notice Deploys a feed, or gives the one that is there. Callable by anyone. Emits `FeedCreated` the first time.
    /// @param subject whose figure; the pair need not have a score yet
    /// @param modelId under which model
    /// @param figure which figure
    /// @return feed where it lies
    function createFeed(bytes32 subject, bytes32 modelId, ScoreFeed.Figure figure) external returns (address feed) {
        feed = feedOf(subject, modelId, figure);
        if (feed.code.length != 0) return feed;
        feed = address(new ScoreFeed{salt: 0}(oracle, subject, modelId, figure));
        emit FeedCreated(subject, modelId, figure, feed);
    }

    /// @notice Where the feed is, or would be.
    /// @param subject whose figure
    /// @param modelId under which model
    /// @param figure which figure
    /// @return the address, whether anything lies there or not
    function feedOf(bytes32 subject, bytes32 modelId, ScoreFeed.Figure figure) public view returns (address) {
        bytes memory code = bytes.concat(type(ScoreFeed).creationCode, abi.encode(oracle, subject, modelId, figure));
        return Create2.computeAddress(0, keccak256(code));
    }
}
