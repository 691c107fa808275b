// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import "src/aggregator/AggregatorTypes.sol";
import {CreditAggregator} from "src/aggregator/CreditAggregator.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {ILoanBook} from "src/interfaces/ILoanBook.sol";
import {IScores} from "src/interfaces/IScores.sol";
import {AggregatorBase} from "./AggregatorBase.sol";

/// @notice What happened to others, tried here.
contract ScenariosTest is AggregatorBase {
    function test_ALoanFromQuoteToLastPayment() public {
        bytes32 loanId = accepted(defaultQuote());
        assertEq(loanId, typed(hashQuote(defaultQuote())));
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.Committed));
        fund(loanId);
        assertEq(token.balanceOf(borrower), PRINCIPAL);
        vm.warp(block.timestamp + YEAR);
        assertEq(register.owed(loanId), PRINCIPAL + PRINCIPAL / 10);
        payAs(stranger, loanId, type(uint256).max);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
        assertEq(token.balanceOf(lender), 10 * uint256(PRINCIPAL) + PRINCIPAL / 10);
        assertEq(token.balanceOf(address(register)), 0);
    }

    /// @notice Wintermute 2022: what was made on one chain was used on another, where the same address meant something else.
    function test_Wintermute2022_nothingSignedForOneChainIsAcceptedOnAnother() public {
        Quote memory q = defaultQuote();
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        s.borrower = sign(borrowerKey, typed(hashAcceptance(a)));
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.QuoteField.selector, bytes32("fundingChain"), here));
        register.accept(q, collateral(address(register)), a, s);

        // Even where the quote names the other chain, the signature is for this one.
        q.fundingChain = here + 1;
        s.provider = sign(
            keyKey,
            keccak256(
                abi.encodePacked(
                    hex"1901", domainOf(here, address(register), "Agio Credit Aggregator", "1"), hashQuote(q)
                )
            )
        );
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashQuote(q))));
        register.accept(q, collateral(address(register)), a, s);
    }

    /// @notice As above, for the borrower's yes: the provider signed for both chains, the borrower for one.
    function test_Wintermute2022_anAcceptanceForOneChainIsNoneOnAnother() public {
        Quote memory q = defaultQuote();
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        q.fundingChain = here + 1;
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        s.borrower = sign(
            borrowerKey,
            keccak256(
                abi.encodePacked(
                    hex"1901", domainOf(here, address(register), "Agio Credit Aggregator", "1"), hashAcceptance(a)
                )
            )
        );
        vm.expectRevert(
            abi.encodeWithSelector(Errors.BorrowerSignatureInvalid.selector, borrower, typed(hashAcceptance(a)))
        );
        register.accept(q, collateral(address(register)), a, s);
    }

    /// @notice Maple 2022: a borrower was insolvent and hid it; lenders paid out after it was known, and marked the loss late.
    function test_Maple2022_aScoreLostAfterAcceptanceStopsTheMoney() public {
        bytes32 loanId = accepted(defaultQuote());
        scores.set(IScores.Status.Revoked, 700);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.ScoreNotValid.selector, keccak256("subject"), keccak256("model"), uint8(IScores.Status.Revoked)
            )
        );
        fund(loanId);
        scores.set(IScores.Status.Valid, 649);
        vm.expectRevert(abi.encodeWithSelector(Errors.ScoreTooLow.selector, 649, 650));
        fund(loanId);
    }

    /// @notice As above: once a payment is missed by more than the grace, nobody can keep the lender from saying so, nor say so too early.
    function test_Maple2022_aMissedPaymentIsMarkedInEveryPause() public {
        bytes32 loanId = funded();
        uint256 start = block.timestamp;
        pauseAll();
        vm.warp(start + 180 days + 30 days);
        Notice memory n = Notice(loanId, 1, LoanState.Impaired, keccak256("reason"), uint64(block.timestamp + 1));
        bytes memory signature = sign(keyKey, typed(hashNotice(n)));
        Instalment[] memory rows = schedule();
        vm.expectRevert(abi.encodeWithSelector(Errors.NotOverdue.selector, loanId, 0, 0));
        register.markImpaired(n, key, signature, rows);
        vm.warp(start + 180 days + 30 days + 1);
        mark(loanId, LoanState.Impaired);
        vm.warp(start + 180 days + 90 days + 1);
        mark(loanId, LoanState.Defaulted);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Defaulted));
        payAs(borrower, loanId, type(uint256).max);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
    }

    function test_QuoteReplay_onAnotherRequest() public {
        Quote memory q = defaultQuote();
        accepted(q);
        Quote memory other = q;
        bytes memory signature = sign(keyKey, typed(hashQuote(q)));
        other.requestHash = keccak256("another request");
        open(other);
        commit(other);
        Acceptance memory a = acceptanceOf(other);
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashQuote(other))));
        register.accept(other, collateral(address(register)), a, Signatures(key, signature, ""));
    }

    function test_QuoteReplay_byAnotherBorrower() public {
        Quote memory q = defaultQuote();
        bytes memory signature = sign(keyKey, typed(hashQuote(q)));
        q.borrower = stranger;
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashQuote(q))));
        register.accept(q, collateral(address(register)), a, Signatures(key, signature, ""));
    }

    function test_QuoteReplay_onAnotherContract() public {
        Quote memory q = defaultQuote();
        CreditAggregator first = register;
        q.collateralTermsHash = hashTerms(noCollateral());
        bytes memory signature = sign(keyKey, typed(hashQuote(q)));
        bytes32 elsewhere = typed(hashQuote(q));
        setUp();
        assertNotEq(address(first), address(register));
        q.validAfter = 0;
        q.validUntil = type(uint64).max;
        signature = sign(
            keyKey,
            keccak256(
                abi.encodePacked(
                    hex"1901", domainOf(block.chainid, address(first), "Agio Credit Aggregator", "1"), hashQuote(q)
                )
            )
        );
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        assertNotEq(elsewhere, a.quoteDigest);
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashQuote(q))));
        register.accept(q, noCollateral(), a, Signatures(key, signature, ""));
    }

    function test_QuoteReplay_theSameQuoteTwice() public {
        Quote memory q = defaultQuote();
        accepted(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestStateIs.selector, requestIdOf(q), RequestState.Accepted));
        register.accept(q, collateral(address(register)), a, s);
    }

    /// @notice A key stolen after it signed: what it signed can no longer take anyone's money.
    function test_StolenKey_revokedBetweenAcceptanceAndFunding() public {
        bytes32 loanId = accepted(defaultQuote());
        vm.prank(guardian);
        register.revokeKey(PROVIDER, key);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, key, KeyStatus.Revoked));
        fund(loanId);
        vm.warp(block.timestamp + 3 days);
        register.expireAccepted(loanId);
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
    }

    /// @notice A provider that names somebody else's allowance gets nothing.
    function test_ForeignAllowance_cannotBeNamed() public {
        Quote memory q = defaultQuote();
        q.lender = makeAddr("victim");
        token.mint(q.lender, PRINCIPAL);
        vm.prank(q.lender);
        token.approve(address(register), type(uint256).max);
        bytes32 loanId = accepted(q);
        vm.expectRevert(abi.encodeWithSelector(Errors.LenderNotBound.selector, q.lender, PROVIDER));
        fund(loanId);
    }
}
