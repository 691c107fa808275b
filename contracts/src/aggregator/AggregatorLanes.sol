// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Roles} from "../governance/Roles.sol";
import {AggregatorPolicy} from "./AggregatorPolicy.sol";

/// @title Which lane may call what in the register
/// @notice For setting up the `AccessManager`, and for the test that no restricted function lacks a lane.
library AggregatorLanes {
    /// @notice `Roles.GUARDIAN`, at once.
    function tighten() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](3);
        selectors[0] = AggregatorPolicy.pause.selector;
        selectors[1] = AggregatorPolicy.removeAdapter.selector;
        selectors[2] = AggregatorPolicy.revokeKey.selector;
    }

    /// @notice `Roles.MULTISIG`, after `Roles.LOOSEN_DELAY`.
    function loosen() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](7);
        selectors[0] = AggregatorPolicy.unpause.selector;
        selectors[1] = AggregatorPolicy.setEscrow.selector;
        selectors[2] = AggregatorPolicy.setScores.selector;
        selectors[3] = AggregatorPolicy.setGateway.selector;
        selectors[4] = AggregatorPolicy.publishPolicy.selector;
        selectors[5] = AggregatorPolicy.addAdapter.selector;
        selectors[6] = AggregatorPolicy.addKey.selector;
    }

    /// @notice Gives the two lanes their functions and changes of them the delay. The caller is an admin of the manager.
    function install(AccessManager manager, address register) internal {
        manager.setTargetFunctionRole(register, tighten(), Roles.GUARDIAN);
        manager.setTargetFunctionRole(register, loosen(), Roles.MULTISIG);
        manager.setTargetAdminDelay(register, Roles.LOOSEN_DELAY);
    }

    /// @notice The role that a restricted function belongs to; 0 for functions that are not restricted.
    function roleOf(bytes4 selector) internal pure returns (uint64) {
        if (_has(tighten(), selector)) return Roles.GUARDIAN;
        if (_has(loosen(), selector)) return Roles.MULTISIG;
        return 0;
    }

    function _has(bytes4[] memory selectors, bytes4 selector) private pure returns (bool) {
        for (uint256 i = 0; i < selectors.length; ++i) {
            if (selectors[i] == selector) return true;
        }
        return false;
    }
}
