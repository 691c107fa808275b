// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import "src/aggregator/AggregatorTypes.sol";
import {DebtModel} from "src/aggregator/DebtModel.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "src/aggregator/IAggregatorEvents.sol";
import {ILoanBook} from "src/interfaces/ILoanBook.sol";
import {AggregatorBase} from "./AggregatorBase.sol";
import {HostilePayee, Reentrant} from "./Doubles.sol";

contract ServicingTest is AggregatorBase {
    // The model

    /// @notice Figures by hand: 1 000 000.000000 at 10 % for 36.5 days is 10 000.000000; one second costs 3 170.98 units, rounded up.
    function test_InterestByHand() public {
        bytes32 loanId = funded();
        uint256 start = block.timestamp;
        assertEq(register.owed(loanId), PRINCIPAL);
        vm.warp(start + 1);
        assertEq(register.owed(loanId), PRINCIPAL + 3171);
        vm.warp(start + 36.5 days);
        assertEq(register.owed(loanId), PRINCIPAL + 10_000e6);
    }

    /// @notice The formula again, in full precision, with a ceiling of its own.
    function test_InterestIsTheFormula(uint112 outstanding, uint256 booked, uint64 apr, uint32 time) public pure {
        apr = uint64(bound(apr, 0, 10e18));
        booked = bound(booked, 0, outstanding);
        uint256 expected = booked + (uint256(outstanding) * apr * time + 31_536_000e18 - 1) / 31_536_000e18;
        if (expected > outstanding) expected = outstanding;
        uint256 interest = DebtModel.interestAt(outstanding, booked, apr, 7, 7 + uint256(time));
        assertEq(interest, expected);
        assertGe(interest, booked);
        assertLe(interest, outstanding);
    }

    function test_InterestNeverPassesPrincipal() public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + 10 * 365 days);
        assertEq(register.owed(loanId), 2 * uint256(PRINCIPAL));
        vm.warp(block.timestamp + 1000 * 365 days);
        assertEq(register.owed(loanId), 2 * uint256(PRINCIPAL));
        payAs(stranger, loanId, type(uint256).max);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
    }

    /// @notice Splitting time by payments of one unit never lowers what is paid in all, and raises it by less than was paid to split it.
    function test_PayingOftenGainsNothing(uint32[4] memory gaps) public {
        bytes32 loanId = funded();
        uint256 start = block.timestamp;
        uint256 total;
        for (uint256 i = 0; i < 4; ++i) {
            total += gaps[i] % 30 days;
        }
        uint256 alone = DebtModel.interestAt(PRINCIPAL, 0, 0.1e18, start, start + total);
        uint256 paid;
        for (uint256 i = 0; i < 4; ++i) {
            vm.warp(block.timestamp + gaps[i] % 30 days);
            paid += payAs(stranger, loanId, 1);
        }
        uint256 spent = paid + register.owed(loanId);
        // What is paid to principal early saves its interest: at most 4 units, for at most 120 days at 10 %.
        assertGe(spent + 1, PRINCIPAL + alone);
        assertLe(spent, PRINCIPAL + alone + 4);
    }

    function test_APaymentGoesToInterestFirst() public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + 36.5 days);
        arm(stranger, 100_000e6);
        vm.startPrank(stranger);
        vm.expectEmit(address(register));
        emit Events.LoanPaid(loanId, stranger, false, 4_000e6, 0, PRINCIPAL, 6_000e6);
        register.repay(loanId, 4_000e6);
        vm.expectEmit(address(register));
        emit Events.LoanPaid(loanId, stranger, false, 6_000e6, 90_000e6, PRINCIPAL - 90_000e6, 0);
        register.repay(loanId, 96_000e6);
        vm.stopPrank();
        Loan memory l = register.loanOf(loanId);
        assertEq(l.paid, 100_000e6);
        assertEq(l.outstanding, PRINCIPAL - 90_000e6);
        assertEq(l.interest, 0);
        assertEq(l.accruedAt, block.timestamp);
    }

    // Repaying

    function test_RepayIsCappedAtWhatIsOwed(uint256 amount) public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + 10 days);
        uint256 debt = register.owed(loanId);
        amount = bound(amount, 1, type(uint256).max);
        uint256 paid = payAs(stranger, loanId, amount);
        assertEq(paid, amount < debt ? amount : debt);
        assertEq(register.owed(loanId), debt - paid);
        assertEq(token.balanceOf(stranger), 0);
    }

    function test_RepayNeedsADebt() public {
        bytes32 loanId = accepted(defaultQuote());
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Accepted));
        register.repay(loanId, 1);
        fund(loanId);
        vm.expectRevert(Errors.AmountZero.selector);
        register.repay(loanId, 0);
        payAs(stranger, loanId, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Repaid));
        register.repay(loanId, 1);
    }

    function test_RepayIsForLoansWhoseMoneyMovesHere() public {
        bytes32 loanId = fundedByReceipt();
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingKindIs.selector, loanId, FundingKind.Receipt));
        register.repay(loanId, 1);
    }

    function test_RepayWorksInEveryPauseAndEveryStateOfArrears() public {
        bytes32 loanId = funded();
        pauseAll();
        payAs(borrower, loanId, 1);
        vm.warp(block.timestamp + YEAR);
        mark(loanId, LoanState.Impaired);
        payAs(borrower, loanId, 1);
        mark(loanId, LoanState.Defaulted);
        payAs(borrower, loanId, type(uint256).max);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
    }

    function test_RepayCreditsWhatArrived() public {
        bytes32 loanId = funded();
        token.setFee(1000);
        uint256 paid = payAs(stranger, loanId, 1000);
        assertEq(paid, 900);
        assertEq(register.owed(loanId), PRINCIPAL - 900);
        token.setFee(0);
        token.setLies(true);
        vm.expectRevert(abi.encodeWithSelector(Errors.NothingArrived.selector, loanId));
        register.repay(loanId, 1000);
    }

    function test_ABlockedLenderCannotStopRepayment() public {
        bytes32 loanId = funded();
        token.setBlocked(lender, true);
        arm(stranger, PRINCIPAL);
        vm.prank(stranger);
        vm.expectEmit(address(register));
        emit Events.Claimable(lender, address(token), PRINCIPAL, PRINCIPAL);
        register.repay(loanId, type(uint256).max);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
        assertEq(register.claimable(lender, address(token)), PRINCIPAL);
        address elsewhere = makeAddr("elsewhere");
        vm.startPrank(lender);
        vm.expectRevert(abi.encodeWithSelector(Errors.AddressRefused.selector, address(0)));
        register.claim(address(token), address(0));
        vm.expectRevert(abi.encodeWithSelector(Errors.AddressRefused.selector, address(register)));
        register.claim(address(token), address(register));
        pauseWhile();
        vm.startPrank(lender);
        assertEq(register.claim(address(token), elsewhere), PRINCIPAL);
        vm.expectRevert(abi.encodeWithSelector(Errors.NothingToClaim.selector, lender, address(token)));
        register.claim(address(token), elsewhere);
        vm.stopPrank();
        assertEq(token.balanceOf(elsewhere), PRINCIPAL);
        assertEq(token.balanceOf(address(register)), 0);
    }

    function pauseWhile() internal {
        vm.stopPrank();
        pauseAll();
    }

    /// @notice A token whose transfer to the lender answers no, burns its gas, or returns far too much.
    function test_AHostilePayeeCannotStopRepayment(uint8 mood) public {
        mood = uint8(bound(mood, 1, 3));
        HostilePayee hostile = new HostilePayee();
        hostile.mint(lender, PRINCIPAL);
        vm.prank(lender);
        hostile.approve(address(register), PRINCIPAL);
        Quote memory q = defaultQuote();
        q.asset = address(hostile);
        bytes32 loanId = accepted(q);
        fund(loanId);
        hostile.setMood(HostilePayee.Mood(mood));
        vm.startPrank(borrower);
        hostile.approve(address(register), PRINCIPAL);
        uint256 gas = gasleft();
        register.repay(loanId, PRINCIPAL);
        assertLt(gas - gasleft(), 900_000);
        vm.stopPrank();
        assertEq(register.claimable(lender, address(hostile)), PRINCIPAL);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
        hostile.setMood(HostilePayee.Mood.Kind);
        vm.prank(lender);
        register.claim(address(hostile), lender);
        assertEq(hostile.balanceOf(lender), PRINCIPAL);
    }

    function test_RepayCannotBeReentered() public {
        bytes32 loanId = funded();
        Reentrant hook = new Reentrant(register);
        token.setHook(lender, address(hook));
        hook.arm(abi.encodeCall(register.repay, (loanId, 1)));
        payAs(borrower, loanId, 1000);
        assertEq(bytes4(hook.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        hook.arm(abi.encodeCall(register.claim, (address(token), lender)));
        payAs(borrower, loanId, 1000);
        assertEq(bytes4(hook.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }

    function test_ADonationIsNobodysPayment() public {
        bytes32 loanId = funded();
        token.mint(address(register), 500);
        payAs(borrower, loanId, 1000);
        assertEq(register.owed(loanId), PRINCIPAL - 1000);
        assertEq(token.balanceOf(address(register)), 500);
    }

    // The escrow

    function armEscrow(uint256 amount) internal {
        token.mint(stranger, amount);
        vm.prank(stranger);
        token.approve(address(escrow), amount);
    }

    function test_OnlyTheEscrowLiquidatesAndRecords() public {
        bytes32 loanId = funded();
        vm.expectRevert(abi.encodeWithSelector(Errors.NotEscrow.selector, loanId, address(escrow), address(this)));
        register.repayByLiquidation(loanId, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotEscrow.selector, loanId, address(escrow), address(this)));
        register.recordShortfall(loanId, 1);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.NotEscrow.selector, bytes32("unknown"), address(0), address(escrow))
        );
        escrow.shortfall(register, "unknown", 1);
    }

    function test_LiquidationTakesFromTheLiquidatorAndPaysTheLender() public {
        bytes32 loanId = funded();
        pauseAll();
        uint256 before = token.balanceOf(lender);
        armEscrow(1000);
        vm.prank(stranger);
        vm.expectEmit(address(register));
        emit Events.LoanPaid(loanId, address(escrow), true, 0, 1000, PRINCIPAL - 1000, 0);
        assertEq(escrow.liquidate(register, loanId, 1000), 1000);
        assertEq(token.balanceOf(lender), before + 1000);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Funded));
    }

    function test_LiquidationOfAllEndsTheLoan() public {
        bytes32 loanId = funded();
        armEscrow(PRINCIPAL);
        vm.prank(stranger);
        vm.expectEmit(address(register));
        emit Events.LoanLiquidated(loanId, 0);
        escrow.liquidate(register, loanId, PRINCIPAL);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Liquidated));
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Liquidated));
        register.repay(loanId, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Liquidated));
        vm.prank(address(escrow));
        register.repayByLiquidation(loanId, 1);
    }

    function test_AShortfallIsWhatIsOwedAndStaysOwed() public {
        bytes32 loanId = funded();
        vm.warp(block.timestamp + 36.5 days);
        uint256 owed = PRINCIPAL + 10_000e6;
        vm.expectRevert(abi.encodeWithSelector(Errors.ShortfallIs.selector, loanId, owed, owed - 1));
        escrow.shortfall(register, loanId, owed - 1);
        pauseAll();
        escrow.shortfall(register, loanId, owed);
        assertEq(register.loanOf(loanId).shortfall, owed);
        vm.warp(block.timestamp + 1000 days);
        assertEq(register.owed(loanId), owed);
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.Owed));
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Liquidated));
        escrow.shortfall(register, loanId, owed);
        payAs(borrower, loanId, 1);
        assertEq(register.owed(loanId), owed - 1);
        payAs(borrower, loanId, type(uint256).max);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Liquidated));
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
    }
}
