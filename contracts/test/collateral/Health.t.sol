// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Health} from "../../src/collateral/Health.sol";

contract HealthTest is Test {
    uint256 private constant MAX = type(uint256).max;

    function test_collateral_beyond_all_measure_is_sound_and_no_overflow() public pure {
        assertEq(Health.factor(0, 0), MAX);
        assertEq(Health.factor(MAX, 1), MAX);
        uint256 bound = MAX / 1e18;
        assertEq(Health.factor(bound, 1), MAX);
        assertEq(Health.factor(bound - 1, 1), (bound - 1) * 1e18);
    }
}
