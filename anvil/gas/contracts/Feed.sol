// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.19;

/// @title A price that the benchmark sets
/// @notice Speaks both dialects: Aave reads `latestAnswer`, Agio `latestRoundData`. Answer and time share a slot, as they do in the
/// aggregators that stand behind real feeds. Like the oracle that Morpho Blue is measured with, it has no proxy before it.
contract Feed {
    uint8 public immutable decimals;
    int192 private _answer;
    uint64 private _updatedAt;

    constructor(uint8 decimals_, int192 answer) {
        decimals = decimals_;
        set(answer);
    }

    /// @notice Answers `answer` from now on.
    function set(int192 answer) public {
        (_answer, _updatedAt) = (answer, uint64(block.timestamp));
    }

    function latestAnswer() external view returns (int256) {
        return _answer;
    }

    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        return (1, _answer, _updatedAt, _updatedAt, 1);
    }
}
