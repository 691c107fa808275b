// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";

/// @notice A feed that says what the test wants.
contract ScriptedFeed is AggregatorV3Interface {
    uint8 public override decimals;
    int256 public answer;
    uint256 public startedAt;
    uint256 public updatedAt;

    constructor(uint8 decimals_, int256 answer_) {
        decimals = decimals_;
        set(answer_);
    }

    /// @notice Answers from now on, updated now.
    function set(int256 answer_) public {
        (answer, startedAt, updatedAt) = (answer_, block.timestamp, block.timestamp);
    }

    function setTimes(uint256 startedAt_, uint256 updatedAt_) external {
        (startedAt, updatedAt) = (startedAt_, updatedAt_);
    }

    function description() external pure returns (string memory) {
        return "scripted";
    }

    function version() external pure returns (uint256) {
        return 1;
    }

    function getRoundData(uint80) external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, answer, startedAt, updatedAt, 1);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, answer, startedAt, updatedAt, 1);
    }
}

    /// @notice A feed that is always fresh, so that invariant runs may warp.
    contract FreshFeed is AggregatorV3Interface {
        uint8 public override decimals;
        int256 public answer;

        constructor(uint8 decimals_, int256 answer_) {
            (decimals, answer) = (decimals_, answer_);
        }

        function set(int256 answer_) external {
            answer = answer_;
        }

        function description() external pure returns (string memory) {
            return "fresh";
        }

        function version() external pure returns (uint256) {
            return 1;
        }

        function getRoundData(uint80) external view returns (uint80, int256, uint256, uint256, uint80) {
            return (1, answer, block.timestamp, block.timestamp, 1);
        }

        function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
            return (1, answer, block.timestamp, block.timestamp, 1);
        }
    }
