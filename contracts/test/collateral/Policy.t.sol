// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {RiskRules} from "../../src/collateral/RiskRules.sol";
import {FeedReader} from "../../src/collateral/FeedReader.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {CollateralTest} from "./CollateralTest.sol";

/// @notice `RiskRules` as a contract, so that its errors can be expected.
contract RulesDoor {
    function check(uint256 ltv, uint256 from, uint256 to, uint256 bonus) external pure {
        RiskRules.check(ltv, from, to, bonus);
    }
}

contract PolicyTest is CollateralTest {
    /// @dev Schedules, waits, expects the error of the target, executes.
    function _loosenRefused(bytes memory data, bytes memory reason) private {
        vm.prank(multisig);
        manager.schedule(address(policy), data, 0);
        skip(48 hours);
        vm.prank(multisig);
        vm.expectRevert(reason);
        manager.execute(address(policy), data);
    }

    function test_pause_of_liquidations_ends_by_itself_and_is_not_renewed() public {
        _pause(IRiskPolicy.Action.Liquidate);
        uint256 until = block.timestamp + 72 hours;
        assertEq(policy.pausedUntil(IRiskPolicy.Action.Liquidate), until);
        _expect(abi.encodeWithSelector(RiskPolicy.AlreadyPaused.selector, IRiskPolicy.Action.Liquidate, until));
        _pause(IRiskPolicy.Action.Liquidate);
        vm.warp(until - 1);
        _expect(abi.encodeWithSelector(RiskPolicy.ActionPaused.selector, IRiskPolicy.Action.Liquidate, until));
        policy.requireActive(IRiskPolicy.Action.Liquidate);
        vm.warp(until);
        policy.requireActive(IRiskPolicy.Action.Liquidate);
        _expect(
            abi.encodeWithSelector(RiskPolicy.PauseTooSoon.selector, IRiskPolicy.Action.Liquidate, until + 72 hours)
        );
        _pause(IRiskPolicy.Action.Liquidate);
        vm.warp(until + 72 hours - 1);
        vm.expectPartialRevert(RiskPolicy.PauseTooSoon.selector);
        _pause(IRiskPolicy.Action.Liquidate);
        vm.warp(until + 72 hours);
        _pause(IRiskPolicy.Action.Liquidate);
    }

    function test_other_pauses_stay_until_the_multisig_ends_them() public {
        _pause(IRiskPolicy.Action.Deposit);
        skip(3650 days);
        _expect(abi.encodeWithSelector(RiskPolicy.ActionPaused.selector, IRiskPolicy.Action.Deposit, type(uint256).max));
        policy.requireActive(IRiskPolicy.Action.Deposit);
        _loosen(address(policy), abi.encodeCall(RiskPolicy.unpause, (IRiskPolicy.Action.Deposit)));
        policy.requireActive(IRiskPolicy.Action.Deposit);
        _loosenRefused(
            abi.encodeCall(RiskPolicy.unpause, (IRiskPolicy.Action.Deposit)),
            abi.encodeWithSelector(RiskPolicy.NotPaused.selector, IRiskPolicy.Action.Deposit)
        );
    }

    function test_unpaused_liquidations_cool_down_too() public {
        _pause(IRiskPolicy.Action.Liquidate);
        _loosen(address(policy), abi.encodeCall(RiskPolicy.unpause, (IRiskPolicy.Action.Liquidate)));
        policy.requireActive(IRiskPolicy.Action.Liquidate);
        vm.expectPartialRevert(RiskPolicy.PauseTooSoon.selector);
        _pause(IRiskPolicy.Action.Liquidate);
    }

    function test_caps_and_haircuts_move_one_way_per_lane() public {
        vm.startPrank(guardian);
        policy.lowerCap(address(weth), 100);
        _expect(abi.encodeWithSelector(RiskPolicy.NotTighter.selector, 100, 100));
        policy.lowerCap(address(weth), 100);
        _expect(abi.encodeWithSelector(RiskPolicy.NotTighter.selector, 100, 101));
        policy.lowerCap(address(weth), 101);
        _expect(abi.encodeWithSelector(RiskPolicy.NotListed.selector, address(usdc)));
        policy.lowerCap(address(usdc), 100);
        policy.raiseHaircut(address(weth), 10);
        _expect(abi.encodeWithSelector(RiskPolicy.NotTighter.selector, 10, 10));
        policy.raiseHaircut(address(weth), 10);
        _expect(abi.encodeWithSelector(RiskPolicy.NotTighter.selector, 10, 9));
        policy.raiseHaircut(address(weth), 9);
        _expect(abi.encodeWithSelector(RiskPolicy.HaircutRefused.selector, 10_001));
        policy.raiseHaircut(address(weth), 10_001);
        _expect(abi.encodeWithSelector(RiskPolicy.NotListed.selector, address(usdc)));
        policy.raiseHaircut(address(usdc), 10);
        vm.stopPrank();
        _loosenRefused(
            abi.encodeCall(RiskPolicy.raiseCap, (address(weth), 100)),
            abi.encodeWithSelector(RiskPolicy.NotLooser.selector, 100, 100)
        );
        _loosenRefused(
            abi.encodeCall(RiskPolicy.raiseCap, (address(usdc), 100)),
            abi.encodeWithSelector(RiskPolicy.NotListed.selector, address(usdc))
        );
        _loosenRefused(
            abi.encodeCall(RiskPolicy.lowerHaircut, (address(weth), 10)),
            abi.encodeWithSelector(RiskPolicy.NotLooser.selector, 10, 10)
        );
        _loosenRefused(
            abi.encodeCall(RiskPolicy.lowerHaircut, (address(usdc), 10)),
            abi.encodeWithSelector(RiskPolicy.NotListed.selector, address(usdc))
        );
        _loosen(address(policy), abi.encodeCall(RiskPolicy.raiseCap, (address(weth), 101)));
        _loosen(address(policy), abi.encodeCall(RiskPolicy.lowerHaircut, (address(weth), 9)));
        assertEq(policy.assetOf(address(weth)).cap, 101);
        assertEq(policy.assetOf(address(weth)).haircutBps, 9);
    }

    function test_books_and_dust() public {
        _loosenRefused(
            abi.encodeCall(RiskPolicy.allowBook, (bob)), abi.encodeWithSelector(RiskPolicy.BookRefused.selector, bob)
        );
        _expect(abi.encodeWithSelector(RiskPolicy.BookRefused.selector, bob));
        vm.prank(guardian);
        policy.disallowBook(bob);
        _loosenRefused(
            abi.encodeCall(RiskPolicy.setDust, (0)),
            abi.encodeWithSelector(RiskPolicy.DustRefused.selector, 0, 100_000e18)
        );
        _loosenRefused(
            abi.encodeCall(RiskPolicy.setDust, (100_000e18 + 1)),
            abi.encodeWithSelector(RiskPolicy.DustRefused.selector, 100_000e18 + 1, 100_000e18)
        );
        _loosen(address(policy), abi.encodeCall(RiskPolicy.setDust, (5e18)));
        assertEq(policy.dustValue(), 5e18);
        _expect(abi.encodeWithSelector(RiskPolicy.DustRefused.selector, 0, 100_000e18));
        new RiskPolicy(address(manager), AggregatorV3Interface(address(0)), 0, 0);
    }

    function test_listing_refusals() public {
        PlainToken token = new PlainToken(18);
        bytes memory data = abi.encodeCall(RiskPolicy.listAsset, (address(token), false, 1, 5_000, 6_000, 500, 0));
        _loosenRefused(data, abi.encodeWithSelector(FeedReader.RouteMissing.selector, address(token)));
        _route(address(token), 8, 1e8);
        data = abi.encodeCall(RiskPolicy.listAsset, (address(token), false, 1, 5_000, 6_000, 500, 10_001));
        _loosenRefused(data, abi.encodeWithSelector(RiskPolicy.HaircutRefused.selector, 10_001));
        data = abi.encodeCall(RiskPolicy.listAsset, (address(token), false, 1, 6_000, 6_000, 500, 0));
        _loosenRefused(data, abi.encodeWithSelector(RiskRules.LtvNotBelowThreshold.selector, 6_000, 6_000));
        data = abi.encodeCall(RiskPolicy.listAsset, (address(token), false, 1, 6_000, 8_000, 2_500, 0));
        _loosenRefused(data, abi.encodeWithSelector(RiskRules.BonusTooHigh.selector, 8_000, 2_500));
        data = abi.encodeCall(RiskPolicy.listAsset, (address(weth), false, 1, 5_000, 6_000, 500, 0));
        _loosenRefused(data, abi.encodeWithSelector(RiskPolicy.AlreadyListed.selector, address(weth)));
        _expect(abi.encodeWithSelector(RiskPolicy.NotListed.selector, address(token)));
        policy.termsOf(address(token));
    }

    function test_threshold_moves_along_a_line_over_48_hours() public {
        _loosen(address(policy), abi.encodeCall(RiskPolicy.setRisk, (address(weth), 5_000, 6_000, 500)));
        uint256 start = block.timestamp;
        assertEq(policy.termsOf(address(weth)).thresholdBps, 8_000);
        vm.warp(start + 12 hours);
        assertEq(policy.termsOf(address(weth)).thresholdBps, 7_500);
        vm.warp(start + 48 hours - 1);
        assertEq(policy.termsOf(address(weth)).thresholdBps, 6_001);
        vm.warp(start + 48 hours);
        assertEq(policy.termsOf(address(weth)).thresholdBps, 6_000);
        _loosen(address(policy), abi.encodeCall(RiskPolicy.setRisk, (address(weth), 5_000, 7_000, 500)));
        skip(24 hours);
        assertEq(policy.termsOf(address(weth)).thresholdBps, 6_500);
    }

    function test_change_during_a_ramp_starts_from_where_it_stands() public {
        bytes memory down = abi.encodeCall(RiskPolicy.setRisk, (address(weth), 5_000, 6_000, 500));
        bytes memory up = abi.encodeCall(RiskPolicy.setRisk, (address(weth), 5_000, 9_000, 500));
        vm.startPrank(multisig);
        manager.schedule(address(policy), down, 0);
        manager.schedule(address(policy), up, 0);
        skip(48 hours);
        manager.execute(address(policy), down);
        skip(24 hours);
        manager.execute(address(policy), up);
        assertEq(policy.assetOf(address(weth)).thresholdFrom, 7_000);
        skip(12 hours);
        assertEq(policy.termsOf(address(weth)).thresholdBps, 7_500);
    }

    function test_change_of_risk_liquidates_nobody_at_once() public {
        _loan(1e18, 1_500e6);
        uint256 before = escrow.healthOf(LOAN, alice);
        _loosen(address(policy), abi.encodeCall(RiskPolicy.setRisk, (address(weth), 3_000, 4_000, 500)));
        assertEq(escrow.healthOf(LOAN, alice), before);
        skip(48 hours);
        assertLt(escrow.healthOf(LOAN, alice), 1e18);
    }

    function test_risk_refusals() public {
        _loosenRefused(
            abi.encodeCall(RiskPolicy.setRisk, (address(weth), 8_000, 9_000, 500)),
            abi.encodeWithSelector(RiskRules.LtvNotBelowThreshold.selector, 8_000, 8_000)
        );
        _loosenRefused(
            abi.encodeCall(RiskPolicy.setRisk, (address(weth), 3_000, 4_000, 2_500)),
            abi.encodeWithSelector(RiskRules.BonusTooHigh.selector, 8_000, 2_500)
        );
        _loosenRefused(
            abi.encodeCall(RiskPolicy.setRisk, (address(usdc), 3_000, 4_000, 500)),
            abi.encodeWithSelector(RiskPolicy.NotListed.selector, address(usdc))
        );
    }

    function testFuzz_rules_hold_all_along_the_ramp(uint16 ltv, uint16 from, uint16 to, uint16 bonus, uint32 elapsed)
        public
    {
        RulesDoor door = new RulesDoor();
        try door.check(ltv, from, to, bonus) {
            uint256 threshold = RiskRules.thresholdAt(from, to, 0, elapsed);
            assertLt(ltv, threshold);
            assertLt(threshold * (1e4 + uint256(bonus)), 1e8);
        } catch {
            uint256 low = from < to ? from : to;
            uint256 high = from < to ? to : from;
            assertTrue(ltv >= low || high * (1e4 + uint256(bonus)) >= 1e8);
        }
    }
}
