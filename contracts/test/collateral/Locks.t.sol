// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)
// forge-lint: disable-start(incorrect-shift)

import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralLocks} from "../../src/collateral/CollateralLocks.sol";
import {FeedReader} from "../../src/collateral/FeedReader.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {CollateralTest} from "./CollateralTest.sol";

contract LocksTest is CollateralTest {
    function _both(uint256 wethAmount, uint256 wbtcAmount)
        private
        view
        returns (address[] memory assets, uint256[] memory amounts)
    {
        assets = _sorted(address(weth), address(wbtc));
        amounts = new uint256[](2);
        bool wethFirst = assets[0] == address(weth);
        (amounts[0], amounts[1]) = wethFirst ? (wethAmount, wbtcAmount) : (wbtcAmount, wethAmount);
    }

    function test_lock_moves_free_to_locked_and_names_its_book() public {
        _deposit(alice, weth, 3e18);
        _deposit(alice, wbtc, 2e8);
        (address[] memory assets, uint256[] memory amounts) = _both(2e18, 1e8);
        vm.expectEmit(address(escrow));
        emit CollateralLocks.LockMade(LOAN, alice, address(book));
        vm.prank(alice);
        escrow.lock(LOAN, book, assets, amounts);
        assertEq(escrow.locked(LOAN, alice, address(weth)), 2e18);
        assertEq(escrow.free(alice, address(weth)), 1e18);
        (ILoanBook named, uint64 at_) = escrow.lockOf(LOAN, alice);
        assertEq(address(named), address(book));
        assertEq(at_, block.timestamp);
        assertEq(escrow.assetsOf(LOAN, alice), assets);
    }

    function test_lock_refused_while_paused() public {
        _pause(IRiskPolicy.Action.Lock);
        _expect(abi.encodeWithSelector(RiskPolicy.ActionPaused.selector, IRiskPolicy.Action.Lock, type(uint256).max));
        escrow.lock(LOAN, book, new address[](0), new uint256[](0));
    }

    function test_second_lock_of_one_owner_refused() public {
        _deposit(alice, weth, 2);
        _lock(alice, LOAN, address(weth), 1);
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockExists.selector, LOAN, alice));
        vm.prank(alice);
        escrow.lock(LOAN, book, assets, amounts);
    }

    function test_lock_with_book_that_policy_does_not_allow_refused() public {
        vm.prank(guardian);
        policy.disallowBook(address(book));
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookNotAllowed.selector, address(book)));
        escrow.lock(LOAN, book, assets, amounts);
    }

    function test_lock_lists_are_checked() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.ListsMismatch.selector, 0, 0));
        escrow.lock(LOAN, book, new address[](0), new uint256[](0));
        _expect(abi.encodeWithSelector(ICollateralErrors.ListsMismatch.selector, 1, 2));
        escrow.lock(LOAN, book, new address[](1), new uint256[](2));
        _expect(abi.encodeWithSelector(ICollateralErrors.TooManyAssets.selector, LOAN, 9));
        escrow.lock(LOAN, book, new address[](9), new uint256[](9));
        _deposit(alice, weth, 2);
        address[] memory assets = new address[](2);
        (assets[0], assets[1]) = (address(weth), address(weth));
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (1, 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.AssetsNotAscending.selector, address(weth), address(weth)));
        vm.prank(alice);
        escrow.lock(LOAN, book, assets, amounts);
    }

    function test_lock_of_nothing_unlisted_or_more_than_free_refused() public {
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 0);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(weth)));
        escrow.lock(LOAN, book, assets, amounts);
        (assets, amounts) = _one(address(usdc), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.AssetNotListed.selector, address(usdc)));
        escrow.lock(LOAN, book, assets, amounts);
        (assets, amounts) = _one(address(weth), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.FreeInsufficient.selector, address(this), address(weth), 0, 1));
        escrow.lock(LOAN, book, assets, amounts);
    }

    function test_top_up_works_in_every_pause() public {
        _deposit(alice, weth, 3);
        _lock(alice, LOAN, address(weth), 1);
        _pauseAll();
        vm.prank(alice);
        escrow.topUp(LOAN, address(weth), 2);
        assertEq(escrow.locked(LOAN, alice, address(weth)), 3);
    }

    function test_top_up_refusals() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, address(this)));
        escrow.topUp(LOAN, address(weth), 1);
        _deposit(alice, weth, 1);
        _lock(alice, LOAN, address(weth), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, bob));
        vm.prank(bob);
        escrow.topUp(LOAN, address(weth), 1);
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(weth)));
        escrow.topUp(LOAN, address(weth), 0);
        _expect(abi.encodeWithSelector(RiskPolicy.NotListed.selector, address(usdc)));
        escrow.topUp(LOAN, address(usdc), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.FreeInsufficient.selector, alice, address(weth), 0, 1));
        escrow.topUp(LOAN, address(weth), 1);
    }

    function test_loan_cannot_be_hidden_from_liquidation_behind_a_broken_feed() public {
        _loan(1e18, 1_500e6);
        _deposit(alice, wbtc, 1);
        _price(address(weth), 1_800e8);
        primaryOf[address(wbtc)].set(0);
        _expect(abi.encodeWithSelector(FeedReader.AnswerNotPositive.selector, primaryOf[address(wbtc)], 0));
        vm.prank(alice);
        escrow.topUp(LOAN, address(wbtc), 1);
        assertLt(escrow.healthOf(LOAN, alice), 1e18);
    }

    function test_asset_already_there_is_topped_up_without_any_price() public {
        _loan(1e18, 1_500e6);
        _deposit(alice, weth, 1e18);
        primaryOf[address(weth)].set(0);
        vm.prank(alice);
        escrow.topUp(LOAN, address(weth), 1e18);
        assertEq(escrow.locked(LOAN, alice, address(weth)), 2e18);
    }

    function test_ninth_asset_refused_and_eight_price_together() public {
        _deposit(alice, weth, 1e18);
        _lock(alice, LOAN, address(weth), 1e18);
        for (uint256 i = 0; i < 8; ++i) {
            PlainToken token = new PlainToken(18);
            _route(address(token), 8, 1e8);
            _list(address(token), false, 5_000, 6_000, 500);
            _deposit(alice, token, 1);
            vm.prank(alice);
            if (i == 7) _expect(abi.encodeWithSelector(ICollateralErrors.TooManyAssets.selector, LOAN, 9));
            escrow.topUp(LOAN, address(token), 1);
        }
        assertEq(escrow.assetsOf(LOAN, alice).length, 8);
        _owe(1_600e6);
        assertEq(escrow.healthOf(LOAN, alice), 1e18);
    }

    function test_owner_releases_at_once_where_nothing_binds() public {
        _loan(2e18, 0);
        book.set(LOAN, ILoanBook.Binding.None, alice, address(usdc), 0, lender);
        vm.prank(alice);
        escrow.release(LOAN, alice);
        assertEq(escrow.free(alice, address(weth)), 2e18);
        assertEq(escrow.locked(LOAN, alice, address(weth)), 0);
    }

    function test_others_cannot_undo_a_fresh_lock_and_may_free_a_closed_one() public {
        _loan(2e18, 0);
        book.set(LOAN, ILoanBook.Binding.None, alice, address(usdc), 0, lender);
        uint256 from = block.timestamp + 1 days;
        _expect(abi.encodeWithSelector(ICollateralErrors.ReleaseTooEarly.selector, LOAN, from));
        vm.prank(bob);
        escrow.release(LOAN, alice);
        vm.warp(from);
        vm.prank(bob);
        escrow.release(LOAN, alice);
        assertEq(escrow.free(alice, address(weth)), 2e18);
        assertEq(escrow.free(bob, address(weth)), 0);
    }

    function test_release_refused_while_the_book_binds() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, alice));
        escrow.release(LOAN, alice);
        _loan(2e18, 1);
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.Owed));
        escrow.release(LOAN, alice);
        book.set(LOAN, ILoanBook.Binding.Committed, alice, address(usdc), 0, lender);
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.Committed));
        escrow.release(LOAN, alice);
    }

    function test_exits_work_in_every_pause_combination_without_any_price() public {
        for (uint256 mask = 0; mask < 32; ++mask) {
            uint256 snapshot = vm.snapshotState();
            _loan(2e18, 0);
            book.set(LOAN, ILoanBook.Binding.None, alice, address(usdc), 0, lender);
            for (uint8 i = 0; i < 5; ++i) {
                if (mask & (1 << i) != 0) _pause(IRiskPolicy.Action(i));
            }
            _price(address(weth), 0);
            _price(address(usdc), -1);
            vm.startPrank(alice);
            escrow.release(LOAN, alice);
            escrow.withdraw(address(weth), 2e18, alice);
            vm.stopPrank();
            assertEq(weth.balanceOf(alice), 2e18);
            assertTrue(vm.revertToState(snapshot));
        }
    }

    function test_exits_work_under_a_policy_that_refuses_everything() public {
        _loan(2e18, 0);
        book.set(LOAN, ILoanBook.Binding.None, alice, address(usdc), 0, lender);
        vm.etch(address(policy), hex"fe");
        vm.startPrank(alice);
        escrow.release(LOAN, alice);
        escrow.withdraw(address(weth), 2e18, alice);
    }

    function test_part_released_down_to_the_opening_ltv_to_the_unit() public {
        _loan(2e18, 1_500e6);
        vm.startPrank(alice);
        escrow.releasePart(LOAN, address(weth), 1e18);
        assertEq(escrow.locked(LOAN, alice, address(weth)), 1e18);
        _expect(abi.encodeWithSelector(ICollateralErrors.PowerInsufficient.selector, LOAN, 1_500e18 - 1_500, 1_500e18));
        escrow.releasePart(LOAN, address(weth), 1);
    }

    function test_release_of_part_refusals() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, address(this)));
        escrow.releasePart(LOAN, address(weth), 1);
        _loan(2e18, 1_500e6);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, bob));
        vm.prank(bob);
        escrow.releasePart(LOAN, address(weth), 1);
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(weth)));
        escrow.releasePart(LOAN, address(weth), 0);
        _expect(
            abi.encodeWithSelector(ICollateralErrors.LockedInsufficient.selector, LOAN, address(weth), 2e18, 2e18 + 1)
        );
        escrow.releasePart(LOAN, address(weth), 2e18 + 1);
        primaryOf[address(weth)].set(0);
        _expect(abi.encodeWithSelector(FeedReader.AnswerNotPositive.selector, primaryOf[address(weth)], 0));
        escrow.releasePart(LOAN, address(weth), 1);
        book.set(LOAN, ILoanBook.Binding.Committed, alice, address(usdc), 0, lender);
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.Committed));
        escrow.releasePart(LOAN, address(weth), 1);
        vm.stopPrank();
        _pause(IRiskPolicy.Action.Release);
        _expect(abi.encodeWithSelector(RiskPolicy.ActionPaused.selector, IRiskPolicy.Action.Release, type(uint256).max));
        escrow.releasePart(LOAN, address(weth), 1);
    }

    function test_secured_means_book_owner_amounts_and_power() public {
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 1e18);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, alice));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1, assets, amounts);
        _deposit(alice, weth, 1e18);
        _lock(alice, LOAN, address(weth), 1e18);
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1_500e6, assets, amounts);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookMismatch.selector, LOAN, address(book), bob));
        escrow.requireSecured(LOAN, bob, alice, address(usdc), 1, assets, amounts);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, bob));
        escrow.requireSecured(LOAN, address(book), bob, address(usdc), 1, assets, amounts);
        _expect(abi.encodeWithSelector(ICollateralErrors.PowerInsufficient.selector, LOAN, 1_500e18, 1_500e18 + 1e12));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1_500e6 + 1, assets, amounts);
        amounts[0] = 1e18 + 1;
        _expect(
            abi.encodeWithSelector(ICollateralErrors.LockedInsufficient.selector, LOAN, address(weth), 1e18, 1e18 + 1)
        );
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1, assets, amounts);
    }

    function test_secured_lists_pause_and_unsecured() public {
        _deposit(alice, weth, 1e18);
        _lock(alice, LOAN, address(weth), 1e18);
        _expect(abi.encodeWithSelector(ICollateralErrors.ListsMismatch.selector, 1, 0));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1, new address[](1), new uint256[](0));
        _expect(abi.encodeWithSelector(ICollateralErrors.TooManyAssets.selector, LOAN, 9));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1, new address[](9), new uint256[](9));
        _expect(abi.encodeWithSelector(ICollateralErrors.AssetsNotAscending.selector, address(0), address(0)));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1, new address[](1), new uint256[](1));
        _pause(IRiskPolicy.Action.Open);
        _expect(abi.encodeWithSelector(RiskPolicy.ActionPaused.selector, IRiskPolicy.Action.Open, type(uint256).max));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1, new address[](1), new uint256[](1));
        escrow.requireSecured(LOAN, bob, bob, bob, 1, new address[](0), new uint256[](0));
    }

    function test_raised_haircut_stops_openings_and_liquidates_nobody() public {
        _loan(1e18, 1_500e6);
        uint256 before = escrow.healthOf(LOAN, alice);
        vm.prank(guardian);
        policy.raiseHaircut(address(weth), 5_000);
        assertEq(escrow.healthOf(LOAN, alice), before);
        assertEq(escrow.powerOf(LOAN, alice), 750e18);
    }

    function test_health_of_unknown_refused_and_of_no_debt_is_the_greatest() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, alice));
        escrow.healthOf(LOAN, alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, alice));
        escrow.powerOf(LOAN, alice);
        _loan(1e18, 0);
        assertEq(escrow.healthOf(LOAN, alice), type(uint256).max);
    }

    function _pauseAll() private {
        for (uint8 i = 0; i < 5; ++i) {
            _pause(IRiskPolicy.Action(i));
        }
    }
}
