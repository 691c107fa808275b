// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralManager} from "../../src/collateral/CollateralManager.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {PriceRoutes} from "../../src/collateral/PriceRoutes.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {Lanes} from "../../src/governance/Lanes.sol";
import {FreshFeed} from "../feeds/ScriptedFeed.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {StubBook} from "./StubBook.sol";

/// @notice The escrow with governance as deployed: two collateral assets, one debt asset, one book.
abstract contract CollateralTest is Test {
    address internal guardian = makeAddr("guardian");
    address internal multisig = makeAddr("multisig");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal keeper = makeAddr("keeper");
    address internal lender = makeAddr("lender");
    bytes32 internal constant LOAN = keccak256("loan");
    uint256 internal constant DUST = 100e18;

    AccessManager internal manager;
    RiskPolicy internal policy;
    CollateralManager internal escrow;
    StubBook internal book;
    /// @dev 18 decimals at 2,000: LTV 75 %, threshold 80 %, bonus 5 %.
    PlainToken internal weth;
    /// @dev 8 decimals at 50,000: LTV 70 %, threshold 75 %, bonus 10 %.
    PlainToken internal wbtc;
    /// @dev 6 decimals at 1: the debt.
    PlainToken internal usdc;
    mapping(address asset => FreshFeed) internal primaryOf;
    mapping(address asset => FreshFeed) internal secondaryOf;

    function setUp() public virtual {
        vm.warp(1_750_000_000);
        manager = new AccessManager(address(this));
        policy = new RiskPolicy(address(manager), AggregatorV3Interface(address(0)), 0, DUST);
        escrow = new CollateralManager(address(manager), policy);
        book = new StubBook();
        weth = new PlainToken(18);
        wbtc = new PlainToken(8);
        usdc = new PlainToken(6);
        Lanes.install(manager, address(escrow), address(policy));
        Lanes.handOver(manager, guardian, multisig, address(this));
        _route(address(weth), 8, 2_000e8);
        _route(address(wbtc), 8, 50_000e8);
        _route(address(usdc), 8, 1e8);
        _list(address(weth), false, 7_500, 8_000, 500);
        _list(address(wbtc), false, 7_000, 7_500, 1_000);
        _loosen(address(policy), abi.encodeCall(RiskPolicy.allowBook, (address(book))));
    }

    function _loosen(address target, bytes memory data) internal {
        vm.prank(multisig);
        manager.schedule(target, data, 0);
        skip(48 hours);
        vm.prank(multisig);
        manager.execute(target, data);
    }

    function _config(address asset) internal view returns (PriceRoutes.RouteConfig memory) {
        return PriceRoutes.RouteConfig(primaryOf[asset], secondaryOf[asset], 1 hours, 1 hours, 1, 1e36, 200);
    }

    function _route(address asset, uint8 decimals, int256 answer) internal {
        primaryOf[asset] = new FreshFeed(decimals, answer);
        secondaryOf[asset] = new FreshFeed(decimals, answer);
        uint256 expected = uint256(answer) * 10 ** (18 - decimals);
        _loosen(address(policy), abi.encodeCall(PriceRoutes.setRoute, (asset, _config(asset), expected, 100)));
    }

    function _list(address asset, bool takesFee, uint16 ltv, uint16 threshold, uint16 bonus) internal {
        _loosen(
            address(policy),
            abi.encodeCall(RiskPolicy.listAsset, (asset, takesFee, type(uint128).max, ltv, threshold, bonus, 0))
        );
    }

    function _price(address asset, int256 answer) internal {
        primaryOf[asset].set(answer);
        secondaryOf[asset].set(answer);
    }

    function _pause(IRiskPolicy.Action action) internal {
        vm.prank(guardian);
        policy.pause(action);
    }

    function _deposit(address who, PlainToken token, uint256 amount) internal {
        token.mint(who, amount);
        vm.startPrank(who);
        token.approve(address(escrow), amount);
        escrow.deposit(address(token), amount);
        vm.stopPrank();
    }

    function _sorted(address a, address b) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = a < b ? (a, b) : (b, a);
    }

    function _one(address a, uint256 n) internal pure returns (address[] memory assets, uint256[] memory amounts) {
        (assets, amounts) = (new address[](1), new uint256[](1));
        (assets[0], amounts[0]) = (a, n);
    }

    function _lock(address who, bytes32 loanId, address asset, uint256 amount) internal {
        (address[] memory assets, uint256[] memory amounts) = _one(asset, amount);
        vm.prank(who);
        escrow.lock(loanId, book, assets, amounts);
    }

    function _owe(uint256 amount) internal {
        book.set(LOAN, ILoanBook.Binding.Owed, alice, address(usdc), amount, lender);
    }

    /// @dev Alice has `wethAmount` locked for LOAN and owes `debt`; the keeper has money for it.
    function _loan(uint256 wethAmount, uint256 debt) internal {
        _deposit(alice, weth, wethAmount);
        _lock(alice, LOAN, address(weth), wethAmount);
        _owe(debt);
        _fund(keeper, 1_000_000e6);
    }

    function _fund(address who, uint256 amount) internal {
        usdc.mint(who, amount);
        vm.prank(who);
        usdc.approve(address(escrow), type(uint256).max);
    }

    function _expect(bytes memory data) internal {
        vm.expectRevert(data);
    }
}
