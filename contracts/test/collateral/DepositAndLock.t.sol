// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralLocks} from "../../src/collateral/CollateralLocks.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {StubBook} from "./StubBook.sol";
import {CollateralTest} from "./CollateralTest.sol";

/// @notice Bringing in and locking in one call, and locks that are over.
contract DepositAndLockTest is CollateralTest {
    function test_deposit_and_lock_in_one_is_the_same_as_both() public {
        weth.mint(alice, 3e18);
        vm.startPrank(alice);
        weth.approve(address(escrow), 3e18);
        assertEq(escrow.depositAndLock(LOAN, book, address(weth), 3e18), 3e18);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockExists.selector, LOAN, alice));
        escrow.depositAndLock(LOAN, book, address(weth), 1);
        vm.stopPrank();
        assertEq(escrow.locked(LOAN, alice, address(weth)), 3e18);
        assertEq(escrow.free(alice, address(weth)), 0);
        assertEq(escrow.tracked(address(weth)), 3e18);
        (address[] memory assets,) = _one(address(weth), 0);
        assertEq(escrow.assetsOf(LOAN, alice), assets);
        (ILoanBook named, uint64 lockedAt) = escrow.lockOf(LOAN, alice);
        assertEq(address(named), address(book));
        assertEq(lockedAt, block.timestamp);
        vm.prank(alice);
        escrow.release(LOAN, alice);
        assertEq(escrow.free(alice, address(weth)), 3e18);
    }

    function test_deposit_and_lock_stops_with_either_pause_and_keeps_the_cap_and_the_listing() public {
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.BookNotAllowed.selector, bob));
        escrow.depositAndLock(LOAN, ILoanBook(bob), address(weth), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(weth)));
        escrow.depositAndLock(LOAN, book, address(weth), 0);
        _expect(abi.encodeWithSelector(ICollateralErrors.AssetNotListed.selector, address(usdc)));
        escrow.depositAndLock(LOAN, book, address(usdc), 1);
        vm.stopPrank();
        vm.prank(guardian);
        policy.lowerCap(address(weth), 1);
        weth.mint(alice, 2);
        vm.startPrank(alice);
        weth.approve(address(escrow), 2);
        _expect(abi.encodeWithSelector(ICollateralErrors.CapExceeded.selector, address(weth), 2, 1));
        escrow.depositAndLock(LOAN, book, address(weth), 2);
        vm.stopPrank();
        uint256 snapshot = vm.snapshotState();
        IRiskPolicy.Action[2] memory actions = [IRiskPolicy.Action.Deposit, IRiskPolicy.Action.Lock];
        for (uint256 i = 0; i < 2; ++i) {
            _pause(actions[i]);
            _expect(abi.encodeWithSelector(RiskPolicy.ActionPaused.selector, actions[i], type(uint256).max));
            vm.prank(alice);
            escrow.depositAndLock(LOAN, book, address(weth), 1);
            vm.revertToState(snapshot);
        }
    }

    function test_a_released_lock_is_over_and_may_be_made_anew_with_another_book() public {
        _loan(2e18, 0);
        book.set(LOAN, ILoanBook.Binding.None, alice, address(usdc), 0, lender);
        vm.expectEmit(address(escrow));
        emit CollateralLocks.LockEnded(LOAN, alice);
        vm.startPrank(alice);
        escrow.release(LOAN, alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, alice));
        escrow.topUp(LOAN, address(weth), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, LOAN, alice));
        escrow.release(LOAN, alice);
        vm.stopPrank();
        StubBook second = new StubBook();
        _loosen(address(policy), abi.encodeCall(RiskPolicy.allowBook, (address(second))));
        _deposit(alice, wbtc, 1e8);
        (address[] memory assets, uint256[] memory amounts) = _one(address(wbtc), 1e8);
        vm.prank(alice);
        escrow.lock(LOAN, second, assets, amounts);
        assertEq(escrow.assetsOf(LOAN, alice), assets);
        assertEq(escrow.locked(LOAN, alice, address(weth)), 0);
    }
}
