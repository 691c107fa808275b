// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {CollateralLedger} from "../collateral/CollateralLedger.sol";
import {PriceRoutes} from "../collateral/PriceRoutes.sol";
import {RiskPolicy} from "../collateral/RiskPolicy.sol";
import {Roles} from "./Roles.sol";

/// @title Which lane may call what of the escrow and its policy
/// @notice For setting up the `AccessManager`, and for the permission matrix. What is not listed is open to everyone.
library Lanes {
    /// @notice What the guardian may call of the policy, at once.
    function policyTighten() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](5);
        selectors[0] = RiskPolicy.pause.selector;
        selectors[1] = RiskPolicy.lowerCap.selector;
        selectors[2] = RiskPolicy.raiseHaircut.selector;
        selectors[3] = RiskPolicy.disallowBook.selector;
        selectors[4] = PriceRoutes.useBackup.selector;
    }

    /// @notice What the multisig may call of the policy, after the delay.
    function policyLoosen() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](9);
        selectors[0] = RiskPolicy.unpause.selector;
        selectors[1] = RiskPolicy.listAsset.selector;
        selectors[2] = RiskPolicy.setRisk.selector;
        selectors[3] = RiskPolicy.raiseCap.selector;
        selectors[4] = RiskPolicy.lowerHaircut.selector;
        selectors[5] = RiskPolicy.allowBook.selector;
        selectors[6] = RiskPolicy.setDust.selector;
        selectors[7] = PriceRoutes.setRoute.selector;
        selectors[8] = PriceRoutes.approveBackup.selector;
    }

    /// @notice What the multisig may call of the escrow, after the delay. The guardian may call nothing of it.
    function escrowLoosen() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = CollateralLedger.setPolicy.selector;
    }

    /// @notice Gives the two lanes their functions and changes of them the delay. The caller is an admin of the manager.
    function install(AccessManager manager, address escrow, address policy) internal {
        manager.setTargetFunctionRole(policy, policyTighten(), Roles.GUARDIAN);
        manager.setTargetFunctionRole(policy, policyLoosen(), Roles.MULTISIG);
        manager.setTargetFunctionRole(escrow, escrowLoosen(), Roles.MULTISIG);
        manager.setTargetAdminDelay(policy, Roles.LOOSEN_DELAY);
        manager.setTargetAdminDelay(escrow, Roles.LOOSEN_DELAY);
    }

    /// @notice Gives the lanes to who holds them and everything that is left, after the delay, to the multisig; the caller keeps nothing.
    /// @dev To be called after every `install`. The guardian may cancel what the multisig scheduled, except what concerns roles: else a
    /// guardian whose key is stolen could never be replaced. Grants of either role wait as long as what the role may loosen.
    function handOver(AccessManager manager, address guardian, address multisig, address caller) internal {
        manager.setRoleGuardian(Roles.MULTISIG, Roles.GUARDIAN);
        manager.grantRole(Roles.GUARDIAN, guardian, 0);
        manager.grantRole(Roles.MULTISIG, multisig, Roles.LOOSEN_DELAY);
        manager.setGrantDelay(Roles.GUARDIAN, Roles.LOOSEN_DELAY);
        manager.setGrantDelay(Roles.MULTISIG, Roles.LOOSEN_DELAY);
        uint64 admin = manager.ADMIN_ROLE();
        manager.grantRole(admin, multisig, Roles.LOOSEN_DELAY);
        manager.renounceRole(admin, caller);
    }
}
