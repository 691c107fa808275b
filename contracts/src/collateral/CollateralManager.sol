// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {CollateralLiquidation} from "./CollateralLiquidation.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";

/// @title The escrow
/// @notice Collateral of many assets for loans kept elsewhere. It has no owner and cannot be upgraded; the one thing that can change is the
/// policy in force, by the multisig after its delay, and the policy is never asked on the way out.
contract CollateralManager is CollateralLiquidation {
    /// @param authority the `AccessManager` whose lanes say who may set the policy
    /// @param first the policy to start with
    constructor(address authority, IRiskPolicy first) AccessManaged(authority) {
        _setPolicy(first);
    }
}
