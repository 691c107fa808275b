// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {Test} from "forge-std/Test.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {CollateralManager} from "../../src/collateral/CollateralManager.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {PriceRoutes} from "../../src/collateral/PriceRoutes.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {FreshFeed} from "../feeds/ScriptedFeed.sol";
import {BlocklistToken, CallbackToken, FeeToken} from "../tokens/OddTokens.sol";
import {PlainToken} from "../tokens/PlainToken.sol";
import {StubBook} from "./StubBook.sol";

/// @notice Owners, a liquidator, a donor, a market and a guardian, none of whom mean well. What must never fail is called bare, so that its
/// revert fails the run; what may be refused is tried, and held to its promises where it was not refused.
contract EscrowHandler is Test {
    uint256 internal constant LOANS = 5;
    RiskPolicy public policy;
    CollateralManager public escrow;
    StubBook public book;
    PlainToken public debtToken;
    address public keeper = makeAddr("keeper");
    /// @dev Where owners withdraw to, since a token may refuse themselves.
    address public refuge = makeAddr("refuge");
    address[] public owners;
    PlainToken[] public tokens;
    mapping(address => FreshFeed[2]) internal feeds;
    mapping(address => int256) internal fairOf;
    mapping(uint256 loan => bool) public closed;
    mapping(bytes32 what => uint256) public counted;

    /// @dev This contract stands in for the manager.
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    /// @dev Not in the constructor: the manager must have code to be asked.
    function start() external {
        policy = new RiskPolicy(address(this), AggregatorV3Interface(address(0)), 0, 100e18);
        escrow = new CollateralManager(address(this), policy);
        book = new StubBook();
        policy.allowBook(address(book));
        owners.push(makeAddr("first owner"));
        owners.push(makeAddr("second owner"));
        owners.push(makeAddr("third owner"));
        debtToken = new PlainToken(6);
        _route(debtToken, 1e8);
        _add(new PlainToken(18), 2_000e8, 7_500, 8_000, 500);
        _add(new PlainToken(2), 1e8, 8_500, 9_000, 300);
        _add(new PlainToken(24), 50_000e8, 6_000, 7_000, 1_000);
        _add(new FeeToken(), 10e8, 4_000, 5_000, 1_500);
        _add(new CallbackToken(), 100e8, 5_000, 6_500, 800);
        _add(new BlocklistToken(), 1e8, 8_000, 8_500, 400);
    }

    function loanId(uint256 index) public pure returns (bytes32) {
        return keccak256(abi.encode("loan", index));
    }

    function tokenCount() external view returns (uint256) {
        return tokens.length;
    }

    /// @dev No call of an owner may make any of their healthy loans unhealthy.
    modifier keepsHealth() {
        bool[LOANS] memory healthy = _healthy();
        _;
        bool[LOANS] memory afterwards = _healthy();
        for (uint256 i = 0; i < LOANS; ++i) {
            assertTrue(!healthy[i] || afterwards[i], "an owner's call made a healthy loan unhealthy");
        }
    }

    function deposit(uint256 who, uint256 what, uint256 value) external keepsHealth {
        (address owner, PlainToken token) = (_owner(who), _token(what));
        uint256 amount = _amount(token, value);
        if (address(token) == address(tokens[5]) && BlocklistToken(address(token)).blocked(owner)) return;
        token.mint(owner, amount);
        uint256 held = token.balanceOf(address(escrow));
        vm.startPrank(owner);
        token.approve(address(escrow), amount);
        try escrow.deposit(address(token), amount) returns (uint256 credited) {
            assertEq(token.balanceOf(address(escrow)) - held, credited);
            ++counted["deposit"];
        } catch {
            assertTrue(_paused(IRiskPolicy.Action.Deposit));
        }
        vm.stopPrank();
    }

    function withdraw(uint256 who, uint256 what, uint256 amount, bool attack) external keepsHealth {
        (address owner, PlainToken token) = (_owner(who), _token(what));
        uint256 available = escrow.free(owner, address(token));
        if (available == 0) return;
        amount = bound(amount, 1, available);
        bool callsBack = attack && what % tokens.length == 4;
        if (callsBack) {
            CallbackToken(address(token))
                .onTransfer(owner, address(escrow), abi.encodeCall(escrow.withdraw, (address(token), 1, owner)));
        }
        vm.prank(owner);
        escrow.withdraw(address(token), amount, refuge);
        if (callsBack) assertFalse(CallbackToken(address(token)).lastCallSucceeded());
        ++counted["withdraw"];
    }

    function lock(uint256 loan, uint256 what, uint256 amount) external keepsHealth {
        loan = bound(loan, 0, LOANS - 1);
        (address owner, PlainToken token) = (_owner(loan), _token(what));
        (ILoanBook named,) = escrow.lockOf(loanId(loan), owner);
        uint256 available = escrow.free(owner, address(token));
        if (available == 0 || closed[loan]) return;
        amount = bound(amount, available / 2 + 1, available);
        vm.startPrank(owner);
        if (address(named) != address(0)) {
            bool known = escrow.locked(loanId(loan), owner, address(token)) != 0;
            try escrow.topUp(loanId(loan), address(token), amount) {}
            catch {
                assertFalse(known, "an asset already there needs no price");
            }
        } else if (!_paused(IRiskPolicy.Action.Lock)) {
            (address[] memory assets, uint256[] memory amounts) = (new address[](1), new uint256[](1));
            (assets[0], amounts[0]) = (address(token), amount);
            escrow.lock(loanId(loan), book, assets, amounts);
        }
        vm.stopPrank();
        ++counted["lock"];
    }

    function open(uint256 loan, uint256 share) external {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address owner) = (loanId(loan), _owner(loan));
        ILoanBook.Binding binding = book.debtOf(id).binding;
        if (!_isLocked(loan) || closed[loan] || binding != ILoanBook.Binding.None) return;
        try escrow.powerOf(id, owner) returns (uint256 power) {
            uint256 amount = power * bound(share, 5_000, 10_000) / 10_000 / 1e12;
            if (amount == 0) return;
            address[] memory assets = escrow.assetsOf(id, owner);
            (assets[0], assets) = (assets[0], _first(assets));
            try escrow.requireSecured(id, address(book), owner, address(debtToken), amount, assets, new uint256[](1)) {
                book.set(id, ILoanBook.Binding.Owed, owner, address(debtToken), amount, address(this));
                ++counted["open"];
            } catch {}
        } catch {}
    }

    function repay(uint256 loan, uint256 amount) external {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address owner) = (loanId(loan), _owner(loan));
        ILoanBook.Debt memory owed = book.debtOf(id);
        if (owed.binding != ILoanBook.Binding.Owed) return;
        uint256 debt = owed.amount;
        uint256 left = debt - bound(amount, debt / 4, debt);
        ILoanBook.Binding next = left == 0 ? ILoanBook.Binding.None : ILoanBook.Binding.Owed;
        book.set(id, next, owner, address(debtToken), left, address(this));
    }

    /// @dev Another locks under a borrower's id: nothing of it may be sold, and the way out is always open.
    function squat(uint256 loan, uint256 what, uint256 amount, bool leaves) external keepsHealth {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address other, PlainToken token) = (loanId(loan), _owner(loan + 1), _token(what));
        uint256 available = escrow.free(other, address(token));
        (ILoanBook named,) = escrow.lockOf(id, other);
        if (address(named) == address(0)) {
            if (available == 0 || _paused(IRiskPolicy.Action.Lock)) return;
            (address[] memory assets, uint256[] memory amounts) = (new address[](1), new uint256[](1));
            (assets[0], amounts[0]) = (address(token), bound(amount, 1, available));
            vm.prank(other);
            escrow.lock(id, book, assets, amounts);
        }
        uint256 debt = book.debtOf(id).amount;
        _fund(debt);
        CollateralLiquidation.Bid memory bid = CollateralLiquidation.Bid(debt, block.timestamp, keeper);
        vm.prank(keeper);
        try escrow.liquidate(id, other, address(token), 0, bid) {
            assertTrue(false, "the lock of another was sold");
        } catch {}
        if (!leaves) return;
        vm.prank(other);
        escrow.release(id, other);
        ++counted["squat"];
    }

    function release(uint256 loan) external keepsHealth {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address owner) = (loanId(loan), _owner(loan));
        ILoanBook.Binding binding = book.debtOf(id).binding;
        if (!_isLocked(loan) || binding != ILoanBook.Binding.None) return;
        vm.prank(owner);
        escrow.release(id, owner);
        closed[loan] = true;
        ++counted["release"];
    }

    function releasePart(uint256 loan, uint256 what, uint256 amount) external keepsHealth {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address owner, PlainToken token) = (loanId(loan), _owner(loan), _token(what));
        uint256 available = escrow.locked(id, owner, address(token));
        if (available == 0) return;
        vm.prank(owner);
        try escrow.releasePart(id, address(token), bound(amount, 1, available)) {
            assertGe(escrow.healthOf(id, owner), 1e18);
            ++counted["releasePart"];
        } catch {}
    }

    function liquidate(uint256 loan, uint256 what, uint256 maxPaid) external {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address owner, address token) = (loanId(loan), _owner(loan), address(_token(what)));
        try escrow.quoteLiquidation(id, owner) returns (uint256 before, uint256 debt, uint256 closeable, bool) {
            try policy.termsOf(token) returns (IRiskPolicy.Terms memory terms) {
                _fund(debt);
                CollateralLiquidation.Bid memory bid =
                    CollateralLiquidation.Bid(bound(maxPaid, 1, debt), block.timestamp, keeper);
                vm.prank(keeper);
                try escrow.liquidate(id, owner, token, 0, bid) returns (uint256 repaid, uint256 seized) {
                    assertLe(repaid, closeable);
                    assertLe(_base(seized, terms), _worth(repaid));
                    _holdAfter(id, owner, before);
                    ++counted["liquidate"];
                } catch {}
            } catch {}
        } catch {}
    }

    function liquidateAll(uint256 loan) external {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address owner) = (loanId(loan), _owner(loan));
        try escrow.quoteLiquidation(id, owner) returns (uint256 before, uint256 debt, uint256 closeable, bool) {
            if (closeable != debt || _paused(IRiskPolicy.Action.Liquidate)) return;
            address[] memory assets = escrow.assetsOf(id, owner);
            IRiskPolicy.Terms[] memory terms = new IRiskPolicy.Terms[](assets.length);
            for (uint256 i = 0; i < assets.length; ++i) {
                if (escrow.locked(id, owner, assets[i]) != 0) terms[i] = policy.termsOf(assets[i]);
            }
            _fund(debt);
            vm.prank(keeper);
            (uint256 repaid, uint256[] memory seized) = escrow.liquidateAll(
                id, owner, new uint256[](assets.length), CollateralLiquidation.Bid(debt, block.timestamp, keeper)
            );
            uint256 base;
            for (uint256 i = 0; i < assets.length; ++i) {
                if (seized[i] != 0) base += _base(seized[i], terms[i]);
            }
            assertLe(base, _worth(repaid));
            _holdAfter(id, owner, before);
            ++counted["liquidateAll"];
        } catch {}
    }

    /// @dev The book says that a part is in default, or that it is cured; sold is then what is called and no more.
    function callDebt(uint256 loan, uint256 what, uint256 share) external {
        loan = bound(loan, 0, LOANS - 1);
        (bytes32 id, address owner, address token) = (loanId(loan), _owner(loan), address(_token(what)));
        uint256 debt = book.debtOf(id).amount;
        if (debt == 0) return;
        book.call_(id, debt * bound(share, 0, 100) / 100);
        try escrow.healthOf(id, owner) returns (uint256 before) {
            if (before < 1e18) return;
            uint256 called = book.debtOf(id).callable;
            _fund(debt);
            CollateralLiquidation.Bid memory bid = CollateralLiquidation.Bid(debt, block.timestamp, keeper);
            vm.prank(keeper);
            try escrow.liquidate(id, owner, token, 0, bid) returns (uint256 repaid, uint256) {
                assertLe(repaid, called, "more was sold than was called");
                assertGe(escrow.healthOf(id, owner), before, "a call made a healthy loan less healthy");
                ++counted["callDebt"];
            } catch {}
        } catch {}
    }

    function donate(uint256 what, uint256 value) external {
        PlainToken token = _token(what);
        token.mint(address(escrow), _amount(token, value));
    }

    function movePrice(uint256 what, uint256 percent) external {
        address token = address(_token(what));
        int256 price = fairOf[token] * int256(bound(percent, 40, 130)) / 100;
        feeds[token][0].set(price);
        feeds[token][1].set(price);
    }

    function breakFeed(uint256 what, int256 answer) external {
        feeds[address(_token(what))][0].set(answer);
    }

    function pause(uint256 action) external {
        IRiskPolicy.Action chosen = IRiskPolicy.Action(bound(action, 0, 4));
        try policy.pause(chosen) {} catch {}
    }

    function unpause(uint256 action) external {
        IRiskPolicy.Action chosen = IRiskPolicy.Action(bound(action, 0, 4));
        if (_paused(chosen)) policy.unpause(chosen);
    }

    function wait(uint256 seconds_) external {
        skip(bound(seconds_, 1, 4 days));
    }

    function blockOwner(uint256 who, bool on) external {
        BlocklistToken(address(tokens[5])).setBlocked(_owner(who), on);
    }

    /// @dev Everyone leaves, whatever is paused and whatever the feeds say.
    function everyoneLeaves() external {
        for (uint256 i = 0; i < LOANS; ++i) {
            (bytes32 id, address owner) = (loanId(i), _owner(i));
            if (!_isLocked(i)) continue;
            book.set(id, ILoanBook.Binding.None, owner, address(debtToken), 0, address(this));
            vm.prank(owner);
            escrow.release(id, owner);
        }
        for (uint256 i = 0; i < LOANS; ++i) {
            (bytes32 id, address other) = (loanId(i), _owner(i + 1));
            (ILoanBook named,) = escrow.lockOf(id, other);
            if (address(named) == address(0)) continue;
            vm.prank(other);
            escrow.release(id, other);
        }
        for (uint256 i = 0; i < owners.length * tokens.length; ++i) {
            (address owner, PlainToken token) = (owners[i / tokens.length], tokens[i % tokens.length]);
            uint256 amount = escrow.free(owner, address(token));
            if (amount == 0) continue;
            vm.prank(owner);
            escrow.withdraw(address(token), amount, refuge);
        }
    }

    function _holdAfter(bytes32 id, address owner, uint256 before) private view {
        uint256 left = book.debtOf(id).amount;
        if (left == 0) return;
        if (escrow.shortfall(id, owner) == left && _isEmpty(id, owner)) return;
        assertGe(escrow.healthOf(id, owner), before, "a liquidation lowered health and did not end in bad debt");
    }

    function _isEmpty(bytes32 id, address owner) private view returns (bool) {
        for (uint256 i = 0; i < tokens.length; ++i) {
            if (escrow.locked(id, owner, address(tokens[i])) != 0) return false;
        }
        return true;
    }

    /// @dev What a seized amount was worth without the bonus, rounded down.
    function _base(uint256 seized, IRiskPolicy.Terms memory terms) private pure returns (uint256) {
        return Math.mulDiv(Math.mulDiv(seized, terms.price, 10 ** terms.decimals), 1e4, 1e4 + terms.bonusBps);
    }

    function _worth(uint256 repaid) private view returns (uint256) {
        (uint256 price, uint8 decimals) = policy.priceOf(address(debtToken));
        return Math.mulDiv(repaid, price, 10 ** decimals, Math.Rounding.Ceil);
    }

    function _healthy() private view returns (bool[LOANS] memory healthy) {
        for (uint256 i = 0; i < LOANS; ++i) {
            try escrow.healthOf(loanId(i), _owner(i)) returns (uint256 health) {
                healthy[i] = health >= 1e18;
            } catch {
                // Nothing is owed on a lock that is over.
                healthy[i] = !_isLocked(i);
            }
        }
    }

    function _first(address[] memory assets) private pure returns (address[] memory first) {
        first = new address[](1);
        first[0] = assets[0];
    }

    function _isLocked(uint256 loan) private view returns (bool) {
        (ILoanBook named,) = escrow.lockOf(loanId(loan), _owner(loan));
        return address(named) != address(0);
    }

    function _paused(IRiskPolicy.Action action) private view returns (bool) {
        return policy.pausedUntil(action) > block.timestamp;
    }

    function _fund(uint256 amount) private {
        debtToken.mint(keeper, amount);
        vm.prank(keeper);
        debtToken.approve(address(escrow), type(uint256).max);
    }

    function _owner(uint256 seed) private view returns (address) {
        return owners[seed % owners.length];
    }

    function _token(uint256 seed) private view returns (PlainToken) {
        return tokens[seed % tokens.length];
    }

    /// @dev An amount worth 1 to 20,000.
    function _amount(PlainToken token, uint256 value) private view returns (uint256) {
        value = bound(value, 1, 20_000);
        return value * 1e8 * 10 ** token.decimals() / uint256(fairOf[address(token)]) + 1;
    }

    function _add(PlainToken token, int256 price, uint16 ltv, uint16 threshold, uint16 bonus) private {
        tokens.push(token);
        _route(token, price);
        policy.listAsset(address(token), tokens.length == 4, type(uint128).max, ltv, threshold, bonus, 0);
    }

    function _route(PlainToken token, int256 price) private {
        FreshFeed[2] storage pair = feeds[address(token)];
        (pair[0], pair[1]) = (new FreshFeed(8, price), new FreshFeed(8, price));
        fairOf[address(token)] = price;
        PriceRoutes.RouteConfig memory config = PriceRoutes.RouteConfig(pair[0], pair[1], 1, 1, 1, 1e36, 100);
        policy.setRoute(address(token), config, uint256(price) * 1e10, 0);
    }
}
