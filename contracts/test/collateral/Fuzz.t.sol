// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";
import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralManager} from "../../src/collateral/CollateralManager.sol";
import {PriceRoutes} from "../../src/collateral/PriceRoutes.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {FreshFeed} from "../feeds/ScriptedFeed.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {StubBook} from "./StubBook.sol";

/// @notice Tokens of 0 to 24 decimals and feeds of 0 to 18, against the formulas taken in one step.
contract FuzzTest is Test {
    bytes32 private constant LOAN = keccak256("loan");
    RiskPolicy private policy;
    CollateralManager private escrow;
    StubBook private book;
    address private borrower = makeAddr("borrower");
    address private keeper = makeAddr("keeper");

    struct Case {
        uint8 collateralDecimals;
        uint8 debtDecimals;
        uint8 feedDecimals;
        uint64 collateralPrice;
        uint64 debtPrice;
        uint96 amount;
        uint16 threshold;
        uint16 bonus;
        uint16 utilisation;
    }

    /// @dev This contract stands in for the manager.
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function setUp() public {
        vm.warp(1_750_000_000);
        policy = new RiskPolicy(address(this), AggregatorV3Interface(address(0)), 0, 1);
        escrow = new CollateralManager(address(this), policy);
        book = new StubBook();
        policy.allowBook(address(book));
    }

    function _route(PlainToken token, uint8 decimals, uint256 answer) private {
        FreshFeed first = new FreshFeed(decimals, int256(answer));
        FreshFeed second = new FreshFeed(decimals, int256(answer));
        PriceRoutes.RouteConfig memory config = PriceRoutes.RouteConfig(first, second, 1, 1, 0, 1e36, 0);
        policy.setRoute(address(token), config, answer * 10 ** (18 - decimals), 0);
    }

    function _prepare(Case memory c) private returns (PlainToken collateral, PlainToken debt, uint256 owed) {
        c.collateralDecimals = uint8(bound(c.collateralDecimals, 0, 24));
        c.debtDecimals = uint8(bound(c.debtDecimals, 0, 24));
        c.feedDecimals = uint8(bound(c.feedDecimals, 0, 18));
        // At most 9e17 whole units of account, so that 18 more decimals stay below the highest price.
        c.collateralPrice = uint64(bound(c.collateralPrice, 1, 9e17));
        c.debtPrice = uint64(bound(c.debtPrice, 1, 9e17));
        c.amount = uint96(bound(c.amount, 1, type(uint96).max));
        c.threshold = uint16(bound(c.threshold, 2, 9_000));
        c.bonus = uint16(bound(c.bonus, 0, 1_000));
        (collateral, debt) = (new PlainToken(c.collateralDecimals), new PlainToken(c.debtDecimals));
        _route(collateral, c.feedDecimals, c.collateralPrice);
        _route(debt, c.feedDecimals, c.debtPrice);
        policy.listAsset(address(collateral), false, type(uint128).max, 1, c.threshold, c.bonus, 0);
        collateral.mint(borrower, c.amount);
        (address[] memory assets, uint256[] memory amounts) = (new address[](1), new uint256[](1));
        (assets[0], amounts[0]) = (address(collateral), c.amount);
        vm.startPrank(borrower);
        collateral.approve(address(escrow), c.amount);
        escrow.deposit(address(collateral), c.amount);
        escrow.lock(LOAN, book, assets, amounts);
        vm.stopPrank();
        // A debt of up to five times what the collateral is worth, in the debt's units.
        uint256 scale = 10 ** (18 - c.feedDecimals);
        uint256 value = Math.mulDiv(c.amount, c.collateralPrice * scale, 10 ** c.collateralDecimals);
        uint256 parity = Math.mulDiv(value, 10 ** c.debtDecimals, c.debtPrice * scale);
        owed = Math.mulDiv(parity, bound(c.utilisation, 1, 50_000), 10_000) + 1;
        book.set(LOAN, ILoanBook.Binding.Owed, borrower, address(debt), owed, address(this));
    }

    function testFuzz_health_is_the_stated_formula(Case memory c) public {
        (, PlainToken debt, uint256 owed) = _prepare(c);
        assertEq(debt.decimals(), c.debtDecimals);
        uint256 scale = 10 ** (18 - c.feedDecimals);
        uint256 value = uint256(c.amount) * c.collateralPrice * scale / 10 ** c.collateralDecimals;
        uint256 weight = value * c.threshold / 10_000;
        uint256 owedValue = Math.mulDiv(owed, c.debtPrice * scale, 10 ** c.debtDecimals, Math.Rounding.Ceil);
        uint256 expected =
            weight / owedValue >= type(uint256).max / 1e18 ? type(uint256).max : Math.mulDiv(weight, 1e18, owedValue);
        assertEq(escrow.healthOf(LOAN, borrower), expected);
    }

    function testFuzz_liquidation_keeps_its_bounds(Case memory c, uint256 maxPaid) public {
        (PlainToken collateral, PlainToken debt, uint256 owed) = _prepare(c);
        uint256 before = escrow.healthOf(LOAN, borrower);
        vm.assume(before < 1e18);
        (,, uint256 closeable,) = escrow.quoteLiquidation(LOAN, borrower);
        debt.mint(keeper, owed);
        vm.startPrank(keeper);
        debt.approve(address(escrow), type(uint256).max);
        maxPaid = bound(maxPaid, 1, owed);
        try escrow.liquidate(
            LOAN, borrower, address(collateral), 0, CollateralLiquidation.Bid(maxPaid, block.timestamp, keeper)
        ) returns (
            uint256 repaid, uint256 seized
        ) {
            assertLe(repaid, Math.min(maxPaid, closeable));
            assertEq(collateral.balanceOf(keeper), seized);
            _assertSeizedBound(c, repaid, seized);
            uint256 left = book.debtOf(LOAN).amount;
            assertEq(left, owed - repaid);
            if (left != 0 && escrow.locked(LOAN, borrower, address(collateral)) == 0) {
                assertEq(escrow.shortfall(LOAN, borrower), left);
            } else {
                assertGe(escrow.healthOf(LOAN, borrower), before);
            }
        } catch (bytes memory reason) {
            // What may refuse: dust, lowered health, or nothing to pay for; never arithmetic.
            assertTrue(bytes4(reason) != bytes4(keccak256("Panic(uint256)")), "arithmetic");
        }
    }

    function testFuzz_whole_position_can_always_be_ended(Case memory c) public {
        (PlainToken collateral, PlainToken debt, uint256 owed) = _prepare(c);
        vm.assume(escrow.healthOf(LOAN, borrower) <= 0.95e18);
        debt.mint(keeper, owed);
        vm.startPrank(keeper);
        debt.approve(address(escrow), type(uint256).max);
        (uint256 repaid, uint256[] memory seized) = escrow.liquidateAll(
            LOAN, borrower, new uint256[](1), CollateralLiquidation.Bid(owed, block.timestamp, keeper)
        );
        _assertSeizedBound(c, repaid, seized[0]);
        uint256 left = book.debtOf(LOAN).amount;
        assertTrue(left == 0 || escrow.locked(LOAN, borrower, address(collateral)) == 0);
        assertEq(escrow.shortfall(LOAN, borrower), left);
        assertEq(escrow.tracked(address(collateral)), c.amount - seized[0]);
    }

    /// @dev `seized * price_c / 10^dec_c <= repaid * price_d / 10^dec_d * (1 + bonus)`, in the rationals.
    function _assertSeizedBound(Case memory c, uint256 repaid, uint256 seized) private pure {
        (uint256 high1, uint256 low1) = Math.mul512(seized * c.collateralPrice * 10_000, 10 ** c.debtDecimals);
        (uint256 high2, uint256 low2) =
            Math.mul512(repaid * c.debtPrice * (10_000 + c.bonus), 10 ** c.collateralDecimals);
        assertTrue(high1 < high2 || (high1 == high2 && low1 <= low2), "seized beyond repaid * (1 + bonus)");
    }
}
