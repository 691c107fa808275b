// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {ICollateralErrors} from "src/collateral/ICollateralErrors.sol";
import {IRiskPolicy} from "src/collateral/IRiskPolicy.sol";
import {DebtTerms} from "src/collateral/SignedDebtTypes.sol";
import {ILoanBook} from "src/interfaces/ILoanBook.sol";
import {IScores} from "src/interfaces/IScores.sol";
import {World} from "./World.sol";

/// @notice Whole lives of loans over the real contracts.
contract LifeTest is World {
    function test_a_loan_is_locked_scored_accepted_gasless_funded_repaid_and_released() public {
        Quote memory q = offer();
        bytes32 loanId = register.quoteDigest(q);
        lockFor(loanId);
        assertEq(weth.balanceOf(borrower), 0);
        assertEq(vault.locked(loanId, borrower, address(weth)), PLEDGED);
        assertEq(acceptGasless(q, pledge()), loanId);
        assertEq(uint8(register.debtOf(loanId).binding), uint8(ILoanBook.Binding.Committed));
        vm.expectPartialRevert(ICollateralErrors.BindingIs.selector);
        vm.prank(borrower);
        vault.release(loanId, borrower);

        vm.prank(stranger);
        register.fundWithToken(loanId, pledge());
        assertEq(token.balanceOf(borrower), LENT);
        assertEq(vault.healthOf(loanId, borrower), 1.28e18);
        assertTrue(register.isRankProven(loanId, new bytes32[](0)));

        skip(180 days);
        pay(loanId, FIRST);
        // 10 % of 10,000 for 180 days, rounded up, went to interest first.
        assertEq(register.owed(loanId), LENT + uint256(LENT) * 180 / 3650 + 1 - FIRST);
        vm.prank(borrower);
        vault.releasePart(loanId, address(weth), 3e18);
        skip(185 days);
        pay(loanId, register.owed(loanId));
        assertEq(uint8(register.loanOf(loanId).state), uint8(LoanState.Repaid));
        assertEq(token.balanceOf(lender), register.loanOf(loanId).paid);
        assertGt(token.balanceOf(lender), LENT + 700e18);
        takeBack(loanId);
        assertEq(weth.balanceOf(borrower), PLEDGED);
        assertEq(vault.tracked(address(weth)), 0);
        assertEq(token.balanceOf(address(register)), 0);
    }

    function test_a_loan_under_water_is_liquidated_half_then_whole_with_bad_debt_that_stays_owed() public {
        bytes32 loanId = lend();
        price(1_540e8);
        (uint256 repaid,) = sell(loanId);
        assertEq(repaid, LENT / 2);
        assertEq(token.balanceOf(lender), LENT / 2);
        assertEq(uint8(register.loanOf(loanId).state), uint8(LoanState.Funded));
        assertGe(vault.healthOf(loanId, borrower), 0.98e18);

        price(700e8);
        vm.prank(keeper);
        (uint256 more, uint256[] memory seized) = vault.liquidateAll(loanId, borrower, new uint256[](1), bid());
        uint256 left = LENT / 2 - more;
        assertEq(weth.balanceOf(keeper), PLEDGED);
        assertGt(seized[0], 0);
        assertGt(left, 0);
        assertEq(vault.shortfall(loanId, borrower), left);
        Loan memory loan = register.loanOf(loanId);
        assertEq(uint8(loan.state), uint8(LoanState.Liquidated));
        assertEq(loan.shortfall, left);
        assertEq(register.owed(loanId), left);
        assertEq(token.balanceOf(lender), LENT / 2 + more);
        assertEq(token.allowance(address(vault), address(register)), 0);
        assertEq(token.balanceOf(address(vault)), 0);

        skip(365 days);
        assertEq(register.owed(loanId), left);
        pay(loanId, left);
        assertEq(token.balanceOf(lender), LENT);
        takeBack(loanId);
        (ILoanBook book,) = vault.lockOf(loanId, borrower);
        assertEq(address(book), address(0));
    }

    function test_a_default_under_healthy_collateral_is_sold_for_what_is_overdue_and_ends_with_its_cure() public {
        bytes32 loanId = lend();
        skip(270 days + 1);
        vm.expectPartialRevert(ICollateralErrors.HealthSound.selector);
        sell(loanId);
        markAs(loanId, LoanState.Impaired);
        vm.expectPartialRevert(ICollateralErrors.HealthSound.selector);
        sell(loanId);
        markAs(loanId, LoanState.Defaulted);
        (,, uint256 closeable,) = vault.quoteLiquidation(loanId, borrower);
        assertEq(closeable, FIRST);

        // Half of what is overdue by the borrower, the other half by a liquidator.
        pay(loanId, FIRST / 2);
        uint256 before = vault.healthOf(loanId, borrower);
        (uint256 repaid, uint256 seized) = sell(loanId);
        assertEq(repaid, FIRST / 2);
        assertEq(seized, FIRST / 2 * 105 / 100 / 2_000);
        assertGt(vault.healthOf(loanId, borrower), before);
        vm.expectPartialRevert(ICollateralErrors.HealthSound.selector);
        sell(loanId);
        register.cure(loanId, plan());
        assertEq(uint8(register.loanOf(loanId).state), uint8(LoanState.Funded));

        // The rest is due at the maturity, and called whole when that is past by the grace.
        skip(365 days);
        markAs(loanId, LoanState.Impaired);
        markAs(loanId, LoanState.Defaulted);
        uint256 owed = register.owed(loanId);
        vm.prank(keeper);
        (repaid,) = vault.liquidateAll(loanId, borrower, new uint256[](1), bid());
        assertEq(repaid, owed);
        assertEq(uint8(register.loanOf(loanId).state), uint8(LoanState.Liquidated));
        assertEq(register.loanOf(loanId).shortfall, 0);
        takeBack(loanId);
        assertGt(weth.balanceOf(borrower), 0);
    }

    function test_squatter_neither_blocks_a_loan_nor_ends_it() public {
        bytes32 loanId = register.quoteDigest(offer());
        weth.mint(stranger, 1);
        vm.startPrank(stranger);
        weth.approve(address(vault), 1);
        vault.depositAndLock(loanId, register, address(weth), 1);
        vm.stopPrank();
        assertEq(lend(), loanId);
        vm.expectPartialRevert(ICollateralErrors.BindingIs.selector);
        vm.prank(keeper);
        vault.liquidateAll(loanId, stranger, new uint256[](1), bid());
        assertEq(uint8(register.loanOf(loanId).state), uint8(LoanState.Funded));
        vm.prank(stranger);
        vault.release(loanId, stranger);
    }

    function test_score_that_is_frozen_or_falls_before_funding_stops_it_and_the_collateral_comes_back() public {
        Quote memory q = offer();
        lockFor(register.quoteDigest(q));
        bytes32 loanId = acceptGasless(q, pledge());
        _score(2, 600);
        vm.expectRevert(abi.encodeWithSelector(Errors.ScoreTooLow.selector, 600, 650));
        register.fundWithToken(loanId, pledge());
        vm.prank(guardian);
        oracle.freeze(q.scoreSubject, q.scoreModel);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.ScoreNotValid.selector, q.scoreSubject, q.scoreModel, uint8(IScores.Status.Frozen)
            )
        );
        register.fundWithToken(loanId, pledge());
        vm.warp(register.loanOf(loanId).fundBy);
        takeBack(loanId);
        assertEq(weth.balanceOf(borrower), PLEDGED);
    }

    function test_price_that_falls_before_funding_stops_it() public {
        Quote memory q = offer();
        lockFor(register.quoteDigest(q));
        bytes32 loanId = acceptGasless(q, pledge());
        price(1_600e8);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralErrors.PowerInsufficient.selector, loanId, 9_600e18, 10_000e18)
        );
        register.fundWithToken(loanId, pledge());
        vm.prank(borrower);
        register.cancelAccepted(loanId);
        takeBack(loanId);
    }

    function test_exits_work_in_every_pause_and_without_any_price() public {
        bytes32 loanId = lend();
        vm.startPrank(guardian);
        for (uint8 i = 0; i <= uint8(type(IRiskPolicy.Action).max); ++i) {
            policy.pause(IRiskPolicy.Action(i));
        }
        policy.disallowBook(address(register));
        oracle.freezeAll();
        vm.stopPrank();
        pauseAll();
        price(0);
        tokenFeeds[0].set(0);
        pay(loanId, register.owed(loanId));
        takeBack(loanId);
        assertEq(weth.balanceOf(borrower), PLEDGED);
    }

    function test_money_that_moves_elsewhere_is_secured_by_the_book_of_signed_debts() public {
        CollateralTerms memory terms = pledge();
        DebtTerms memory debt = DebtTerms({
            lender: key,
            payee: lender,
            borrower: borrower,
            asset: address(token),
            principal: uint128(LENT),
            rateBps: 1_000,
            fundBy: uint64(block.timestamp + 3 days),
            maturity: uint64(block.timestamp + YEAR),
            collateralHash: keccak256(abi.encode(terms.assets, terms.amounts)),
            nonce: 1
        });
        bytes32 debtId = debts.termsDigest(debt);
        (terms.book, terms.debtId) = (address(debts), debtId);
        vm.prank(borrower);
        vault.depositAndLock(debtId, debts, address(weth), PLEDGED);
        Quote memory q = offer();
        q.fundingKind = FundingKind.Receipt;
        q.collateralTermsHash = hashTerms(terms);

        uint256 snapshot = vm.snapshotState();
        vm.expectRevert(abi.encodeWithSelector(Errors.CollateralUnbound.selector, address(debts), debtId));
        this.acceptOutside(q, terms);
        vm.revertToState(snapshot);

        debts.commit(debt, terms.assets, terms.amounts, sign(keyKey, debtId));
        bytes32 loanId = acceptGasless(q, terms);
        FundingReceipt memory r =
            FundingReceipt(loanId, address(token), LENT, uint64(block.timestamp), keccak256("wire"));
        register.fundWithReceipt(r, both(hashReceipt(r)));
        vm.prank(borrower);
        debts.acknowledge(debtId, "");
        assertEq(uint8(register.loanOf(loanId).state), uint8(LoanState.Funded));

        price(1_540e8);
        vm.prank(keeper);
        (uint256 repaid,) = vault.liquidate(debtId, borrower, address(weth), 0, bid());
        assertEq(repaid, LENT / 2);
        assertEq(debts.collectable(lender, address(token)), LENT / 2);
        vm.prank(lender);
        debts.collect(address(token), lender);
        assertEq(token.balanceOf(lender), LENT + LENT / 2);
    }

    /// @dev From outside, so that a revert inside is seen where it is expected.
    function acceptOutside(Quote memory q, CollateralTerms memory terms) external {
        acceptGasless(q, terms);
    }
}
