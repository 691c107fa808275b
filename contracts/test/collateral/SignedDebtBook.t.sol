// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {ICollateral} from "../../src/interfaces/ICollateral.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {ISignedDebt} from "../../src/collateral/ISignedDebt.sol";
import {SignedDebtBook} from "../../src/collateral/SignedDebtBook.sol";
import {DebtState, DebtStatement, DebtTerms, SignedLoan} from "../../src/collateral/SignedDebtTypes.sol";
import {SignedDebtTest} from "./SignedDebtTest.sol";

contract SignedDebtBookTest is SignedDebtTest {
    function test_commit_binds_until_funding_is_late() public {
        (bytes32 loanId, DebtTerms memory terms) = _committed();
        assertEq(_binding(loanId), uint8(ILoanBook.Binding.Committed));
        vm.warp(terms.fundBy - 1);
        assertEq(_binding(loanId), uint8(ILoanBook.Binding.Committed));
        vm.warp(terms.fundBy);
        assertEq(_binding(loanId), uint8(ILoanBook.Binding.None));
        _expect(abi.encodeWithSelector(ISignedDebt.FundingOver.selector, loanId, terms.fundBy));
        vm.prank(borrower);
        debts.acknowledge(loanId, "");
        vm.prank(borrower);
        escrow.release(loanId, borrower);
    }

    function test_commit_refusals_in_order() public {
        DebtTerms memory terms = _terms();
        bytes memory none = "";
        terms.payee = address(0);
        _expect(abi.encodeWithSelector(ISignedDebt.AddressRefused.selector, address(0)));
        debts.commit(terms, assets, amounts, none);
        terms = _terms();
        terms.principal = 0;
        _expect(abi.encodeWithSelector(ISignedDebt.AmountZero.selector));
        debts.commit(terms, assets, amounts, none);
        terms = _terms();
        terms.rateBps = 50_001;
        _expect(abi.encodeWithSelector(ISignedDebt.RateRefused.selector, 50_001));
        debts.commit(terms, assets, amounts, none);
        terms = _terms();
        terms.fundBy = uint64(block.timestamp);
        bytes32 loanId = debts.termsDigest(terms);
        _expect(abi.encodeWithSelector(ISignedDebt.FundingOver.selector, loanId, block.timestamp));
        debts.commit(terms, assets, amounts, none);
        terms = _terms();
        loanId = debts.termsDigest(terms);
        _expect(abi.encodeWithSelector(ISignedDebt.CollateralMissing.selector, loanId));
        debts.commit(terms, new address[](0), new uint256[](0), none);
        uint256[] memory other = new uint256[](1);
        bytes32 given = keccak256(abi.encode(assets, other));
        _expect(abi.encodeWithSelector(ISignedDebt.CollateralDiffers.selector, terms.collateralHash, given));
        debts.commit(terms, assets, other, none);
        _expect(abi.encodeWithSelector(ISignedDebt.SignatureInvalid.selector, lender, loanId));
        debts.commit(terms, assets, amounts, none);
        bytes memory signature = _sign(borrowerKey, loanId);
        _expect(abi.encodeWithSelector(ISignedDebt.SignatureInvalid.selector, lender, loanId));
        debts.commit(terms, assets, amounts, signature);
        signature = _sign(lenderKey, loanId);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, loanId, borrower));
        debts.commit(terms, assets, amounts, signature);
    }

    function test_terms_are_committed_once() public {
        (bytes32 loanId, DebtTerms memory terms) = _committed();
        bytes memory signature = _sign(lenderKey, loanId);
        _expect(abi.encodeWithSelector(ISignedDebt.StateIs.selector, loanId, DebtState.Committed));
        debts.commit(terms, assets, amounts, signature);
    }

    function test_lock_of_another_is_no_consent_of_the_borrower() public {
        DebtTerms memory terms = _terms();
        bytes32 loanId = debts.termsDigest(terms);
        _deposit(alice, weth, 10e18);
        vm.prank(alice);
        escrow.lock(loanId, debts, assets, amounts);
        bytes memory signature = _sign(lenderKey, loanId);
        _expect(abi.encodeWithSelector(ICollateralErrors.LockMissing.selector, loanId, borrower));
        debts.commit(terms, assets, amounts, signature);
    }

    function test_nothing_is_owed_before_the_borrower_says_that_the_money_came() public {
        (bytes32 loanId,) = _committed();
        bytes memory signature = _sign(lenderKey, loanId);
        vm.expectPartialRevert(ISignedDebt.SignatureInvalid.selector);
        debts.acknowledge(loanId, signature);
        bytes32 structHash = keccak256(abi.encode(debts.ACKNOWLEDGEMENT_TYPEHASH(), loanId));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", _separator(), structHash));
        debts.acknowledge(loanId, _sign(borrowerKey, digest));
        assertEq(_due(loanId), 10_000e6);
        _expect(abi.encodeWithSelector(ISignedDebt.StateIs.selector, loanId, DebtState.Owed));
        vm.prank(borrower);
        debts.acknowledge(loanId, "");
    }

    function test_cancel_is_the_lenders_and_for_ever() public {
        (bytes32 loanId, DebtTerms memory terms) = _committed();
        _expect(abi.encodeWithSelector(ISignedDebt.NotLender.selector, lender, bob));
        vm.prank(bob);
        debts.cancel(terms);
        vm.startPrank(lender);
        debts.cancel(terms);
        _expect(abi.encodeWithSelector(ISignedDebt.StateIs.selector, loanId, DebtState.Cancelled));
        debts.cancel(terms);
        vm.stopPrank();
        bytes memory signature = _sign(lenderKey, loanId);
        _expect(abi.encodeWithSelector(ISignedDebt.StateIs.selector, loanId, DebtState.Cancelled));
        debts.commit(terms, assets, amounts, signature);
        vm.prank(borrower);
        escrow.release(loanId, borrower);
    }

    function test_debt_grows_at_the_rate_rounded_up() public {
        bytes32 loanId = _owed();
        skip(1);
        // 10,000 * 10 % / 31,536,000 s = 31.7… units a second
        assertEq(_due(loanId), 10_000e6 + 32);
        skip(30 days - 1);
        assertEq(_due(loanId), 10_000e6 + 82_191781);
    }

    function test_lower_statement_counts_at_once_and_zero_closes() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        assertEq(_due(loanId), 4_000e6);
        _state(loanId, 0, 2);
        assertEq(_binding(loanId), uint8(ILoanBook.Binding.None));
        vm.prank(borrower);
        escrow.release(loanId, borrower);
    }

    function test_jump_counts_after_the_delay_only() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        _state(loanId, 8_000e6, 2);
        assertEq(_due(loanId), 4_000e6);
        skip(48 hours - 1);
        assertLt(_due(loanId), 4_010e6);
        skip(1);
        assertEq(_due(loanId), 8_000e6 + 4_383562);
        vm.expectPartialRevert(ISignedDebt.NoJump.selector);
        vm.prank(borrower);
        debts.refuseJump(loanId);
    }

    function test_jump_keeps_its_date_when_stated_again_and_not_when_raised() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        _state(loanId, 8_000e6, 2);
        uint64 from = uint64(block.timestamp + 48 hours);
        skip(1 days);
        _state(loanId, 8_000e6, 3);
        assertEq(debts.loanOf(loanId).jumpFrom, from);
        _state(loanId, 9_000e6, 4);
        assertEq(debts.loanOf(loanId).jumpFrom, from + 1 days);
    }

    function test_borrower_refuses_a_jump() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        _state(loanId, 8_000e6, 2);
        _expect(abi.encodeWithSelector(ISignedDebt.NotBorrower.selector, borrower, lender));
        vm.prank(lender);
        debts.refuseJump(loanId);
        vm.prank(borrower);
        debts.refuseJump(loanId);
        skip(3 days);
        assertLt(_due(loanId), 4_010e6);
        _expect(abi.encodeWithSelector(ISignedDebt.NoJump.selector, loanId));
        vm.prank(borrower);
        debts.refuseJump(loanId);
    }

    function test_statement_refusals_in_order() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 9_000e6, 5);
        DebtStatement memory statement = _statement(loanId, 1, 5);
        _expect(abi.encodeWithSelector(ISignedDebt.SequenceOld.selector, loanId, 5, 5));
        debts.stateDebt(statement, "");
        statement.sequence = 6;
        statement.statedAt += 1;
        _expect(abi.encodeWithSelector(ISignedDebt.StatedInFuture.selector, statement.statedAt, block.timestamp));
        debts.stateDebt(statement, "");
        statement.statedAt -= 1 days + 2;
        _expect(abi.encodeWithSelector(ISignedDebt.StatedBefore.selector, statement.statedAt, statement.statedAt + 1));
        debts.stateDebt(statement, "");
        statement.statedAt += 1 days + 1;
        statement.repaid = 1;
        _expect(abi.encodeWithSelector(ISignedDebt.RepaidAhead.selector, loanId, 0, 1));
        debts.stateDebt(statement, "");
        statement.repaid = 0;
        statement.validUntil = uint64(block.timestamp - 1);
        _expect(abi.encodeWithSelector(ISignedDebt.ValidityRefused.selector, statement.statedAt, statement.validUntil));
        debts.stateDebt(statement, "");
        statement.validUntil = statement.statedAt + 35 days + 1;
        _expect(abi.encodeWithSelector(ISignedDebt.ValidityRefused.selector, statement.statedAt, statement.validUntil));
        debts.stateDebt(statement, "");
        statement.validUntil -= 1;
        uint256 cap = 10_000e6 + 2_739727;
        statement.amount = uint128(cap + 1);
        _expect(abi.encodeWithSelector(ISignedDebt.GrowthAboveCap.selector, loanId, cap + 1, cap));
        debts.stateDebt(statement, "");
        statement.amount = uint128(cap);
        bytes32 digest = debts.statementDigest(statement);
        _expect(abi.encodeWithSelector(ISignedDebt.SignatureInvalid.selector, lender, digest));
        debts.stateDebt(statement, "");
        statement.loanId = bytes32(0);
        _expect(abi.encodeWithSelector(ISignedDebt.StateIs.selector, bytes32(0), DebtState.Unknown));
        debts.stateDebt(statement, "");
    }

    function testFuzz_each_field_of_a_statement_is_signed(uint8 field, uint64 change) public {
        bytes32 loanId = _owed();
        skip(5 days);
        DebtStatement memory statement = _statement(loanId, 5_000e6, 100);
        statement.statedAt -= 2 days;
        bytes memory signature = _sign(lenderKey, debts.statementDigest(statement));
        change = uint64(bound(change, 1, 1 days));
        field = uint8(bound(field, 0, 3));
        if (field == 0) statement.amount += change;
        if (field == 1) statement.sequence += change;
        if (field == 2) statement.statedAt += change;
        if (field == 3) statement.validUntil += change;
        vm.expectPartialRevert(ISignedDebt.SignatureInvalid.selector);
        debts.stateDebt(statement, signature);
    }

    function test_silent_lender_stops_liquidation_and_not_repayment() public {
        bytes32 loanId = _owed();
        uint256 validUntil = block.timestamp + 35 days;
        vm.warp(validUntil + 1);
        _expect(abi.encodeWithSelector(ISignedDebt.StatementExpired.selector, loanId, validUntil));
        debts.debtOf(loanId);
        _expect(abi.encodeWithSelector(ISignedDebt.StatementExpired.selector, loanId, validUntil));
        vm.prank(borrower);
        escrow.releasePart(loanId, address(weth), 1);
        uint256 due = debts.dueOf(loanId);
        usdc.mint(borrower, due);
        vm.startPrank(borrower);
        usdc.approve(address(debts), due);
        debts.repay(loanId, type(uint256).max);
        escrow.release(loanId, borrower);
        vm.stopPrank();
        assertEq(debts.collectable(payee, address(usdc)), due);
    }

    function test_repayment_is_capped_kept_for_the_payee_and_lowers_debt_and_cap() public {
        bytes32 loanId = _owed();
        usdc.mint(bob, 20_000e6);
        vm.startPrank(bob);
        usdc.approve(address(debts), type(uint256).max);
        _expect(abi.encodeWithSelector(ISignedDebt.AmountZero.selector));
        debts.repay(loanId, 0);
        debts.repay(loanId, 6_000e6);
        assertEq(_due(loanId), 4_000e6);
        vm.stopPrank();
        DebtStatement memory statement = _statement(loanId, 4_000e6 + 1, 1);
        _expect(abi.encodeWithSelector(ISignedDebt.GrowthAboveCap.selector, loanId, 4_000e6 + 1, 4_000e6));
        debts.stateDebt(statement, "");
        vm.prank(bob);
        assertEq(debts.repay(loanId, 20_000e6), 4_000e6);
        vm.startPrank(payee);
        _expect(abi.encodeWithSelector(ISignedDebt.AddressRefused.selector, address(0)));
        debts.collect(address(usdc), address(0));
        assertEq(debts.collect(address(usdc), payee), 10_000e6);
        _expect(abi.encodeWithSelector(ISignedDebt.AmountZero.selector));
        debts.collect(address(usdc), payee);
        _expect(abi.encodeWithSelector(ISignedDebt.StateIs.selector, loanId, DebtState.Repaid));
        debts.repay(loanId, 1);
    }

    function test_lower_statement_drops_a_waiting_jump() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        _state(loanId, 8_000e6, 2);
        _state(loanId, 3_000e6, 3);
        skip(3 days);
        assertLt(_due(loanId), 3_010e6);
    }

    function test_stated_again_and_again_interest_stays_simple() public {
        bytes32 loanId = _owed();
        for (uint64 i = 1; i <= 10; ++i) {
            skip(10 days);
            _state(loanId, uint128(_due(loanId)), i);
        }
        skip(5 days);
        // 10,000 * 10 % * 105 / 365, rounded up; compounded it would be 291 and more.
        assertEq(_due(loanId), 10_000e6 + 287_671233);
    }

    function test_repayment_lowers_a_waiting_jump() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        _state(loanId, 8_000e6, 2);
        usdc.mint(bob, 1_000e6);
        vm.startPrank(bob);
        usdc.approve(address(debts), type(uint256).max);
        debts.repay(loanId, 1_000e6);
        SignedLoan memory loan = debts.loanOf(loanId);
        assertEq(loan.amount, 3_000e6);
        assertEq(loan.jump, 7_000e6);
    }

    function test_repayment_after_the_delay_is_of_the_stated_amount() public {
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        _state(loanId, 8_000e6, 2);
        skip(48 hours);
        uint256 due = _due(loanId);
        usdc.mint(bob, 1_000e6);
        vm.startPrank(bob);
        usdc.approve(address(debts), type(uint256).max);
        debts.repay(loanId, 1_000e6);
        SignedLoan memory loan = debts.loanOf(loanId);
        assertEq(loan.amount, due - 1_000e6);
        assertEq(loan.jump, 0);
        assertEq(_due(loanId), due - 1_000e6);
    }

    function test_only_the_escrow_liquidates_and_records() public {
        bytes32 loanId = _owed();
        _expect(abi.encodeWithSelector(ISignedDebt.NotEscrow.selector, address(escrow), bob));
        vm.prank(bob);
        debts.repayByLiquidation(loanId, 1);
        _expect(abi.encodeWithSelector(ISignedDebt.NotEscrow.selector, address(escrow), bob));
        vm.prank(bob);
        debts.recordShortfall(loanId, 1);
        vm.warp(block.timestamp + 36 days);
        vm.expectPartialRevert(ISignedDebt.StatementExpired.selector);
        vm.prank(address(escrow));
        debts.repayByLiquidation(loanId, 1);
    }

    function test_liquidation_through_the_book_from_half_to_shortfall() public {
        bytes32 loanId = _owed();
        _fund(keeper, 20_000e6);
        vm.startPrank(keeper);
        _price(address(weth), 1_200e8);
        escrow.liquidate(
            loanId, borrower, address(weth), 0, CollateralLiquidation.Bid(type(uint256).max, block.timestamp, keeper)
        );
        assertEq(_due(loanId), 5_000e6);
        _price(address(weth), 500e8);
        (uint256 repaid,) = escrow.liquidate(
            loanId, borrower, address(weth), 0, CollateralLiquidation.Bid(type(uint256).max, block.timestamp, keeper)
        );
        assertEq(escrow.shortfall(loanId, borrower), 5_000e6 - repaid);
        assertEq(debts.loanOf(loanId).shortfall, 5_000e6 - repaid);
        assertEq(_due(loanId), 5_000e6 - repaid);
        assertEq(debts.collectable(payee, address(usdc)), 5_000e6 + repaid);
    }

    function test_book_needs_an_escrow_that_is_a_contract() public {
        _expect(abi.encodeWithSelector(ISignedDebt.AddressRefused.selector, bob));
        new SignedDebtBook(ICollateral(bob));
    }
}
