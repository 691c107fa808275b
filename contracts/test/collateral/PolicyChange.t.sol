// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralLedger} from "../../src/collateral/CollateralLedger.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {FeedReader} from "../../src/collateral/FeedReader.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {PriceRoutes} from "../../src/collateral/PriceRoutes.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {Lanes} from "../../src/governance/Lanes.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {CollateralTest} from "./CollateralTest.sol";

/// @notice What a careless change of the policy could do to those who locked under the one before.
contract PolicyChangeTest is CollateralTest {
    uint256 private constant MAX = type(uint256).max;

    function _bid(uint256 maxPaid) private view returns (CollateralLiquidation.Bid memory) {
        return CollateralLiquidation.Bid(maxPaid, block.timestamp, keeper);
    }

    function _liquidate(uint256 maxPaid) private returns (uint256 repaid, uint256 seized) {
        vm.prank(keeper);
        return escrow.liquidate(LOAN, alice, address(weth), 0, _bid(maxPaid));
    }

    function _nextPolicy() private returns (RiskPolicy next) {
        next = new RiskPolicy(address(manager), AggregatorV3Interface(address(0)), 0, DUST);
        // The test is the manager's admin no more; the multisig gives the lanes their functions, after the delay.
        _loosen(
            address(manager), abi.encodeCall(manager.setTargetFunctionRole, (address(next), Lanes.policyLoosen(), 2))
        );
    }

    function _schedule(IRiskPolicy next) private returns (bytes memory data) {
        data = abi.encodeCall(CollateralLedger.setPolicy, (next));
        vm.prank(multisig);
        manager.schedule(address(escrow), data, 0);
        skip(48 hours);
    }

    function test_policy_that_lacks_a_locked_asset_cannot_come_into_force() public {
        _loan(10e18, 10_000e6);
        RiskPolicy next = _nextPolicy();
        bytes memory data = _schedule(next);
        _expect(
            abi.encodeWithSelector(ICollateralErrors.PolicyLacksAsset.selector, address(next), address(weth), 10e18)
        );
        vm.prank(multisig);
        manager.execute(address(escrow), data);

        _loosen(
            address(next), abi.encodeCall(PriceRoutes.setRoute, (address(weth), _config(address(weth)), 2_000e18, 100))
        );
        _loosen(address(next), abi.encodeCall(RiskPolicy.listAsset, (address(weth), false, 0, 7_500, 8_000, 500, 0)));
        // A feed that is broken on the day does not stop the policy that may replace it.
        primaryOf[address(weth)].set(0);
        vm.prank(multisig);
        manager.execute(address(escrow), data);
        assertEq(address(escrow.policy()), address(next));
        (address[] memory known,) = _one(address(weth), 0);
        assertEq(escrow.knownAssets(), known);
    }

    function test_asset_that_all_have_left_need_not_be_known_to_the_next_policy() public {
        _deposit(alice, weth, 1e18);
        _lock(alice, LOAN, address(weth), 1e18);
        vm.startPrank(alice);
        escrow.release(LOAN, alice);
        escrow.withdraw(address(weth), 1e18, alice);
        vm.stopPrank();
        _deposit(alice, wbtc, 1e8);
        RiskPolicy next = _nextPolicy();
        _loosen(address(escrow), abi.encodeCall(CollateralLedger.setPolicy, (next)));
        assertEq(address(escrow.policy()), address(next));
        // Never locked, so not asked for; and out it comes.
        vm.prank(alice);
        escrow.withdraw(address(wbtc), 1e8, alice);
    }

    function test_change_of_policy_cannot_be_held_up_by_a_unit_of_an_asset_that_was_capped_before() public {
        RiskPolicy next = _nextPolicy();
        vm.prank(guardian);
        policy.lowerCap(address(weth), 0);
        bytes memory data = _schedule(next);
        weth.mint(bob, 1);
        vm.startPrank(bob);
        weth.approve(address(escrow), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.CapExceeded.selector, address(weth), 1, 0));
        escrow.depositAndLock(LOAN, book, address(weth), 1);
        vm.stopPrank();
        vm.prank(multisig);
        manager.execute(address(escrow), data);
    }

    function test_exits_work_where_the_policy_cannot_price_the_debt() public {
        _loan(10e18, 10_000e6);
        RiskPolicy next = _nextPolicy();
        _loosen(
            address(next), abi.encodeCall(PriceRoutes.setRoute, (address(weth), _config(address(weth)), 2_000e18, 100))
        );
        _loosen(address(next), abi.encodeCall(RiskPolicy.listAsset, (address(weth), false, 0, 7_500, 8_000, 500, 0)));
        _loosen(address(escrow), abi.encodeCall(CollateralLedger.setPolicy, (next)));
        _expect(abi.encodeWithSelector(FeedReader.RouteMissing.selector, address(usdc)));
        _liquidate(MAX);
        book.set(LOAN, ILoanBook.Binding.None, alice, address(usdc), 0, lender);
        vm.startPrank(alice);
        escrow.release(LOAN, alice);
        escrow.withdraw(address(weth), 10e18, alice);
        assertEq(weth.balanceOf(alice), 10e18);
    }

    function test_assets_that_a_policy_must_know_are_bounded() public {
        uint256 most = escrow.MAX_KNOWN_ASSETS();
        vm.mockCall(
            address(policy), abi.encodeWithSelector(IRiskPolicy.depositTerms.selector), abi.encode(true, false, MAX)
        );
        (address[] memory assets, uint256[] memory amounts) = (new address[](1), new uint256[](1));
        amounts[0] = 1;
        for (uint256 i = 0; i < most; ++i) {
            PlainToken token = new PlainToken(18);
            assets[0] = address(token);
            _deposit(alice, token, 1);
            vm.prank(alice);
            escrow.lock(bytes32(i), book, assets, amounts);
        }
        assertEq(escrow.knownAssets().length, most);
        PlainToken oneMore = new PlainToken(18);
        _deposit(alice, oneMore, 1);
        assets[0] = address(oneMore);
        _expect(abi.encodeWithSelector(ICollateralErrors.TooManyKnownAssets.selector, address(oneMore), most));
        vm.prank(alice);
        escrow.lock(LOAN, book, assets, amounts);
        (address[] memory last, uint256 index) = (escrow.assetsOf(bytes32(most - 1), alice), most - 1);
        assertEq(last[0], escrow.knownAssets()[index]);
    }
}
