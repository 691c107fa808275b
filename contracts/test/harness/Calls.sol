// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Many calls in one: cases of an `eth_call`, each with its own outcome, or steps of a transaction, all or none.
contract Calls {
    struct Step {
        address target;
        bytes data;
    }

    struct Outcome {
        bool ok;
        bytes data;
    }

    /// @notice What each call answers or reverts with.
    function many(address target, bytes[] calldata calls) external returns (Outcome[] memory outcomes) {
        outcomes = new Outcome[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            (outcomes[i].ok, outcomes[i].data) = target.call(calls[i]);
        }
    }

    /// @notice Reverts as the first step that does.
    function all(Step[] calldata steps) external {
        for (uint256 i = 0; i < steps.length; ++i) {
            (bool ok, bytes memory data) = steps[i].target.call(steps[i].data);
            if (ok) continue;
            assembly ("memory-safe") {
                revert(add(data, 0x20), mload(data))
            }
        }
    }
}
