// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {CollateralManager} from "../../src/collateral/CollateralManager.sol";
import {EscrowHandler} from "./EscrowHandler.sol";

/// @notice What holds after every sequence of calls. The handler holds what concerns one call: health after an owner's call and after a
/// liquidation, the bound of what is seized, and that a way out never reverts.
contract EscrowInvariants is Test {
    EscrowHandler private handler;
    CollateralManager private escrow;

    function setUp() public {
        vm.warp(1_750_000_000);
        handler = new EscrowHandler();
        handler.start();
        escrow = handler.escrow();
        bytes4[] memory selectors = new bytes4[](18);
        selectors[0] = EscrowHandler.deposit.selector;
        selectors[1] = EscrowHandler.withdraw.selector;
        selectors[2] = EscrowHandler.lock.selector;
        selectors[3] = EscrowHandler.open.selector;
        selectors[4] = EscrowHandler.repay.selector;
        selectors[5] = EscrowHandler.release.selector;
        selectors[6] = EscrowHandler.releasePart.selector;
        selectors[7] = EscrowHandler.liquidate.selector;
        selectors[8] = EscrowHandler.liquidateAll.selector;
        selectors[9] = EscrowHandler.donate.selector;
        selectors[10] = EscrowHandler.movePrice.selector;
        selectors[11] = EscrowHandler.breakFeed.selector;
        selectors[12] = EscrowHandler.pause.selector;
        selectors[13] = EscrowHandler.unpause.selector;
        selectors[14] = EscrowHandler.wait.selector;
        selectors[15] = EscrowHandler.blockOwner.selector;
        selectors[16] = EscrowHandler.squat.selector;
        selectors[17] = EscrowHandler.callDebt.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
        // Money is there to begin with, so that runs are about loans and not about deposits.
        for (uint256 i = 0; i < 18; ++i) {
            handler.deposit(i / 6, i, 10_000);
        }
        for (uint256 i = 0; i < 5; ++i) {
            handler.lock(i, i, type(uint256).max);
            handler.lock(i, i + 1, type(uint256).max);
            handler.open(i, 10_000);
        }
    }

    /// @dev One campaign for both, since most of its time goes into the calls.
    function invariant_escrow_is_solvent_and_closed_loans_hold_nothing() public view {
        _assertSolvent();
        _assertClosedHoldNothing();
    }

    function _assertSolvent() private view {
        for (uint256 t = 0; t < handler.tokenCount(); ++t) {
            address token = address(handler.tokens(t));
            uint256 sum;
            for (uint256 i = 0; i < 3; ++i) {
                sum += escrow.free(handler.owners(i), token);
            }
            for (uint256 i = 0; i < 5; ++i) {
                sum += escrow.locked(handler.loanId(i), handler.owners(i % 3), token);
                sum += escrow.locked(handler.loanId(i), handler.owners((i + 1) % 3), token);
            }
            assertEq(sum, escrow.tracked(token));
            assertLe(sum, handler.tokens(t).balanceOf(address(escrow)));
        }
    }

    function _assertClosedHoldNothing() private view {
        for (uint256 i = 0; i < 5; ++i) {
            if (!handler.closed(i)) continue;
            for (uint256 t = 0; t < handler.tokenCount(); ++t) {
                assertEq(escrow.locked(handler.loanId(i), handler.owners(i % 3), address(handler.tokens(t))), 0);
            }
        }
    }

    /// @dev At the end of every run all owners leave, in whatever pauses and with whatever feeds the run ended.
    function afterInvariant() public {
        handler.everyoneLeaves();
        for (uint256 t = 0; t < handler.tokenCount(); ++t) {
            assertEq(escrow.tracked(address(handler.tokens(t))), 0);
        }
    }

    /// @dev The suite would hold for nothing if its calls were all refused: this walk is one that is not.
    function test_handler_reaches_every_kind_of_call() public {
        assertEq(handler.counted("deposit"), 18);
        assertGe(handler.counted("open"), 3, "open");
        handler.repay(0, 0);
        handler.releasePart(0, 0, 1);
        handler.callDebt(4, 4, 50);
        handler.movePrice(0, 68);
        handler.movePrice(1, 68);
        handler.liquidate(0, 1, type(uint256).max);
        handler.movePrice(2, 40);
        handler.liquidateAll(1);
        handler.repay(3, type(uint256).max);
        handler.release(3);
        handler.deposit(2, 0, 10_000);
        handler.squat(1, 0, type(uint256).max, true);
        handler.withdraw(0, 3, type(uint256).max, true);
        handler.withdraw(1, 4, type(uint256).max, true);
        assertGe(handler.counted("releasePart"), 1, "releasePart");
        assertGe(handler.counted("liquidate"), 1, "liquidate");
        assertGe(handler.counted("liquidateAll"), 1, "liquidateAll");
        assertGe(handler.counted("release"), 1, "release");
        assertGe(handler.counted("callDebt"), 1, "callDebt");
        assertGe(handler.counted("squat"), 1, "squat");
        assertGe(handler.counted("withdraw"), 1, "withdraw");
    }
}
