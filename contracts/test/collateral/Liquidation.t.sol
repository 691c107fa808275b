// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {FeeToken, OvertakingToken} from "../tokens/OddTokens.sol";
import {CollateralTest} from "./CollateralTest.sol";

contract LiquidationTest is CollateralTest {
    uint256 private constant MAX = type(uint256).max;

    function _liquidate(uint256 maxPaid) private returns (uint256 repaid, uint256 seized) {
        vm.prank(keeper);
        return
            escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(maxPaid, block.timestamp, keeper));
    }

    /// @dev 10 WETH, 15,000 owed; at 1,850 health is 0.9866…, at 1,700 it is 0.9066….
    function _shallow() private {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_850e8);
    }

    function test_half_is_repaid_where_health_is_above_095() public {
        _shallow();
        (uint256 repaid, uint256 seized) = _liquidate(MAX);
        assertEq(repaid, 7_500e6);
        // 7,500 * 1.05 / 1,850
        assertEq(seized, 4_256756756756756756);
        assertEq(weth.balanceOf(keeper), seized);
        assertEq(usdc.balanceOf(lender), 7_500e6);
        assertEq(escrow.locked(LOAN, alice, address(weth)), 10e18 - seized);
        assertEq(escrow.tracked(address(weth)), 10e18 - seized);
    }

    function test_all_is_repaid_at_or_below_095() public {
        _loan(10e18, 15_000e6);
        // 10 * 1781.25 * 0.8 / 15,000 = 0.95 to the unit.
        _price(address(weth), 1_781_25e6);
        assertEq(escrow.healthOf(LOAN, alice), 0.95e18);
        (uint256 repaid,) = _liquidate(MAX);
        assertEq(repaid, 15_000e6);
        ILoanBook.Binding binding = book.debtOf(LOAN).binding;
        assertEq(uint8(binding), uint8(ILoanBook.Binding.None));
    }

    function test_one_unit_above_095_only_half() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_781_25e6 + 1);
        (uint256 repaid,) = _liquidate(MAX);
        assertEq(repaid, 7_500e6);
    }

    function test_small_debt_is_repaid_whole() public {
        _loan(0.1e18, 150e6);
        _price(address(weth), 1_850e8);
        (uint256 repaid,) = _liquidate(MAX);
        assertEq(repaid, 150e6);
    }

    function test_health_of_one_is_sound() public {
        _loan(10e18, 16_000e6);
        _expect(abi.encodeWithSelector(ICollateralErrors.HealthSound.selector, LOAN, 1e18));
        _liquidate(MAX);
        _owe(16_000e6 + 1);
        _liquidate(MAX);
    }

    function test_liquidator_terms_hold() public {
        _shallow();
        vm.startPrank(keeper);
        uint256 past = block.timestamp - 1;
        _expect(abi.encodeWithSelector(ICollateralErrors.DeadlineOver.selector, past, block.timestamp));
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(MAX, past, keeper));
        _expect(
            abi.encodeWithSelector(
                ICollateralErrors.ReceivedBelowMin.selector, address(weth), 4_256756756756756756, 4_256756756756756757
            )
        );
        escrow.liquidate(
            LOAN, alice, address(weth), 4_256756756756756757, CollateralLiquidation.Bid(MAX, block.timestamp, keeper)
        );
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(usdc)));
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(0, block.timestamp, keeper));
        _expect(abi.encodeWithSelector(ICollateralErrors.AddressRefused.selector, address(0)));
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(MAX, block.timestamp, address(0)));
        (uint256 repaid,) =
            escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(1_000e6, block.timestamp, keeper));
        assertEq(repaid, 1_000e6);
    }

    function test_who_and_when_refusals() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, alice));
        _liquidate(MAX);
        _shallow();
        _expect(abi.encodeWithSelector(ICollateralErrors.SelfLiquidation.selector, LOAN, alice));
        vm.prank(alice);
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(MAX, block.timestamp, alice));
        _expect(abi.encodeWithSelector(ICollateralErrors.LockedInsufficient.selector, LOAN, address(wbtc), 0, 1));
        vm.prank(keeper);
        escrow.liquidate(LOAN, alice, address(wbtc), 0, CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        book.set(LOAN, ILoanBook.Binding.Committed, alice, address(usdc), 0, lender);
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, LOAN, ILoanBook.Binding.Committed));
        _liquidate(MAX);
        _pause(IRiskPolicy.Action.Liquidate);
        _expect(
            abi.encodeWithSelector(
                RiskPolicy.ActionPaused.selector, IRiskPolicy.Action.Liquidate, block.timestamp + 72 hours
            )
        );
        _liquidate(MAX);
    }

    function test_debt_of_dust_cannot_be_left() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_700e8);
        vm.prank(keeper);
        vm.expectPartialRevert(ICollateralErrors.DustLeft.selector);
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(14_901e6, block.timestamp, keeper));
        _liquidate(14_900e6);
    }

    function test_collateral_of_dust_cannot_be_left_beside_debt() public {
        _loan(1e18, 10_000e6);
        _deposit(alice, wbtc, 0.25e8);
        vm.prank(alice);
        escrow.topUp(LOAN, address(wbtc), 0.25e8);
        // 2,000 of WETH for 1,904.76…; all but some dollars of it.
        _owe(11_500e6);
        vm.prank(keeper);
        vm.expectPartialRevert(ICollateralErrors.DustLeft.selector);
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(1_900e6, block.timestamp, keeper));
    }

    function test_asset_that_would_lower_health_refused_while_collateral_is_left() public {
        // WETH weighs 0.8 * 1.05 = 0.84; health is below that, while WBTC at 0.75 * 1.1 = 0.825 is above it: covered.
        _loan(1e18, 100e6);
        _deposit(alice, wbtc, 1e8);
        vm.prank(alice);
        escrow.topUp(LOAN, address(wbtc), 1e8);
        _owe(47_000e6);
        (uint256 health,,, bool covered) = escrow.quoteLiquidation(LOAN, alice);
        assertEq(health, Math_div(39_100e18 * 1e18, 47_000e18));
        assertTrue(covered);
        vm.prank(keeper);
        vm.expectPartialRevert(ICollateralErrors.HealthLowered.selector);
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        vm.prank(keeper);
        escrow.liquidate(LOAN, alice, address(wbtc), 0, CollateralLiquidation.Bid(10_000e6, block.timestamp, keeper));
        assertGe(escrow.healthOf(LOAN, alice), health);
    }

    function test_last_asset_exhausted_records_shortfall_here_and_in_the_book() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_000e8);
        vm.expectEmit(address(escrow));
        emit CollateralLiquidation.ShortfallRecorded(LOAN, alice, address(usdc), 15_000e6 - 9_523_809524);
        (uint256 repaid, uint256 seized) = _liquidate(MAX);
        assertEq(seized, 10e18);
        assertEq(repaid, 9_523_809524);
        assertEq(escrow.shortfall(LOAN, alice), 15_000e6 - repaid);
        assertEq(book.shortfallOf(LOAN), 15_000e6 - repaid);
    }

    function test_uncovered_loan_of_two_assets_is_sold_whole() public {
        _loan(1e18, 100e6);
        _deposit(alice, wbtc, 1e8);
        vm.prank(alice);
        escrow.topUp(LOAN, address(wbtc), 1e8);
        _owe(60_000e6);
        vm.startPrank(keeper);
        vm.expectPartialRevert(ICollateralErrors.HealthLowered.selector);
        escrow.liquidate(LOAN, alice, address(wbtc), 0, CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        (uint256 repaid, uint256[] memory seized) =
            escrow.liquidateAll(LOAN, alice, new uint256[](2), CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        // 2,000 / 1.05 + 50,000 / 1.1, rounded up.
        assertEq(repaid, 47_359_307360);
        assertEq(seized[0], 1e18);
        assertEq(seized[1], 1e8);
        assertEq(escrow.shortfall(LOAN, alice), 60_000e6 - repaid);
    }

    function test_covered_loan_closed_whole_leaves_the_rest_to_the_owner() public {
        _loan(10e18, 15_000e6);
        _price(address(weth), 1_700e8);
        vm.prank(keeper);
        (uint256 repaid, uint256[] memory seized) = escrow.liquidateAll(
            LOAN, alice, new uint256[](1), CollateralLiquidation.Bid(15_000e6, block.timestamp, keeper)
        );
        assertEq(repaid, 15_000e6);
        assertApproxEqAbs(seized[0], uint256(15_750e18) / 1_700, 10);
        assertLe(seized[0] * 1_700, 15_750e18);
        vm.prank(alice);
        escrow.release(LOAN, alice);
        assertEq(escrow.free(alice, address(weth)), 10e18 - seized[0]);
        assertEq(escrow.shortfall(LOAN, alice), 0);
    }

    function test_liquidate_all_refusals() public {
        _shallow();
        vm.startPrank(keeper);
        uint256 health = escrow.healthOf(LOAN, alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.OnlyPart.selector, LOAN, health, 7_500e6));
        escrow.liquidateAll(LOAN, alice, new uint256[](1), CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        _price(address(weth), 1_700e8);
        _expect(abi.encodeWithSelector(ICollateralErrors.PaidAboveMax.selector, 15_000e6, 1));
        escrow.liquidateAll(LOAN, alice, new uint256[](1), CollateralLiquidation.Bid(1, block.timestamp, keeper));
        _expect(abi.encodeWithSelector(ICollateralErrors.ListsMismatch.selector, 1, 0));
        escrow.liquidateAll(LOAN, alice, new uint256[](0), CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        uint256[] memory min = new uint256[](1);
        min[0] = 10e18;
        vm.expectPartialRevert(ICollateralErrors.ReceivedBelowMin.selector);
        escrow.liquidateAll(LOAN, alice, min, CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        _expect(abi.encodeWithSelector(ICollateralErrors.DeadlineOver.selector, 0, block.timestamp));
        escrow.liquidateAll(LOAN, alice, min, CollateralLiquidation.Bid(MAX, 0, keeper));
        vm.stopPrank();
        _expect(abi.encodeWithSelector(ICollateralErrors.SelfLiquidation.selector, LOAN, alice));
        vm.prank(alice);
        escrow.liquidateAll(LOAN, alice, min, CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
    }

    function test_book_that_takes_or_books_something_else_is_caught() public {
        _shallow();
        book.misbehave(1, false, 0);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookDiffers.selector, LOAN, 7_500e6, 7_500e6 - 1));
        _liquidate(MAX);
        book.misbehave(0, false, 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookDiffers.selector, LOAN, 7_500e6, 7_500e6 + 1));
        _liquidate(MAX);
    }

    function test_exhausted_asset_needs_no_price_any_more() public {
        _loan(1e18, 100e6);
        _deposit(alice, wbtc, 1e8);
        vm.prank(alice);
        escrow.topUp(LOAN, address(wbtc), 1e8);
        _owe(40_000e6);
        _price(address(wbtc), 48_000e8);
        vm.prank(keeper);
        escrow.liquidate(LOAN, alice, address(weth), 0, CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        assertEq(escrow.locked(LOAN, alice, address(weth)), 0);
        _price(address(weth), 0);
        escrow.healthOf(LOAN, alice);
        vm.prank(keeper);
        escrow.liquidate(LOAN, alice, address(wbtc), 0, CollateralLiquidation.Bid(MAX, block.timestamp, keeper));
        assertLt(escrow.locked(LOAN, alice, address(wbtc)), 1e8);
    }

    function test_debt_token_that_takes_a_fee_pays_no_debt_with_it() public {
        _shallow();
        FeeToken fee = new FeeToken();
        _route(address(fee), 8, 1e8);
        book.set(LOAN, ILoanBook.Binding.Owed, alice, address(fee), 15_000e18, lender);
        _price(address(weth), 1_850e8);
        fee.mint(keeper, 15_000e18);
        vm.prank(keeper);
        fee.approve(address(escrow), MAX);
        _expect(
            abi.encodeWithSelector(ICollateralErrors.AmountArrivedDiffers.selector, address(fee), 7_500e18, 7_425e18)
        );
        _liquidate(MAX);
    }

    function test_debt_token_that_takes_more_than_it_moves_is_not_paid_from_what_others_hold() public {
        _shallow();
        OvertakingToken token = new OvertakingToken();
        _route(address(token), 8, 1e8);
        _list(address(token), false, 7_000, 7_500, 500);
        _deposit(bob, token, 1_000e18);
        book.set(LOAN, ILoanBook.Binding.Owed, alice, address(token), 15_000e18, lender);
        _price(address(weth), 1_850e8);
        token.mint(keeper, 20_000e18);
        vm.prank(keeper);
        token.approve(address(escrow), MAX);
        token.setOvertakes(true);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookTook.selector, LOAN, 0, 1_000e18, 1_000e18 - 75e18));
        _liquidate(MAX);
        assertEq(token.balanceOf(address(escrow)), 1_000e18);
    }

    function Math_div(uint256 a, uint256 b) private pure returns (uint256) {
        return a / b;
    }
}
