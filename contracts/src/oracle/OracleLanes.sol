// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Roles} from "../governance/Roles.sol";
import {OracleConfig} from "./OracleConfig.sol";
import {ScoreStore} from "./ScoreStore.sol";

/// @title Which role may call what of the oracle
/// @notice For setting up the `AccessManager`, and for the permission matrix. What is not listed is open to everyone.
library OracleLanes {
    /// @notice What the guardian may call, at once.
    function tighten() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = ScoreStore.freeze.selector;
        selectors[1] = OracleConfig.freezeAll.selector;
    }

    /// @notice What the multisig may call, after the delay.
    function loosen() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = ScoreStore.unfreeze.selector;
        selectors[1] = OracleConfig.unfreezeAll.selector;
        selectors[2] = OracleConfig.setSigners.selector;
        selectors[3] = OracleConfig.setBounds.selector;
    }

    /// @notice Gives the two lanes their functions and changes of them the delay. The caller is an admin of the manager.
    function install(AccessManager manager, address oracle) internal {
        manager.setTargetFunctionRole(oracle, tighten(), Roles.GUARDIAN);
        manager.setTargetFunctionRole(oracle, loosen(), Roles.MULTISIG);
        manager.setTargetAdminDelay(oracle, Roles.LOOSEN_DELAY);
    }
}
