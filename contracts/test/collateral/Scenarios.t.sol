// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {FeedReader} from "../../src/collateral/FeedReader.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {PriceRoutes} from "../../src/collateral/PriceRoutes.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {ScriptedFeed} from "../feeds/ScriptedFeed.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {CollateralTest} from "./CollateralTest.sol";

/// @notice What happened to others, and what stands in its way here.
contract ScenariosTest is CollateralTest {
    function _config(AggregatorV3Interface first, AggregatorV3Interface second, uint128 min)
        private
        pure
        returns (PriceRoutes.RouteConfig memory)
    {
        return PriceRoutes.RouteConfig(first, second, 1 days, 1 days, min, 1e36, 200);
    }

    function _executeRefused(bytes memory data, bytes memory reason) private {
        vm.prank(multisig);
        manager.schedule(address(policy), data, 0);
        skip(48 hours);
        vm.prank(multisig);
        vm.expectRevert(reason);
        manager.execute(address(policy), data);
    }

    /// @dev Morpho's PAXG/USDC market, 2024: an oracle set with the wrong number of decimals valued one ounce at billions.
    function test_wrong_scale_cannot_be_installed() public {
        PlainToken gold = new PlainToken(18);
        vm.warp(block.timestamp + 48 hours);
        // Answers have 18 decimals, and the feed says 8.
        ScriptedFeed first = new ScriptedFeed(8, 2_600e18);
        ScriptedFeed second = new ScriptedFeed(8, 2_600e18);
        rewind(48 hours);
        bytes memory data =
            abi.encodeCall(PriceRoutes.setRoute, (address(gold), _config(first, second, 1), 2_600e18, 1_000));
        _executeRefused(
            data, abi.encodeWithSelector(PriceRoutes.PriceUnexpected.selector, address(gold), 2_600e28, 2_600e18, 1_000)
        );
    }

    /// @dev Moonwell's cbETH, 2026: the feed in ETH was set without the leg from ETH to USD, and cbETH was worth 1.12 dollars.
    function test_missing_leg_cannot_be_installed() public {
        PlainToken cbEth = new PlainToken(18);
        vm.warp(block.timestamp + 48 hours);
        ScriptedFeed first = new ScriptedFeed(18, 1.12e18);
        ScriptedFeed second = new ScriptedFeed(18, 1.12e18);
        rewind(48 hours);
        bytes memory data =
            abi.encodeCall(PriceRoutes.setRoute, (address(cbEth), _config(first, second, 1), 2_240e18, 1_000));
        _executeRefused(
            data, abi.encodeWithSelector(PriceRoutes.PriceUnexpected.selector, address(cbEth), 1.12e18, 2_240e18, 1_000)
        );
    }

    /// @dev Venus, 2022: the LUNA feed stood at its floor while the market went on falling, and worthless LUNA borrowed real money.
    function test_feed_stuck_at_its_floor_opens_nothing() public {
        PlainToken luna = new PlainToken(18);
        ScriptedFeed first = new ScriptedFeed(8, 50e8);
        ScriptedFeed second = new ScriptedFeed(8, 50e8);
        PriceRoutes.RouteConfig memory config = _config(first, second, 0.107e18);
        config.primaryHeartbeat = 7 days;
        config.secondaryHeartbeat = 7 days;
        _loosen(address(policy), abi.encodeCall(PriceRoutes.setRoute, (address(luna), config, 50e18, 100)));
        _list(address(luna), false, 5_000, 6_000, 1_000);
        _deposit(alice, luna, 1_000_000e18);
        _lock(alice, LOAN, address(luna), 1_000_000e18);
        (address[] memory assets, uint256[] memory amounts) = _one(address(luna), 1_000_000e18);
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1_000e6, assets, amounts);
        first.set(0.107e8);
        second.set(0.107e8);
        _expect(abi.encodeWithSelector(FeedReader.PriceOutOfBounds.selector, first, 0.107e18, 0.107e18, 1e36));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1_000e6, assets, amounts);
    }

    /// @dev Euler, 2023: a function that gave collateral away did not check health afterwards. Here a loan's collateral has one way out while
    /// money is owed, and it ends in the check; nothing else that an owner may call reaches what is locked.
    function test_no_side_door_lets_collateral_of_a_debt_go() public {
        _loan(1e18, 1_500e6);
        vm.startPrank(alice);
        vm.expectPartialRevert(ICollateralErrors.FreeInsufficient.selector);
        escrow.withdraw(address(weth), 1, alice);
        vm.expectPartialRevert(ICollateralErrors.BindingIs.selector);
        escrow.release(LOAN, alice);
        vm.expectPartialRevert(ICollateralErrors.PowerInsufficient.selector);
        escrow.releasePart(LOAN, address(weth), 1);
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 1e18);
        vm.expectPartialRevert(ICollateralErrors.FreeInsufficient.selector);
        escrow.lock(keccak256("other"), book, assets, amounts);
        vm.expectPartialRevert(ICollateralErrors.LockExists.selector);
        escrow.lock(LOAN, book, assets, amounts);
        _price(address(weth), 1_500e8);
        vm.expectPartialRevert(ICollateralErrors.SelfLiquidation.selector);
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(1, block.timestamp, alice));
        assertEq(escrow.locked(LOAN, alice, address(weth)), 1e18);
    }

    /// @dev Hundred, Onyx, Sonne, 2023 and 2024: a donation to an empty market made one share worth a fortune, and rounding took the next
    /// depositor's money.
    function test_donation_to_an_empty_escrow_takes_nothing_from_the_next() public {
        _deposit(bob, weth, 1);
        weth.mint(bob, 1_000_000e18);
        vm.prank(bob);
        assertTrue(weth.transfer(address(escrow), 1_000_000e18));
        _deposit(alice, weth, 5e18);
        vm.prank(alice);
        escrow.withdraw(address(weth), 5e18, alice);
        assertEq(weth.balanceOf(alice), 5e18);
        vm.prank(bob);
        vm.expectPartialRevert(ICollateralErrors.FreeInsufficient.selector);
        escrow.withdraw(address(weth), 2, bob);
    }

    /// @dev The same, for what a loan may borrow: donated collateral has no power.
    function test_donation_gives_no_power() public {
        _loan(1e18, 1_500e6);
        uint256 power = escrow.powerOf(LOAN, alice);
        weth.mint(address(escrow), 1_000_000e18);
        assertEq(escrow.powerOf(LOAN, alice), power);
    }

    /// @dev Moonwell, 2026: the feed was known to be wrong, and its replacement waited five days in the timelock. Here the replacement was
    /// approved in advance, and the guardian switches in a block, while whoever loosens still waits.
    function test_rescue_of_a_broken_feed_does_not_wait_for_the_timelock() public {
        PriceRoutes.RouteConfig memory spare = _config(address(weth));
        (spare.primary, spare.secondary) = (primaryOf[address(wbtc)], secondaryOf[address(wbtc)]);
        primaryOf[address(wbtc)].set(2_000e8);
        secondaryOf[address(wbtc)].set(2_000e8);
        _loosen(address(policy), abi.encodeCall(PriceRoutes.approveBackup, (address(weth), spare, 2_000e18, 100)));
        _loan(1e18, 1_500e6);
        primaryOf[address(weth)].set(1e8);
        vm.expectPartialRevert(FeedReader.SourcesDisagree.selector);
        escrow.healthOf(LOAN, alice);
        bytes memory data = abi.encodeCall(PriceRoutes.setRoute, (address(weth), spare, 2_000e18, 100));
        vm.prank(multisig);
        manager.schedule(address(policy), data, 0);
        vm.prank(multisig);
        vm.expectPartialRevert(IAccessManager.AccessManagerNotReady.selector);
        manager.execute(address(policy), data);
        vm.prank(guardian);
        policy.useBackup(address(weth));
        assertGe(escrow.healthOf(LOAN, alice), 1e18);
    }

    /// @dev A guardian whose key is stolen stops things for a while and takes nothing.
    function test_hostile_guardian_moves_no_funds_and_holds_no_exit() public {
        _deposit(alice, weth, 1e18);
        _loan(1e18, 0);
        vm.startPrank(guardian);
        for (uint8 i = 0; i < 5; ++i) {
            policy.pause(IRiskPolicy.Action(i));
        }
        policy.lowerCap(address(weth), 0);
        policy.raiseHaircut(address(weth), 10_000);
        policy.disallowBook(address(book));
        vm.stopPrank();
        book.set(LOAN, ILoanBook.Binding.None, alice, address(usdc), 0, lender);
        vm.startPrank(alice);
        escrow.release(LOAN, alice);
        escrow.withdraw(address(weth), 2e18, alice);
        assertEq(weth.balanceOf(alice), 2e18);
        skip(72 hours);
        policy.requireActive(IRiskPolicy.Action.Liquidate);
    }

    function test_hostile_guardian_liquidates_no_healthy_loan() public {
        _loan(1e18, 1_500e6);
        uint256 before = escrow.healthOf(LOAN, alice);
        vm.startPrank(guardian);
        policy.lowerCap(address(weth), 0);
        policy.raiseHaircut(address(weth), 10_000);
        vm.expectRevert(abi.encodeWithSelector(PriceRoutes.BackupMissing.selector, address(weth)));
        policy.useBackup(address(weth));
        assertEq(escrow.healthOf(LOAN, alice), before);
    }
}
