// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "src/aggregator/IAggregatorEvents.sol";
import {ILoanBook} from "src/interfaces/ILoanBook.sol";
import {IScores} from "src/interfaces/IScores.sol";
import {AggregatorBase} from "./AggregatorBase.sol";
import {MuteToken, Reentrant, WalletDouble} from "./Doubles.sol";

contract FundingTest is AggregatorBase {
    // Token

    function test_FundMovesThePrincipalAndSaysSo() public {
        bytes32 loanId = accepted(defaultQuote());
        vm.expectEmit(address(register));
        emit Events.LoanFunded(loanId, FundingKind.Token, PRINCIPAL, uint64(block.timestamp), 0);
        vm.prank(stranger);
        fund(loanId);
        assertEq(token.balanceOf(borrower), PRINCIPAL);
        ILoanBook.Debt memory debt = register.debtOf(loanId);
        assertEq(uint8(debt.binding), uint8(ILoanBook.Binding.Owed));
        assertEq(debt.borrower, borrower);
        assertEq(debt.asset, address(token));
        assertEq(debt.amount, PRINCIPAL);
        assertEq(debt.callable, 0);
    }

    function test_FundIsOnce() public {
        bytes32 loanId = funded();
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Funded));
        fund(loanId);
    }

    function test_FundNeedsTheLendersOwnWord() public {
        bytes32 loanId = accepted(defaultQuote());
        assertTrue(register.lendsFor(lender, PROVIDER));
        vm.prank(lender);
        register.bindLender(PROVIDER, false);
        assertFalse(register.lendsFor(lender, PROVIDER));
        vm.expectRevert(abi.encodeWithSelector(Errors.LenderNotBound.selector, lender, PROVIDER));
        fund(loanId);
    }

    function test_FundNeedsTheKindThatWasSigned() public {
        bytes32 loanId = accepted(receiptQuote());
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingKindIs.selector, loanId, FundingKind.Receipt));
        fund(loanId);
    }

    function test_FundNeedsTheKeyStillValid() public {
        Quote memory q = defaultQuote();
        q.fundWithin = 30 days;
        (address late, uint256 lateKey) = makeAddrAndKey("late");
        loosen(abi.encodeCall(register.addKey, (PROVIDER, late, 0, uint64(block.timestamp + 4 days), KeyKind.Ecdsa)));
        q.validUntil = type(uint64).max;
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = Signatures(late, sign(lateKey, typed(hashQuote(q))), "");
        vm.prank(borrower);
        bytes32 loanId = register.accept(q, termsOf(q), a, s);
        vm.warp(block.timestamp + 4 days);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNotValid.selector, PROVIDER, late, KeyStatus.Over));
        fund(loanId);
    }

    function test_FundAsksForTheCollateralAgain() public {
        bytes32 loanId = accepted(defaultQuote());
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.CollateralTermsAre.selector, hashTerms(collateral(address(register))), hashTerms(noCollateral())
            )
        );
        register.fundWithToken(loanId, noCollateral());
        escrow.setSecured(false);
        vm.expectRevert();
        fund(loanId);
    }

    function test_FundRefusesATokenThatTakesAFee() public {
        bytes32 loanId = accepted(defaultQuote());
        token.setFee(100);
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingArrived.selector, PRINCIPAL, PRINCIPAL - PRINCIPAL / 100));
        fund(loanId);
    }

    function test_FundRefusesATokenThatLies() public {
        bytes32 loanId = accepted(defaultQuote());
        token.setLies(true);
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingArrived.selector, PRINCIPAL, 0));
        fund(loanId);
    }

    function test_FundWorksWithATokenThatReturnsNothing() public {
        MuteToken mute = new MuteToken();
        mute.mint(lender, PRINCIPAL);
        vm.prank(lender);
        mute.approve(address(register), PRINCIPAL);
        Quote memory q = defaultQuote();
        q.asset = address(mute);
        bytes32 loanId = accepted(q);
        fund(loanId);
        vm.startPrank(borrower);
        mute.approve(address(register), PRINCIPAL);
        register.repay(loanId, PRINCIPAL);
        assertEq(mute.balanceOf(lender), PRINCIPAL);
    }

    function test_FundCannotBeReentered() public {
        bytes32 loanId = accepted(defaultQuote());
        Reentrant hook = new Reentrant(register);
        token.setHook(borrower, address(hook));
        hook.arm(abi.encodeCall(register.repay, (loanId, 1)));
        fund(loanId);
        assertEq(bytes4(hook.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }

    // Receipt

    function test_AReceiptNeedsBothHandsAndTheFigures() public {
        bytes32 loanId = accepted(receiptQuote());
        FundingReceipt memory r = receiptOf(loanId);
        r.amount -= 1;
        refused(r, abi.encodeWithSelector(Errors.ReceiptIs.selector, r.asset, r.amount));
        r = receiptOf(loanId);
        r.asset = stranger;
        refused(r, abi.encodeWithSelector(Errors.ReceiptIs.selector, stranger, r.amount));
        r = receiptOf(loanId);
        uint64 now_ = uint64(block.timestamp);
        r.disbursedAt = now_ + 1;
        refused(r, abi.encodeWithSelector(Errors.ReceiptTime.selector, now_ + 1, now_, now_));
        r.disbursedAt = now_ - 1;
        refused(r, abi.encodeWithSelector(Errors.ReceiptTime.selector, now_ - 1, now_, now_));
        r = receiptOf(loanId);
        Signatures memory s = both(hashReceipt(r));
        (s.provider, s.borrower) = (s.borrower, s.provider);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashReceipt(r))));
        register.fundWithReceipt(r, s);
        s = both(hashReceipt(r));
        s.borrower = s.provider;
        vm.expectRevert(
            abi.encodeWithSelector(Errors.BorrowerSignatureInvalid.selector, borrower, typed(hashReceipt(r)))
        );
        register.fundWithReceipt(r, s);
        s = both(hashReceipt(r));
        vm.expectEmit(address(register));
        emit Events.LoanFunded(loanId, FundingKind.Receipt, PRINCIPAL, now_, typed(hashReceipt(r)));
        register.fundWithReceipt(r, s);
        assertEq(register.owed(loanId), 0);
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
        refused(r, abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Funded));
    }

    function refused(FundingReceipt memory r, bytes memory reason) internal {
        Signatures memory s = both(hashReceipt(r));
        vm.expectRevert(reason);
        register.fundWithReceipt(r, s);
    }

    function test_AReceiptDoesNotReplaceTheTransferThatWasSigned() public {
        bytes32 loanId = accepted(defaultQuote());
        refused(receiptOf(loanId), abi.encodeWithSelector(Errors.FundingKindIs.selector, loanId, FundingKind.Token));
    }

    function test_AReceiptAsksForTheScoreAgain() public {
        bytes32 loanId = accepted(receiptQuote());
        scores.set(IScores.Status.Frozen, 0);
        refused(
            receiptOf(loanId),
            abi.encodeWithSelector(
                Errors.ScoreNotValid.selector, keccak256("subject"), keccak256("model"), uint8(IScores.Status.Frozen)
            )
        );
    }

    // Protocol

    function wallet() internal returns (WalletDouble w, bytes32 loanId) {
        w = new WalletDouble(borrower);
        loanId = accepted(protocolQuote(address(w)));
    }

    function step(address target, bytes memory call_) internal {
        (targets, calls) = (append(targets, target), append(calls, call_));
    }

    address[] internal targets;
    bytes[] internal calls;

    function append(address[] storage list, address item) internal returns (address[] storage) {
        list.push(item);
        return list;
    }

    function append(bytes[] storage list, bytes memory item) internal returns (bytes[] storage) {
        list.push(item);
        return list;
    }

    function begin(bytes32 loanId) internal {
        step(address(register), abi.encodeCall(register.beginProtocolFunding, (loanId)));
    }

    function end(bytes32 loanId) internal {
        step(address(register), abi.encodeCall(register.endProtocolFunding, (loanId)));
    }

    function borrow(address who, uint256 debt) internal {
        step(address(adapter), abi.encodeCall(adapter.setDebt, (who, address(token), debt)));
    }

    function test_ADebtTakenWithinTheBracketIsFunding() public {
        (WalletDouble w, bytes32 loanId) = wallet();
        adapter.setDebt(address(w), address(token), 77);
        begin(loanId);
        borrow(address(w), 77 + PRINCIPAL);
        end(loanId);
        vm.expectEmit(address(register));
        emit Events.LoanFunded(
            loanId,
            FundingKind.Protocol,
            PRINCIPAL,
            uint64(block.timestamp),
            keccak256(abi.encode(uint256(77), uint256(77) + PRINCIPAL))
        );
        w.batch(targets, calls);
        assertEq(uint8(bindingOf(loanId)), uint8(ILoanBook.Binding.None));
        assertEq(register.owed(loanId), 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.StillOwed.selector, loanId, 77 + uint256(PRINCIPAL)));
        register.recordProtocolRepaid(loanId);
        adapter.setDebt(address(w), address(token), 0);
        pauseAll();
        register.recordProtocolRepaid(loanId);
        assertEq(uint8(stateOf(loanId)), uint8(LoanState.Repaid));
        vm.expectRevert(abi.encodeWithSelector(Errors.LoanStateIs.selector, loanId, LoanState.Repaid));
        register.recordProtocolRepaid(loanId);
    }

    function test_AnyOtherDebtIsNot(uint256 before, uint256 growth) public {
        (WalletDouble w, bytes32 loanId) = wallet();
        before = bound(before, 0, 1e30);
        growth = bound(growth, 0, 2 * uint256(PRINCIPAL));
        adapter.setDebt(address(w), address(token), before);
        begin(loanId);
        borrow(address(w), before + growth);
        end(loanId);
        bool close = growth + 2 >= PRINCIPAL && growth <= uint256(PRINCIPAL) + 2;
        if (!close) {
            vm.expectRevert(abi.encodeWithSelector(Errors.DebtTaken.selector, PRINCIPAL, before, before + growth));
        }
        w.batch(targets, calls);
    }

    function test_RoundingOfTheProtocolIsTwoUnits() public {
        for (uint256 i = 0; i < 6; ++i) {
            uint256 snapshot = vm.snapshotState();
            (WalletDouble w, bytes32 loanId) = wallet();
            uint256 debt = uint256(PRINCIPAL) + i - 2;
            begin(loanId);
            borrow(address(w), debt);
            end(loanId);
            if (i == 5) vm.expectRevert(abi.encodeWithSelector(Errors.DebtTaken.selector, PRINCIPAL, 0, debt));
            w.batch(targets, calls);
            vm.revertToState(snapshot);
        }
    }

    function test_ADebtOfOneUnitMustGrow() public {
        WalletDouble w = new WalletDouble(borrower);
        Quote memory q = protocolQuote(address(w));
        q.principal = 1;
        bytes32 loanId = accepted(q);
        begin(loanId);
        end(loanId);
        vm.expectRevert(abi.encodeWithSelector(Errors.DebtTaken.selector, 1, 0, 0));
        w.batch(targets, calls);
    }

    function test_OneDebtProvesOneLoan() public {
        (WalletDouble w, bytes32 first) = wallet();
        Quote memory q = protocolQuote(address(w));
        q.requestHash = keccak256("second");
        q.nonce = 2;
        bytes32 second = accepted(q);
        begin(first);
        begin(second);
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketOpen.selector, first));
        w.batch(targets, calls);
        delete targets;
        delete calls;
        begin(first);
        borrow(address(w), PRINCIPAL);
        end(first);
        end(second);
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketNotOpen.selector, second));
        w.batch(targets, calls);
    }

    function test_TwoDebtsInOneTransactionProveTwoLoans() public {
        (WalletDouble w, bytes32 first) = wallet();
        Quote memory q = protocolQuote(address(w));
        q.requestHash = keccak256("second");
        q.nonce = 2;
        bytes32 second = accepted(q);
        begin(first);
        borrow(address(w), PRINCIPAL);
        end(first);
        begin(second);
        borrow(address(w), 2 * uint256(PRINCIPAL));
        end(second);
        w.batch(targets, calls);
        assertEq(uint8(stateOf(first)), uint8(LoanState.Funded));
        assertEq(uint8(stateOf(second)), uint8(LoanState.Funded));
    }

    function test_ABracketIsTheBorrowers() public {
        (WalletDouble w, bytes32 loanId) = wallet();
        vm.expectRevert(abi.encodeWithSelector(Errors.NotBorrower.selector, address(w), address(this)));
        register.beginProtocolFunding(loanId);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotBorrower.selector, address(w), address(this)));
        register.endProtocolFunding(loanId);
        vm.prank(address(w));
        vm.expectRevert(abi.encodeWithSelector(Errors.BracketNotOpen.selector, loanId));
        register.endProtocolFunding(loanId);
    }

    function test_AnAdapterTakenAwayHasNoSay() public {
        (WalletDouble w, bytes32 loanId) = wallet();
        begin(loanId);
        borrow(address(w), PRINCIPAL);
        end(loanId);
        uint256 snapshot = vm.snapshotState();
        vm.prank(guardian);
        register.removeAdapter(address(adapter));
        vm.expectRevert(abi.encodeWithSelector(Errors.AdapterUnknown.selector, address(adapter)));
        w.batch(targets, calls);
        vm.revertToState(snapshot);
        w.batch(targets, calls);
        vm.prank(guardian);
        register.removeAdapter(address(adapter));
        vm.expectRevert(abi.encodeWithSelector(Errors.AdapterUnknown.selector, address(adapter)));
        register.recordProtocolRepaid(loanId);
    }

    function test_OnlyAProtocolLoanIsClosedByAProtocol() public {
        bytes32 loanId = funded();
        vm.expectRevert(abi.encodeWithSelector(Errors.FundingKindIs.selector, loanId, FundingKind.Token));
        register.recordProtocolRepaid(loanId);
    }
}
