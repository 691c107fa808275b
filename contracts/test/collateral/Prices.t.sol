// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {FeedReader} from "../../src/collateral/FeedReader.sol";
import {PriceRoutes} from "../../src/collateral/PriceRoutes.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {ScriptedFeed} from "../feeds/ScriptedFeed.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {CollateralTest} from "./CollateralTest.sol";

contract PricesTest is CollateralTest {
    PlainToken private token;
    ScriptedFeed private first;
    ScriptedFeed private second;
    ScriptedFeed private sequencer;
    address private asset;

    function setUp() public override {
        super.setUp();
        sequencer = new ScriptedFeed(0, 0);
        policy = new RiskPolicy(address(this), sequencer, 1 hours, DUST);
        skip(2 hours);
        token = new PlainToken(6);
        asset = address(token);
        first = new ScriptedFeed(8, 100e8);
        second = new ScriptedFeed(18, 101e18);
        _set(_route(), 100e18, 0);
    }

    /// @dev This contract stands in for the manager: it allows itself everything.
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function _route() private view returns (PriceRoutes.RouteConfig memory) {
        return PriceRoutes.RouteConfig(first, second, 1 hours, 1 days, 50e18, 200e18, 100);
    }

    function _set(PriceRoutes.RouteConfig memory config, uint256 expected, uint256 toleranceBps) private {
        policy.setRoute(asset, config, expected, toleranceBps);
    }

    function _refused(bytes memory reason) private {
        vm.expectRevert(reason);
        policy.priceOf(asset);
    }

    function test_price_is_the_primarys_in_1e18ths() public view {
        (uint256 price, uint8 decimals) = policy.priceOf(asset);
        assertEq(price, 100e18);
        assertEq(decimals, 6);
    }

    function test_no_route_no_price() public {
        _expect(abi.encodeWithSelector(FeedReader.RouteMissing.selector, bob));
        policy.priceOf(bob);
    }

    function test_sequencer_down_comes_before_everything_else() public {
        sequencer.set(1);
        first.set(-1);
        _refused(abi.encodeWithSelector(FeedReader.SequencerDown.selector, sequencer));
        sequencer.set(0);
        sequencer.setTimes(0, block.timestamp);
        _refused(abi.encodeWithSelector(FeedReader.SequencerDown.selector, sequencer));
    }

    function test_sequencer_grace_is_over_one_second_after_it() public {
        sequencer.set(0);
        uint256 upSince = block.timestamp;
        first.set(-1);
        vm.warp(upSince + 1 hours);
        _refused(abi.encodeWithSelector(FeedReader.SequencerGrace.selector, sequencer, upSince, 1 hours));
        vm.warp(upSince + 1 hours + 1);
        _refused(abi.encodeWithSelector(FeedReader.AnswerNotPositive.selector, first, -1));
        sequencer.setTimes(block.timestamp + 1, block.timestamp);
        _refused(abi.encodeWithSelector(FeedReader.SequencerGrace.selector, sequencer, block.timestamp + 1, 1 hours));
    }

    function test_answer_of_zero_or_less_refused_from_either_source() public {
        first.set(0);
        _refused(abi.encodeWithSelector(FeedReader.AnswerNotPositive.selector, first, 0));
        first.set(100e8);
        second.set(type(int256).min);
        _refused(abi.encodeWithSelector(FeedReader.AnswerNotPositive.selector, second, type(int256).min));
    }

    function test_answer_from_the_future_refused() public {
        first.setTimes(0, block.timestamp + 1);
        _refused(abi.encodeWithSelector(FeedReader.AnswerFromFuture.selector, first, block.timestamp + 1));
    }

    function test_answer_is_stale_one_second_after_its_heartbeat() public {
        uint256 updatedAt = block.timestamp;
        vm.warp(updatedAt + 1 hours);
        policy.priceOf(asset);
        vm.warp(updatedAt + 1 hours + 1);
        _refused(abi.encodeWithSelector(FeedReader.AnswerStale.selector, first, updatedAt, 1 hours));
        first.setTimes(0, 0);
        _refused(abi.encodeWithSelector(FeedReader.AnswerStale.selector, first, 0, 1 hours));
    }

    function test_price_on_a_bound_refused_and_one_unit_inside_taken() public {
        first.set(50e8);
        _refused(abi.encodeWithSelector(FeedReader.PriceOutOfBounds.selector, first, 50e18, 50e18, 200e18));
        first.set(200e8);
        _refused(abi.encodeWithSelector(FeedReader.PriceOutOfBounds.selector, first, 200e18, 50e18, 200e18));
        first.set(50e8 + 1);
        second.set(50e18 + 1e10);
        policy.priceOf(asset);
        first.set(type(int256).max);
        _refused(
            abi.encodeWithSelector(
                FeedReader.PriceOutOfBounds.selector, first, uint256(type(int256).max), 50e18, 200e18
            )
        );
    }

    function test_sources_that_disagree_by_one_unit_too_much_refused() public {
        second.set(101e18 + 1);
        _refused(abi.encodeWithSelector(FeedReader.SourcesDisagree.selector, 100e18, 101e18 + 1, 100));
        first.set(101e8);
        second.set(100e18);
        policy.priceOf(asset);
        second.set(100e18 - 1);
        _refused(abi.encodeWithSelector(FeedReader.SourcesDisagree.selector, 101e18, 100e18 - 1, 100));
    }

    function test_route_refusals() public {
        PriceRoutes.RouteConfig memory config = _route();
        config.secondary = first;
        _expect(abi.encodeWithSelector(PriceRoutes.FeedRefused.selector, first, first));
        _set(config, 100e18, 0);
        config.secondary = AggregatorV3Interface(bob);
        _expect(abi.encodeWithSelector(PriceRoutes.FeedRefused.selector, first, bob));
        _set(config, 100e18, 0);
        config = _route();
        config.primaryHeartbeat = 0;
        _expect(abi.encodeWithSelector(PriceRoutes.HeartbeatRefused.selector, 0, 1 days));
        _set(config, 100e18, 0);
        config.primaryHeartbeat = 7 days + 1;
        _expect(abi.encodeWithSelector(PriceRoutes.HeartbeatRefused.selector, 7 days + 1, 1 days));
        _set(config, 100e18, 0);
        config = _route();
        config.max = config.min;
        _expect(abi.encodeWithSelector(PriceRoutes.BoundsRefused.selector, 50e18, 50e18));
        _set(config, 100e18, 0);
        config.max = 1e36 + 1;
        _expect(abi.encodeWithSelector(PriceRoutes.BoundsRefused.selector, 50e18, 1e36 + 1));
        _set(config, 100e18, 0);
        config = _route();
        config.maxDeviationBps = 1_001;
        _expect(abi.encodeWithSelector(PriceRoutes.DeviationRefused.selector, 1_001));
        _set(config, 100e18, 0);
        _expect(abi.encodeWithSelector(PriceRoutes.ToleranceRefused.selector, 1_001));
        _set(_route(), 100e18, 1_001);
        _expect(abi.encodeWithSelector(PriceRoutes.PriceUnexpected.selector, asset, 100e18, 99e18, 100));
        _set(_route(), 99e18, 100);
        _set(_route(), 99.01e18, 100);
    }

    function test_decimals_beyond_what_is_supported_refused() public {
        PriceRoutes.RouteConfig memory config = _route();
        config.primary = new ScriptedFeed(19, 100e19);
        _expect(abi.encodeWithSelector(PriceRoutes.DecimalsRefused.selector, config.primary, 19));
        _set(config, 100e18, 0);
        asset = address(new PlainToken(25));
        _expect(abi.encodeWithSelector(PriceRoutes.DecimalsRefused.selector, asset, 25));
        _set(_route(), 100e18, 0);
    }

    function test_backup_is_approved_first_and_must_read() public {
        _expect(abi.encodeWithSelector(FeedReader.RouteMissing.selector, bob));
        policy.approveBackup(bob, _route(), 100e18, 0);
        _expect(abi.encodeWithSelector(PriceRoutes.BackupMissing.selector, asset));
        policy.useBackup(asset);
        PriceRoutes.RouteConfig memory config = _route();
        ScriptedFeed spare = new ScriptedFeed(8, 99e8);
        config.primary = spare;
        config.maxDeviationBps = 500;
        _expect(abi.encodeWithSelector(PriceRoutes.PriceUnexpected.selector, asset, 99e18, 100e18, 0));
        policy.approveBackup(asset, config, 100e18, 0);
        policy.approveBackup(asset, config, 99e18, 0);
        spare.set(0);
        _expect(abi.encodeWithSelector(FeedReader.AnswerNotPositive.selector, spare, 0));
        policy.useBackup(asset);
        spare.set(99e8);
        policy.useBackup(asset);
        (uint256 price,) = policy.priceOf(asset);
        assertEq(price, 99e18);
        (FeedReader.Route memory active, FeedReader.Route memory backup, uint8 decimals) = policy.routeOf(asset);
        assertEq(address(active.primary.feed), address(spare));
        assertEq(address(backup.primary.feed), address(first));
        assertEq(decimals, 6);
    }
}
