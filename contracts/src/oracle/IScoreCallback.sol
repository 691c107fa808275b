// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What a requester may be told
interface IScoreCallback {
    /// @notice A request was answered. Called by the oracle, with the gas that the request named; what it does or returns
    /// changes nothing about the answer.
    /// @dev No figure is passed: whoever acts on the score reads it, and so meets a freeze or a revocation. Check the caller.
    /// @param requestId the request
    /// @param subject the subject
    /// @param modelId the model
    function onScore(uint256 requestId, bytes32 subject, bytes32 modelId) external;
}
