// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {ScoreStore} from "./ScoreStore.sol";

/// @title One figure of one subject and model, in the words of a Chainlink feed
/// @notice For consumers that can read a feed and nothing else. Where the oracle has no valid score it reverts, so a consumer that
/// forgets to look at the age of an answer is safe too. A round is an epoch; only the newest can be read.
contract ScoreFeed is AggregatorV3Interface {
    /// @custom:value Score 300 to 850; reverts where only the band is attested
    /// @custom:value Band 1 (best) to 10
    enum Figure {
        Score,
        Band
    }

    /// @notice The oracle that is read.
    ScoreStore public immutable oracle;
    /// @notice Whose figure.
    bytes32 public immutable subject;
    /// @notice Under which model.
    bytes32 public immutable modelId;
    /// @notice Which figure.
    Figure public immutable figure;

    /// @notice Only the band is attested, and the feed is one of scores.
    error OnlyBandAttested(bytes32 subject, bytes32 modelId);
    /// @notice Only the newest round can be read.
    error RoundNotKept(uint80 roundId, uint80 newest);

    /// @param oracle_ the oracle that is read
    /// @param subject_ whose figure
    /// @param modelId_ under which model
    /// @param figure_ which figure
    constructor(ScoreStore oracle_, bytes32 subject_, bytes32 modelId_, Figure figure_) {
        (oracle, subject, modelId, figure) = (oracle_, subject_, modelId_, figure_);
    }

    /// @inheritdoc AggregatorV3Interface
    /// @dev None: points and bands are whole.
    function decimals() external pure returns (uint8) {
        return 0;
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external view returns (string memory) {
        return figure == Figure.Score ? "Agio credit score" : "Agio credit band";
    }

    /// @inheritdoc AggregatorV3Interface
    function version() external pure returns (uint256) {
        return 1;
    }

    /// @inheritdoc AggregatorV3Interface
    /// @dev Reverts with `ScoreStore.ScoreUnavailable`, `OnlyBandAttested` or `RoundNotKept`.
    function getRoundData(uint80 wanted)
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        (roundId, answer, startedAt, updatedAt, answeredInRound) = latestRoundData();
        if (wanted != roundId) revert RoundNotKept(wanted, roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    /// @dev The round is the epoch. Both times are when the data was observed. Reverts with `ScoreStore.ScoreUnavailable` or `OnlyBandAttested`.
    function latestRoundData()
        public
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        (uint16 score, uint8 band, uint32 epoch, uint64 observedAt) = oracle.roundOf(subject, modelId);
        if (figure == Figure.Band) {
            answer = int256(uint256(band));
        } else {
            if (score == 0) revert OnlyBandAttested(subject, modelId);
            answer = int256(uint256(score));
        }
        return (epoch, answer, observedAt, observedAt, epoch);
    }
}
