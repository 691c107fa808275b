// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "src/aggregator/IAggregatorEvents.sol";
import {ICollateral} from "src/interfaces/ICollateral.sol";
import {ILoanBook} from "src/interfaces/ILoanBook.sol";
import {IScores} from "src/interfaces/IScores.sol";
import {StubBook} from "../collateral/StubBook.sol";
import {AggregatorBase} from "./AggregatorBase.sol";
import {EscrowDouble} from "./Doubles.sol";

contract AcceptanceTest is AggregatorBase {
    uint256 private _shapes;

    function ready(Quote memory q) internal {
        open(q);
        commit(q);
    }

    function refused(Quote memory q, bytes memory reason) internal {
        Acceptance memory a = acceptanceOf(q);
        refused(q, termsOf(q), a, signaturesOf(q), reason);
    }

    function refused(
        Quote memory q,
        CollateralTerms memory terms,
        Acceptance memory a,
        Signatures memory s,
        bytes memory reason
    ) internal {
        vm.prank(q.borrower);
        vm.expectRevert(reason);
        register.accept(q, terms, a, s);
    }

    function field(bytes32 name, uint256 value) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Errors.QuoteField.selector, name, value);
    }

    function test_AcceptWritesEverythingAndSaysSo() public {
        Quote memory q = defaultQuote();
        ready(q);
        vm.expectEmit(address(register));
        emit Events.NonceConsumed(PROVIDER, 1);
        vm.expectEmit(address(register));
        emit Events.LoanAccepted(
            typed(hashQuote(q)), requestIdOf(q), key, q, 1, address(escrow), uint64(block.timestamp + 3 days)
        );
        bytes32 loanId = accept(q);
        assertEq(register.quoteDigest(q), loanId);
        Loan memory l = register.loanOf(loanId);
        assertEq(l.borrower, q.borrower);
        assertEq(uint8(l.state), uint8(LoanState.Accepted));
        assertEq(l.lender, q.lender);
        assertEq(l.apr, q.apr);
        assertEq(l.asset, q.asset);
        assertEq(l.fundBy, block.timestamp + q.fundWithin);
        assertEq(l.term, q.term);
        assertEq(l.escrow, address(escrow));
        assertEq(l.impairGrace, q.impairGrace);
        assertEq(l.defaultGrace, q.defaultGrace);
        assertEq(l.key, key);
        assertEq(l.acceptedAt, block.timestamp);
        assertEq(l.requestHash, q.requestHash);
        assertEq(l.providerId, q.providerId);
        assertEq(l.scheduleHash, q.scheduleHash);
        assertEq(l.feesHash, q.feesHash);
        assertEq(l.collateralTermsHash, q.collateralTermsHash);
        assertEq(l.scoreModel, q.scoreModel);
        assertEq(l.scoreSubject, q.scoreSubject);
        assertEq(l.minScore, q.minScore);
        assertEq(l.principal, q.principal);
        assertEq(l.outstanding, 0);
        assertEq(uint8(register.requestOf(requestIdOf(q)).state), uint8(RequestState.Accepted));
    }

    function test_AcceptByRelay() public {
        Quote memory q = defaultQuote();
        ready(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        s.borrower = sign(borrowerKey, typed(hashAcceptance(a)));
        vm.prank(stranger);
        register.accept(q, termsOf(q), a, s);
        assertEq(uint8(stateOf(a.quoteDigest)), uint8(LoanState.Accepted));
    }

    function test_AcceptNeedsALiveRequest() public {
        Quote memory q = defaultQuote();
        refused(q, abi.encodeWithSelector(Errors.RequestStateIs.selector, requestIdOf(q), RequestState.None));
        ready(q);
        uint64 over = register.requestOf(requestIdOf(q)).expiresAt;
        vm.warp(over);
        refused(q, abi.encodeWithSelector(Errors.RequestOver.selector, requestIdOf(q), over));
        vm.prank(borrower);
        register.cancelRequest(REQUEST);
        refused(q, abi.encodeWithSelector(Errors.RequestStateIs.selector, requestIdOf(q), RequestState.Cancelled));
    }

    function test_AcceptKeepsEveryBound() public {
        Quote memory q = defaultQuote();
        ready(q);
        q.lender = address(0);
        refused(q, field("lender", 0));
        q.lender = borrower;
        refused(q, field("lender", uint160(borrower)));
        q.lender = address(register);
        refused(q, field("lender", uint160(address(register))));
        q = defaultQuote();
        q.asset = address(0);
        refused(q, field("asset", 0));
        q = defaultQuote();
        q.principal = 0;
        refused(q, field("principal", 0));
        q.principal = uint256(type(uint112).max) + 1;
        refused(q, field("principal", q.principal));
        q = defaultQuote();
        q.apr = 10e18 + 1;
        refused(q, field("apr", q.apr));
        q = defaultQuote();
        q.term = 0;
        refused(q, field("term", 0));
        q.term = 50 * 365 days + 1;
        refused(q, field("term", q.term));
        q = defaultQuote();
        q.impairGrace = q.defaultGrace + 1;
        refused(q, field("impairGrace", q.impairGrace));
        q = defaultQuote();
        q.scheduleHash = 0;
        refused(q, field("scheduleHash", 0));
        q = defaultQuote();
        q.fundWithin = 0;
        refused(q, field("fundWithin", 0));
        q.fundWithin = 30 days + 1;
        refused(q, field("fundWithin", q.fundWithin));
        q = defaultQuote();
        q.fundingChain = block.chainid + 1;
        refused(q, field("fundingChain", q.fundingChain));
        q = defaultQuote();
        q.rateKind = RateKind.Variable;
        refused(q, field("rateKind", 1));
        q = protocolQuote(borrower);
        q.lender = lender;
        refused(q, abi.encodeWithSelector(Errors.AdapterUnknown.selector, lender));
    }

    function test_AcceptKeepsTheQuotesTime() public {
        Quote memory q = defaultQuote();
        q.validAfter = uint64(block.timestamp + 1);
        ready(q);
        refused(q, abi.encodeWithSelector(Errors.QuoteNotYet.selector, q.validAfter));
        vm.warp(q.validUntil);
        refused(q, abi.encodeWithSelector(Errors.QuoteOver.selector, q.validUntil));
        vm.warp(q.validUntil - 1);
        accept(q);
    }

    function test_AcceptNeedsAKeyValidNow() public {
        Quote memory q = defaultQuote();
        q.validUntil = type(uint64).max;
        ready(q);
        Signatures memory s = signaturesOf(q);
        s.key = stranger;
        refused(
            q,
            termsOf(q),
            acceptanceOf(q),
            s,
            abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, stranger, KeyStatus.Unknown)
        );
        vm.prank(guardian);
        register.revokeKey(PROVIDER, key);
        refused(q, abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, key, KeyStatus.Revoked));
    }

    function test_AKeyOfAnotherProviderDoesNotCount() public {
        Quote memory q = defaultQuote();
        q.providerId = keccak256("another provider");
        ready(q);
        refused(q, abi.encodeWithSelector(Errors.KeyNotValid.selector, q.providerId, key, KeyStatus.Unknown));
    }

    function test_AcceptNeedsTheBorrowersOwnYes() public {
        Quote memory q = defaultQuote();
        ready(q);
        Acceptance memory a = acceptanceOf(q);
        a.quoteDigest = keccak256("another");
        refused(
            q,
            termsOf(q),
            a,
            signaturesOf(q),
            abi.encodeWithSelector(Errors.AcceptanceIsFor.selector, typed(hashQuote(q)), a.quoteDigest)
        );
        a = acceptanceOf(q);
        a.deadline = uint64(block.timestamp);
        refused(q, termsOf(q), a, signaturesOf(q), abi.encodeWithSelector(Errors.DeadlinePassed.selector, a.deadline));
        a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.BorrowerSignatureInvalid.selector, borrower, typed(hashAcceptance(a)))
        );
        register.accept(q, collateral(address(register)), a, s);
    }

    function test_AcceptNeedsWhatWasShown() public {
        Quote memory q = defaultQuote();
        open(q);
        refused(q, abi.encodeWithSelector(Errors.OutcomesRootIs.selector, requestIdOf(q), bytes32(0), bytes32(0)));
        bytes32 root = commit(q);
        Acceptance memory a = acceptanceOf(q);
        a.outcomesRoot = "other";
        refused(
            q,
            termsOf(q),
            a,
            signaturesOf(q),
            abi.encodeWithSelector(Errors.OutcomesRootIs.selector, requestIdOf(q), root, bytes32("other"))
        );
        a = acceptanceOf(q);
        a.rank = 0;
        refused(q, termsOf(q), a, signaturesOf(q), abi.encodeWithSelector(Errors.RankOutOfBounds.selector, 0, 1));
        a.rank = 2;
        refused(q, termsOf(q), a, signaturesOf(q), abi.encodeWithSelector(Errors.RankOutOfBounds.selector, 2, 1));
    }

    function test_AcceptNeedsTheScoreIfAskedFor() public {
        Quote memory q = defaultQuote();
        ready(q);
        for (uint8 i = 1; i <= uint8(type(IScores.Status).max); ++i) {
            scores.set(IScores.Status(i), 700);
            refused(q, abi.encodeWithSelector(Errors.ScoreNotValid.selector, q.scoreSubject, q.scoreModel, i));
        }
        scores.set(IScores.Status.Valid, 649);
        refused(q, abi.encodeWithSelector(Errors.ScoreTooLow.selector, 649, 650));
        scores.set(IScores.Status.Valid, 650);
        accept(q);
        q = quoteFor(borrower, keccak256("no score asked"), 2);
        q.minScore = 0;
        scores.set(IScores.Status.Missing, 0);
        accepted(q);
    }

    function test_AcceptNeedsSomewhereToReadTheScore() public {
        loosen(abi.encodeCall(register.setScores, (IScores(address(0)))));
        Quote memory q = defaultQuote();
        ready(q);
        refused(q, abi.encodeWithSelector(Errors.ScoresNotSet.selector));
    }

    function test_AcceptNeedsTheCollateralOfTheTerms() public {
        Quote memory q = defaultQuote();
        ready(q);
        CollateralTerms memory other = collateral(address(register));
        other.amounts[1] -= 1;
        refused(
            q,
            other,
            acceptanceOf(q),
            signaturesOf(q),
            abi.encodeWithSelector(Errors.CollateralTermsAre.selector, q.collateralTermsHash, hashTerms(other))
        );
        escrow.setSecured(false);
        refused(q, abi.encodeWithSelector(EscrowDouble.NotSecured.selector, typed(hashQuote(q))));
    }

    function test_TheEscrowIsAskedForExactlyTheTerms() public {
        Quote memory q = defaultQuote();
        CollateralTerms memory t = collateral(address(register));
        ready(q);
        vm.expectCall(
            address(escrow),
            abi.encodeCall(
                ICollateral.requireSecured,
                (typed(hashQuote(q)), address(register), borrower, address(token), PRINCIPAL, t.assets, t.amounts)
            ),
            2
        );
        fund(accept(q));
    }

    function test_AcceptNeedsAnEscrowForCollateral() public {
        loosen(abi.encodeCall(register.setEscrow, (ICollateral(address(0)))));
        Quote memory q = defaultQuote();
        ready(q);
        refused(q, abi.encodeWithSelector(Errors.EscrowNotSet.selector));
        q = quoteFor(borrower, keccak256("unsecured"), 2);
        q.collateralTermsHash = hashTerms(noCollateral());
        accepted(q);
    }

    function test_AcceptRefusesTermsOfAWrongShape() public {
        CollateralTerms memory t = collateral(address(register));
        t.amounts = new uint256[](1);
        shaped(t, FundingKind.Token, abi.encodeWithSelector(Errors.CollateralShape.selector, 2, 1));
        t.assets = new address[](9);
        t.amounts = new uint256[](9);
        shaped(t, FundingKind.Token, abi.encodeWithSelector(Errors.CollateralShape.selector, 9, 9));
        t = collateral(stranger);
        shaped(t, FundingKind.Token, abi.encodeWithSelector(Errors.CollateralBook.selector, stranger, bytes32(0)));
        t = collateral(address(0));
        shaped(t, FundingKind.Token, abi.encodeWithSelector(Errors.CollateralBook.selector, address(0), bytes32(0)));
        shaped(t, FundingKind.Receipt, abi.encodeWithSelector(Errors.CollateralBook.selector, address(0), bytes32(0)));
        t = collateral(address(register));
        shaped(
            t,
            FundingKind.Receipt,
            abi.encodeWithSelector(Errors.CollateralBook.selector, address(register), bytes32(0))
        );
        t = noCollateral();
        t.book = address(register);
        shaped(
            t, FundingKind.Token, abi.encodeWithSelector(Errors.CollateralBook.selector, address(register), bytes32(0))
        );
    }

    function test_AcceptRefusesADebtIdWhereTheLockIsUnderTheLoansOwnAndNoneWhereItIsNot() public {
        CollateralTerms memory t = collateral(address(register));
        t.debtId = "debt";
        shaped(
            t, FundingKind.Token, abi.encodeWithSelector(Errors.CollateralBook.selector, address(register), t.debtId)
        );
        t = noCollateral();
        t.debtId = "debt";
        shaped(t, FundingKind.Receipt, abi.encodeWithSelector(Errors.CollateralBook.selector, address(0), t.debtId));
        t = collateral(stranger);
        shaped(t, FundingKind.Receipt, abi.encodeWithSelector(Errors.CollateralBook.selector, stranger, bytes32(0)));
    }

    /// @dev A lock that names another book under this loan's id would bind nothing: that book knows no such id.
    function test_AcceptRefusesCollateralThatItsBookHasNotBound() public {
        StubBook other = new StubBook();
        CollateralTerms memory t = collateral(address(other));
        t.debtId = "debt";
        bytes memory reason = abi.encodeWithSelector(Errors.CollateralUnbound.selector, address(other), t.debtId);
        shaped(t, FundingKind.Receipt, reason);
        other.set(t.debtId, ILoanBook.Binding.Committed, stranger, address(token), 0, lender);
        shaped(t, FundingKind.Receipt, reason);
        other.set(t.debtId, ILoanBook.Binding.Committed, borrower, stranger, 0, lender);
        shaped(t, FundingKind.Receipt, reason);
        other.set(t.debtId, ILoanBook.Binding.Owed, borrower, address(token), PRINCIPAL, lender);
        shaped(t, FundingKind.Receipt, reason);
        other.set(t.debtId, ILoanBook.Binding.Committed, borrower, address(token), 0, lender);
        Quote memory q = shape(t, FundingKind.Receipt);
        ready(q);
        vm.expectCall(
            address(escrow),
            abi.encodeCall(
                ICollateral.requireSecured,
                (t.debtId, address(other), borrower, address(token), PRINCIPAL, t.assets, t.amounts)
            )
        );
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        vm.prank(borrower);
        register.accept(q, t, a, s);
    }

    function shape(CollateralTerms memory t, FundingKind kind) internal returns (Quote memory q) {
        q = quoteFor(borrower, keccak256(abi.encode(t, kind, ++_shapes)), 2);
        q.fundingKind = kind;
        q.collateralTermsHash = hashTerms(t);
    }

    function shaped(CollateralTerms memory t, FundingKind kind, bytes memory reason) internal {
        Quote memory q = shape(t, kind);
        ready(q);
        refused(q, t, acceptanceOf(q), signaturesOf(q), reason);
    }

    // Taking it back

    function test_TheBorrowerTakesAnAcceptanceBackBeforeFunding() public {
        bytes32 loanId = accepted(defaultQuote());
        vm.expectRevert(abi.encodeWithSelector(Errors.NotBorrower.selector, borrower, address(this)));
        register.cancelAccepted(loanId);
        pauseAll();
        vm.startPrank(borrower);
        register.cancelAccepted(loanId);
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Cancelled));
        register.cancelAccepted(loanId);
        vm.stopPrank();
    }

    function test_AnAcceptanceOfMoneyUnderwayIsNotTakenBack() public {
        bytes32 loanId = accepted(receiptQuote());
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingKindIs.selector, loanId, FundingKind.Receipt));
        register.cancelAccepted(loanId);
    }

    function test_UnfundedInTimeFreesTheCollateralToTheSecond() public {
        bytes32 loanId = accepted(defaultQuote());
        uint64 by = register.loanOf(loanId).fundBy;
        vm.warp(by - 1);
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.Committed));
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingNotOver.selector, loanId, by));
        register.expireAccepted(loanId);
        vm.warp(by);
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingOver.selector, loanId, by));
        fund(loanId);
        pauseAll();
        register.expireAccepted(loanId);
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Expired));
        register.expireAccepted(loanId);
    }
}
