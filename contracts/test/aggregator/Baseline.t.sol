// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "src/aggregator/IAggregatorEvents.sol";
import {AggregatorBase} from "./AggregatorBase.sol";
import {WalletDouble} from "./Doubles.sol";

/// @notice A plain account proves a protocol's loan over two transactions, and one borrowing proves one loan.
contract BaselineTest is AggregatorBase {
    function loanOf(address who, uint256 nonce) private returns (bytes32) {
        Quote memory q = protocolQuote(who);
        (q.requestHash, q.nonce) = (keccak256(abi.encode("baseline", nonce)), nonce);
        return accepted(q);
    }

    function owes(address who, uint256 debt) private {
        adapter.setDebt(who, address(token), debt);
    }

    function note(bytes32 loanId) private {
        vm.prank(borrower);
        register.noteProtocolBaseline(loanId);
    }

    function prove(bytes32 loanId) private {
        vm.prank(borrower);
        register.proveProtocolFunding(loanId);
    }

    function test_APlainAccountProvesADebtOverTwoTransactions() public {
        bytes32 loanId = loanOf(borrower, 1);
        vm.expectEmit(address(register));
        emit Events.ProtocolBaseline(loanId, block.timestamp + 1 hours);
        note(loanId);
        vm.warp(block.timestamp + 1 hours);
        owes(borrower, PRINCIPAL);
        vm.expectEmit(address(register));
        emit Events.LoanFunded(
            loanId,
            FundingKind.Protocol,
            PRINCIPAL,
            uint64(block.timestamp),
            keccak256(abi.encode(uint256(0), uint256(PRINCIPAL)))
        );
        prove(loanId);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Funded));
    }

    function test_GrowthOfAnOldDebtIsNoEvidence() public {
        bytes32 loanId = loanOf(borrower, 1);
        owes(borrower, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.BaselineNotZero.selector, loanId, 1));
        note(loanId);
    }

    function test_ABaselineIsOverAfterItsHour() public {
        bytes32 loanId = loanOf(borrower, 1);
        note(loanId);
        uint256 until = block.timestamp + 1 hours;
        owes(borrower, PRINCIPAL);
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.BaselineOver.selector, loanId, until));
        prove(loanId);
    }

    function test_WithoutABaselineNothingIsProven() public {
        bytes32 loanId = loanOf(borrower, 1);
        owes(borrower, PRINCIPAL);
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketNotOpen.selector, loanId));
        prove(loanId);
    }

    function test_OneBorrowingProvesOneLoanOverTwoTransactions() public {
        (bytes32 first, bytes32 second) = (loanOf(borrower, 1), loanOf(borrower, 2));
        note(first);
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketOpen.selector, first));
        note(second);
        // Nor by a bracket within one transaction while the baseline counts.
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketOpen.selector, first));
        register.beginProtocolFunding(second);
        owes(borrower, PRINCIPAL);
        prove(first);
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketNotOpen.selector, second));
        prove(second);
        vm.expectRevert(abi.encodeWithSelector(Errors.BaselineNotZero.selector, second, PRINCIPAL));
        note(second);
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, first, LoanState.Funded));
        prove(first);
    }

    function test_ABaselineCannotBeNotedWithinAnotherLoansBracket() public {
        WalletDouble w = new WalletDouble(borrower);
        (bytes32 first, bytes32 second) = (loanOf(address(w), 1), loanOf(address(w), 2));
        (address[] memory targets, bytes[] memory calls) = (new address[](2), new bytes[](2));
        (targets[0], targets[1]) = (address(register), address(register));
        calls[0] = abi.encodeCall(register.beginProtocolFunding, (first));
        calls[1] = abi.encodeCall(register.noteProtocolBaseline, (second));
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketOpen.selector, first));
        w.batch(targets, calls);
    }

    function test_ABaselineThatIsOverBlocksNobodyAndOneOfTheSameLoanIsRenewed() public {
        (bytes32 first, bytes32 second) = (loanOf(borrower, 1), loanOf(borrower, 2));
        note(first);
        vm.warp(block.timestamp + 30 minutes);
        note(first);
        vm.warp(block.timestamp + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketOpen.selector, first));
        note(second);
        vm.warp(block.timestamp + 1);
        note(second);
        owes(borrower, PRINCIPAL);
        prove(second);
    }

    function test_OnlyThePrincipalWithAnHourOfInterestIsFunding() public {
        uint256[4] memory debts = [
            uint256(PRINCIPAL) - 3, PRINCIPAL - 2, PRINCIPAL + PRINCIPAL / 1_000 + 2, PRINCIPAL + PRINCIPAL / 1_000 + 3
        ];
        bytes32 loanId = loanOf(borrower, 1);
        note(loanId);
        for (uint256 i = 0; i < 4; ++i) {
            uint256 snapshot = vm.snapshotState();
            owes(borrower, debts[i]);
            if (i == 0 || i == 3) {
                vm.expectRevert(abi.encodeWithSelector(Errors.DebtTaken.selector, PRINCIPAL, 0, debts[i]));
            }
            prove(loanId);
            vm.revertToState(snapshot);
        }
    }

    function test_ABaselineIsTheBorrowersAndStopsWithFunding() public {
        bytes32 loanId = loanOf(borrower, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotBorrower.selector, borrower, address(this)));
        register.noteProtocolBaseline(loanId);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotBorrower.selector, borrower, address(this)));
        register.proveProtocolFunding(loanId);
        note(loanId);
        vm.prank(guardian);
        register.pause(Action.Fund);
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Fund));
        note(loanId);
        vm.expectRevert(abi.encodeWithSelector(Errors.ActionPaused.selector, Action.Fund));
        prove(loanId);
    }
}
