// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The five functions of a Chainlink feed
/// @notice Declared here because the package that publishes them cannot be installed from a registry alone.
interface AggregatorV3Interface {
    /// @return how many decimals an answer has
    function decimals() external view returns (uint8);

    /// @return what the feed answers, in words
    function description() external view returns (string memory);

    /// @return the version of the aggregator
    function version() external view returns (uint256);

    /// @notice One earlier round.
    /// @param _roundId the round
    function getRoundData(uint80 _roundId)
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    /// @notice The newest round.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
