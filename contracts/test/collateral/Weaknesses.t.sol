// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {BlocklistToken} from "../tokens/OddTokens.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {CollateralTest} from "./CollateralTest.sol";
import {StubBook} from "./StubBook.sol";

/// @notice A book that takes the escrow's own money when it is asked to book a payment, or keeps the allowance for later.
contract GreedyBook is StubBook {
    uint256 public extra;

    function want(uint256 extra_) external {
        extra = extra_;
    }

    function grab(address asset, address from, uint256 amount) external {
        require(IERC20(asset).transferFrom(from, address(this), amount));
    }

    function _afterTaken(address asset, address from) internal override {
        if (extra != 0) require(IERC20(asset).transferFrom(from, address(this), extra));
    }
}

/// @notice What a malicious book, a squatter or a borrower who does not pay could do to an escrow that trusted them.
contract WeaknessesTest is CollateralTest {
    uint256 private constant MAX = type(uint256).max;

    function _bid(uint256 maxPaid) private view returns (CollateralLiquidation.Bid memory) {
        return CollateralLiquidation.Bid(maxPaid, block.timestamp, keeper);
    }

    function _liquidate(uint256 maxPaid) private returns (uint256 repaid, uint256 seized) {
        vm.prank(keeper);
        return escrow.liquidate(LOAN, alice, address(weth), 0, _bid(maxPaid));
    }

    // Whose money pays

    function test_book_cannot_be_made_to_spend_an_allowance_that_somebody_gave_it() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_700e8);
        // Bob repays by the book now and then, and trusts it with an allowance.
        usdc.mint(bob, 100_000e6);
        vm.prank(bob);
        usdc.approve(address(book), MAX);
        _liquidate(MAX);
        assertEq(usdc.balanceOf(bob), 100_000e6);
        assertEq(usdc.balanceOf(keeper), 1_000_000e6 - 15_000e6);
        assertEq(usdc.balanceOf(lender), 15_000e6);
    }

    function test_nothing_stays_allowed_to_a_book_and_nothing_stays_in_the_escrow() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_850e8);
        _liquidate(MAX);
        assertEq(usdc.allowance(address(escrow), address(book)), 0);
        assertEq(usdc.balanceOf(address(escrow)), 0);
    }

    function test_book_that_keeps_an_allowance_or_takes_collateral_of_others_is_refused() public {
        _list(address(usdc), false, 8_000, 8_500, 300);
        _deposit(bob, usdc, 50_000e6);
        GreedyBook greedy = new GreedyBook();
        _loosen(address(policy), abi.encodeCall(RiskPolicy.allowBook, (address(greedy))));
        _deposit(alice, weth, 10e18);
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 10e18);
        vm.prank(alice);
        escrow.lock(LOAN, greedy, assets, amounts);
        greedy.set(LOAN, ILoanBook.Binding.Owed, alice, address(usdc), 15_000e6, lender);
        _fund(keeper, 100_000e6);
        _price(address(weth), 1_700e8);

        greedy.want(1);
        vm.expectRevert();
        _liquidate(MAX);
        greedy.want(0);
        greedy.misbehave(1, true, 0);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookTook.selector, LOAN, 1, 50_000e6, 50_000e6 + 1));
        _liquidate(MAX);
        greedy.misbehave(0, false, 0);
        _liquidate(MAX);
        vm.expectRevert();
        greedy.grab(address(usdc), address(escrow), 1);
        assertEq(usdc.balanceOf(address(escrow)), 50_000e6);
    }

    function test_liquidator_without_allowance_pays_with_nobodys_money() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_700e8);
        address poor = makeAddr("poor");
        vm.expectRevert();
        vm.prank(poor);
        escrow.liquidate(LOAN, alice, address(weth), 0, _bid(MAX));
    }

    // Whose lock it is

    function test_squatter_cannot_block_a_borrower() public {
        _deposit(bob, weth, 1);
        _lock(bob, LOAN, address(weth), 1);
        _deposit(alice, weth, 1e18);
        _lock(alice, LOAN, address(weth), 1e18);
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 1e18);
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1_500e6, assets, amounts);
        assertEq(escrow.locked(LOAN, bob, address(weth)), 1);
    }

    function test_squatters_lock_is_bound_by_nothing_and_cannot_be_sold_for_the_debt_of_another() public {
        _loan(10e18, 15_000e6);
        _deposit(bob, weth, 1);
        _lock(bob, LOAN, address(weth), 1);
        assertEq(escrow.healthOf(LOAN, bob), MAX);
        // One unit of bob's would be exhausted at once, and the shortfall would end alice's healthy loan.
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.None));
        vm.prank(keeper);
        escrow.liquidate(LOAN, bob, address(weth), 0, _bid(MAX));
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.None));
        vm.prank(keeper);
        escrow.liquidateAll(LOAN, bob, new uint256[](1), _bid(MAX));
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.None));
        vm.prank(bob);
        escrow.releasePart(LOAN, address(weth), 1);
        vm.prank(bob);
        escrow.release(LOAN, bob);
        assertEq(escrow.free(bob, address(weth)), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.Owed));
        vm.prank(alice);
        escrow.release(LOAN, alice);
    }

    // A default under healthy collateral

    function test_default_with_healthy_collateral_is_sold_for_what_is_called_and_no_more() public {
        _loan(10e18, 10_000e6);
        uint256 before = escrow.healthOf(LOAN, alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.HealthSound.selector, LOAN, before));
        _liquidate(MAX);
        book.call_(LOAN, 1_000e6);
        (uint256 health, uint256 debt, uint256 closeable, bool covered) = escrow.quoteLiquidation(LOAN, alice);
        assertEq(health, before);
        assertEq(debt, 10_000e6);
        assertEq(closeable, 1_000e6);
        assertTrue(covered);
        _expect(abi.encodeWithSelector(ICollateralErrors.OnlyPart.selector, LOAN, before, 1_000e6));
        vm.prank(keeper);
        escrow.liquidateAll(LOAN, alice, new uint256[](1), _bid(MAX));
        (uint256 repaid, uint256 seized) = _liquidate(MAX);
        assertEq(repaid, 1_000e6);
        // 1,000 * 1.05 / 2,000
        assertEq(seized, 0.525e18);
        assertGt(escrow.healthOf(LOAN, alice), before);
        _expect(abi.encodeWithSelector(ICollateralErrors.HealthSound.selector, LOAN, escrow.healthOf(LOAN, alice)));
        _liquidate(MAX);
    }

    function test_cured_default_is_not_sold() public {
        _loan(10e18, 10_000e6);
        book.call_(LOAN, 1_000e6);
        book.call_(LOAN, 0);
        _expect(abi.encodeWithSelector(ICollateralErrors.HealthSound.selector, LOAN, escrow.healthOf(LOAN, alice)));
        _liquidate(MAX);
    }

    function test_owner_in_default_takes_no_part_of_the_collateral_back() public {
        _loan(10e18, 1_000e6);
        book.call_(LOAN, 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.DebtCalled.selector, LOAN, 1));
        vm.prank(alice);
        escrow.releasePart(LOAN, address(weth), 1);
        book.call_(LOAN, 0);
        vm.prank(alice);
        escrow.releasePart(LOAN, address(weth), 1);
    }

    function test_debt_called_whole_is_closed_whole_and_the_rest_is_the_owners() public {
        _loan(10e18, 10_000e6);
        book.call_(LOAN, 10_000e6);
        vm.prank(keeper);
        (uint256 repaid, uint256[] memory seized) = escrow.liquidateAll(LOAN, alice, new uint256[](1), _bid(10_000e6));
        assertEq(repaid, 10_000e6);
        // Rounded down twice: the share of the cover, which is rounded up.
        assertApproxEqAbs(seized[0], 5.25e18, 1);
        assertLe(seized[0], 5.25e18);
        vm.prank(alice);
        escrow.release(LOAN, alice);
        assertEq(escrow.free(alice, address(weth)), 10e18 - seized[0]);
    }

    function test_book_that_the_policy_disallows_calls_nothing_and_is_still_liquidated_by_price() public {
        _loan(10e18, 15_000e6);
        book.call_(LOAN, 15_000e6);
        vm.prank(guardian);
        policy.disallowBook(address(book));
        _expect(abi.encodeWithSelector(ICollateralErrors.HealthSound.selector, LOAN, escrow.healthOf(LOAN, alice)));
        _liquidate(MAX);
        _price(address(weth), 1_850e8);
        (uint256 repaid,) = _liquidate(MAX);
        assertEq(repaid, 7_500e6);
    }

    function test_call_cannot_go_beyond_the_debt() public {
        _loan(10e18, 10_000e6);
        book.call_(LOAN, MAX);
        (uint256 repaid,) = _liquidate(MAX);
        assertEq(repaid, 10_000e6);
    }

    function test_call_beyond_half_counts_where_health_is_below_one() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_850e8);
        book.call_(LOAN, 9_000e6);
        (uint256 repaid,) = _liquidate(MAX);
        assertEq(repaid, 9_000e6);
    }

    function test_pause_of_liquidations_stops_calls_too() public {
        _loan(10e18, 10_000e6);
        book.call_(LOAN, 1_000e6);
        _pause(IRiskPolicy.Action.Liquidate);
        vm.expectPartialRevert(RiskPolicy.ActionPaused.selector);
        _liquidate(MAX);
    }

    /// @dev Whatever is called and at whatever health, nobody gains more than the bonus and a healthy loan stays healthy.
    function testFuzz_call_never_seizes_beyond_the_bonus_nor_lowers_health(
        uint256 debt,
        uint256 callable,
        uint256 maxPaid
    ) public {
        debt = bound(debt, 1, 16_000e6);
        _loan(10e18, debt);
        callable = bound(callable, 1, debt);
        book.call_(LOAN, callable);
        uint256 before = escrow.healthOf(LOAN, alice);
        vm.prank(keeper);
        try escrow.liquidate(LOAN, alice, address(weth), 0, _bid(bound(maxPaid, 1, debt))) returns (
            uint256 repaid, uint256 seized
        ) {
            assertLe(repaid, callable);
            assertLe(seized * 2_000 * 1e4, repaid * 1e12 * 10_500);
            assertGe(escrow.healthOf(LOAN, alice), before);
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), ICollateralErrors.DustLeft.selector);
        }
    }

    // Debts too small to be halved

    function test_debt_of_one_unit_worth_more_than_dust_can_be_liquidated() public {
        PlainToken bar = new PlainToken(0);
        _route(address(bar), 8, 15_000e8);
        _deposit(alice, weth, 10e18);
        _lock(alice, LOAN, address(weth), 10e18);
        book.set(LOAN, ILoanBook.Binding.Owed, alice, address(bar), 1, lender);
        _price(address(weth), 1_850e8);
        // Above 0.95, where otherwise half is closed.
        assertGt(escrow.healthOf(LOAN, alice), 0.95e18);
        bar.mint(keeper, 1);
        vm.prank(keeper);
        bar.approve(address(escrow), 1);
        (uint256 repaid,) = _liquidate(MAX);
        assertEq(repaid, 1);
    }

    // Assets and books that stop

    function test_asset_whose_transfers_are_stopped_does_not_keep_the_others_from_being_sold() public {
        _loan(1e18, 100e6);
        BlocklistToken stopped = new BlocklistToken();
        _route(address(stopped), 8, 1e8);
        _list(address(stopped), false, 5_000, 6_000, 500);
        _deposit(alice, stopped, 1_000e6);
        vm.prank(alice);
        escrow.topUp(LOAN, address(stopped), 1_000e6);
        _owe(10_000e6);
        stopped.setBlocked(address(escrow), true);
        vm.startPrank(keeper);
        vm.expectPartialRevert(BlocklistToken.Blocked.selector);
        escrow.liquidateAll(LOAN, alice, new uint256[](2), _bid(MAX));
        CollateralLiquidation.Bid memory bid = CollateralLiquidation.Bid(MAX, block.timestamp, address(escrow));
        (, uint256[] memory seized) = escrow.liquidateAll(LOAN, alice, new uint256[](2), bid);
        assertEq(escrow.free(keeper, address(weth)), seized[0]);
        assertEq(escrow.free(keeper, address(stopped)), seized[1]);
        assertEq(escrow.tracked(address(weth)), 1e18);
        escrow.withdraw(address(weth), seized[0], keeper);
        vm.expectPartialRevert(BlocklistToken.Blocked.selector);
        escrow.withdraw(address(stopped), seized[1], keeper);
        stopped.setBlocked(address(escrow), false);
        escrow.withdraw(address(stopped), seized[1], keeper);
        assertEq(stopped.balanceOf(keeper), 1_000e6);
    }

    function test_no_loan_is_opened_on_a_lock_whose_book_was_disallowed_since() public {
        _deposit(alice, weth, 1e18);
        _lock(alice, LOAN, address(weth), 1e18);
        vm.prank(guardian);
        policy.disallowBook(address(book));
        (address[] memory assets, uint256[] memory amounts) = _one(address(weth), 1e18);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookNotAllowed.selector, address(book)));
        escrow.requireSecured(LOAN, address(book), alice, address(usdc), 1, assets, amounts);
        vm.prank(alice);
        escrow.release(LOAN, alice);
    }
}
