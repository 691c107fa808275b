// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Vm} from "forge-std/Vm.sol";
import {IScores} from "../../src/interfaces/IScores.sol";
import {OracleConfig} from "../../src/oracle/OracleConfig.sol";
import {Consent, Fulfilment, Report, SignedConsent} from "../../src/oracle/OracleTypes.sol";
import {ReportRules} from "../../src/oracle/ReportRules.sol";
import {ScoreRequests} from "../../src/oracle/ScoreRequests.sol";
import {ScoreStore} from "../../src/oracle/ScoreStore.sol";
import {SignerSet} from "../../src/oracle/SignerSet.sol";
import {ScriptedRequester} from "./HostileRequesters.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract OracleRequestsTest is OracleFixture {
    uint128 private constant FEE = 1 ether;
    ScriptedRequester private _requester;
    address private _payee = makeAddr("payee");

    function setUp() public override {
        super.setUp();
        _requester = new ScriptedRequester(oracle);
        vm.deal(address(_requester), 10 ether);
        vm.deal(address(this), 10 ether);
    }

    function test_a_request_is_escrowed_answered_paid_and_called_back() public {
        Consent memory consent = _consent(address(_requester));
        vm.expectEmit(address(oracle));
        emit ScoreRequests.ConsentUsed(_hash(consent), holder, 77, 0);
        vm.expectEmit(address(oracle));
        emit ScoreRequests.ScoreRequested(
            1,
            address(_requester),
            SUBJECT,
            MODEL,
            _hash(consent),
            FEE,
            SafeCast.toUint40(T0) + 1 days,
            100_000,
            consent.expiry
        );
        _request(consent, 100_000);
        assertEq(address(oracle).balance, FEE);
        Fulfilment memory f = _fulfilment(1, consent);
        vm.expectEmit(address(oracle));
        emit ScoreRequests.RequestFulfilled(1, _payee, 0.4 ether, 0.6 ether);
        vm.expectEmit(address(oracle));
        emit ScoreRequests.RequesterCalled(1, true);
        _fulfil(f);
        assertEq(_requester.calls(), 1);
        assertGe(_requester.gasSeen(), 99_000);
        (uint16 score,,) = oracle.scoreOf(SUBJECT, MODEL);
        assertEq(score, 640);
        assertEq(oracle.credits(_payee), 0.4 ether);
        assertEq(oracle.credits(address(_requester)), 0.6 ether);
        vm.expectEmit(address(oracle));
        emit ScoreRequests.CreditWithdrawn(_payee, stranger, 0.4 ether);
        vm.prank(_payee);
        oracle.withdrawCredit(stranger);
        _requester.withdrawCredit(address(_requester));
        assertEq(stranger.balance, 0.4 ether);
        assertEq(address(_requester).balance, 9.6 ether);
        assertEq(address(oracle).balance, 0);
    }

    function test_nothing_a_callback_does_undoes_the_answer() public {
        for (uint8 mood = 1; mood < 6; ++mood) {
            Consent memory consent = _consent(address(_requester));
            consent.nonceKey = mood;
            _request(consent, 100_000);
            _requester.set(ScriptedRequester.Mood(mood), true);
            Fulfilment memory f = _fulfilment(mood, consent);
            f.report.epoch = mood;
            bytes memory signatures = _sign(_hash(f));
            vm.expectEmit(address(oracle));
            // A return of 150,000 bytes is paid by the callback alone; where its gas suffices it is a success like any other.
            emit ScoreRequests.RequesterCalled(mood, ScriptedRequester.Mood(mood) == ScriptedRequester.Mood.ReturnBomb);
            uint256 before = gasleft();
            oracle.fulfilRequest(f, BITMAP, signatures);
            assertLt(before - gasleft(), 300_000);
            (, uint8 band,) = oracle.scoreOf(SUBJECT, MODEL);
            assertEq(band, 4);
        }
        assertEq(oracle.credits(_payee), 5 * 0.4 ether);
    }

    function test_a_callback_that_enters_again_gains_nothing() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 500_000);
        Fulfilment memory f = _fulfilment(1, consent);
        bytes memory signatures = _sign(_hash(f));
        _requester.set(ScriptedRequester.Mood.Reenters, false);
        _requester.script(abi.encodeCall(oracle.fulfilRequest, (f, BITMAP, signatures)));
        _requester.script(abi.encodeCall(oracle.reclaim, (1)));
        _requester.script(abi.encodeCall(oracle.submitReport, (f.report, BITMAP, signatures)));
        oracle.fulfilRequest(f, BITMAP, signatures);
        assertEq(_requester.calls(), 1);
        assertEq(_requester.innerSuccesses(), 0);
        assertEq(oracle.credits(address(_requester)), 0.6 ether);
    }

    /// @dev Its own credit is its own: taking it during the callback is no gain.
    function test_credit_taken_within_a_callback_is_taken_once() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 500_000);
        // Others' money lies there too.
        vm.deal(address(oracle), 5 ether);
        _requester.set(ScriptedRequester.Mood.Reenters, false);
        bytes memory take = abi.encodeCall(oracle.withdrawCredit, (address(_requester)));
        _requester.script(take);
        _requester.script(take);
        _fulfil(_fulfilment(1, consent));
        assertEq(_requester.innerSuccesses(), 1);
        assertEq(address(_requester).balance, 9.6 ether);
        assertEq(address(oracle).balance, 4.4 ether);
    }

    function test_a_callback_cannot_be_starved() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 500_000);
        Fulfilment memory f = _fulfilment(1, consent);
        bytes memory data = abi.encodeCall(oracle.fulfilRequest, (f, BITMAP, _sign(_hash(f))));
        uint256 lowest;
        for (uint256 gasLimit = 400_000; gasLimit < 700_000; gasLimit += 5000) {
            uint256 snapshot = vm.snapshotState();
            (bool ok,) = address(oracle).call{gas: gasLimit}(data);
            if (ok && lowest == 0) lowest = gasLimit;
            if (ok) {
                assertEq(_requester.calls(), 1);
                assertGe(_requester.gasSeen(), 499_000);
            }
            vm.revertToState(snapshot);
        }
        assertGt(lowest, 500_000);
        vm.expectRevert();
        oracle.fulfilRequest{gas: 400_000}(f, BITMAP, _sign(_hash(f)));
    }

    function test_too_little_gas_for_the_callback_says_so() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 500_000);
        Fulfilment memory f = _fulfilment(1, consent);
        bytes memory signatures = _sign(_hash(f));
        vm.expectPartialRevert(ScoreRequests.InsufficientGas.selector);
        oracle.fulfilRequest{gas: 450_000}(f, BITMAP, signatures);
        assertFalse(oracle.requestOf(1).requester == address(0));
    }

    function test_no_callback_where_none_is_asked_for() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        Fulfilment memory f = _fulfilment(1, consent);
        vm.recordLogs();
        _fulfil(f);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 2);
        assertEq(logs[1].topics[0], ScoreRequests.RequestFulfilled.selector);
        assertEq(_requester.calls(), 0);
    }

    function test_the_escrow_comes_back_after_the_deadline_and_not_before() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        Fulfilment memory f = _fulfilment(1, consent);
        uint40 deadline = SafeCast.toUint40(T0) + 1 days;
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.NotRequester.selector, address(_requester), address(this)));
        oracle.reclaim(1);
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.RequestPending.selector, 1, deadline));
        _requester.reclaim(1);
        vm.warp(deadline + 1);
        bytes memory signatures = _sign(_hash(f));
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.RequestTimedOut.selector, 1, deadline));
        oracle.fulfilRequest(f, BITMAP, signatures);
        vm.prank(guardian);
        oracle.freezeAll();
        vm.expectEmit(address(oracle));
        emit ScoreRequests.RequestReclaimed(1, address(_requester), FEE);
        _requester.reclaim(1);
        assertEq(oracle.credits(address(_requester)), FEE);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.UnknownRequest.selector, 1));
        _requester.reclaim(1);
    }

    function test_an_answered_request_is_over() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        Fulfilment memory f = _fulfilment(1, consent);
        _fulfil(f);
        assertEq(oracle.requestOf(1).requester, address(0));
        f.report.epoch = 2;
        _refuse(f, abi.encodeWithSelector(ScoreRequests.UnknownRequest.selector, 1));
        vm.warp(T0 + 2 days);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.UnknownRequest.selector, 1));
        _requester.reclaim(1);
    }

    function test_an_answer_on_the_last_second_counts() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        vm.warp(T0 + 1 days);
        _fulfil(_fulfilment(1, consent));
    }

    function test_requests_that_do_not_fit_are_refused() public {
        Consent memory consent = _consent(address(this));
        SignedConsent memory signed = _signed(consent);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.CallbackGasTooHigh.selector, 500_001, 500_000));
        oracle.requestScore{value: FEE}(SUBJECT, MODEL, signed, FEE, 500_001);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.WrongEscrow.selector, FEE, FEE - 1));
        oracle.requestScore{value: FEE - 1}(SUBJECT, MODEL, signed, FEE, 0);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.ConsentMismatch.selector, OTHER, MODEL));
        oracle.requestScore{value: FEE}("other", MODEL, signed, FEE, 0);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.ConsentMismatch.selector, SUBJECT, OTHER));
        oracle.requestScore{value: FEE}(SUBJECT, "other", signed, FEE, 0);
        vm.deal(stranger, FEE);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.WrongConsumer.selector, address(this), stranger));
        oracle.requestScore{value: FEE}(SUBJECT, MODEL, signed, FEE, 0);
        vm.warp(consent.expiry);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.ConsentExpired.selector, consent.expiry, consent.expiry));
        oracle.requestScore{value: FEE}(SUBJECT, MODEL, signed, FEE, 0);
    }

    function test_nothing_is_asked_of_an_oracle_that_is_frozen() public {
        Consent memory consent = _consent(address(_requester));
        SignedConsent memory signed = _signed(consent);
        vm.prank(guardian);
        oracle.freezeAll();
        vm.expectRevert(OracleConfig.OracleFrozen.selector);
        _requester.request(SUBJECT, MODEL, signed, FEE, 0);
    }

    function test_a_withdrawn_consent_asks_for_nothing_and_is_answered_by_nothing() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        Fulfilment memory f = _fulfilment(1, consent);
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", f.report);
        bytes memory signatures = _sign(_hash(f));
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.ConsentIsWithdrawn.selector, _hash(consent)));
        oracle.fulfilRequest(f, BITMAP, signatures);
        SignedConsent memory signed = _signed(consent);
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.ConsentIsWithdrawn.selector, _hash(consent)));
        _requester.request(SUBJECT, MODEL, signed, FEE, 0);
    }

    function test_every_member_of_a_consent_is_signed() public {
        for (uint256 i = 0; i < 8; ++i) {
            Consent memory consent = _consent(address(this));
            SignedConsent memory signed = _signed(consent);
            bytes memory signature = signed.signature;
            (bytes32 subject, bytes32 modelId, address caller) = (SUBJECT, MODEL, address(this));
            if (i == 0) consent.holder = stranger;
            if (i == 1) (consent.subject, subject) = ("other", "other");
            if (i == 2) (consent.modelId, modelId) = ("other", "other");
            if (i == 3) consent.purpose = "other";
            if (i == 4) (consent.consumer, caller) = (stranger, stranger);
            if (i == 5) consent.expiry += 1;
            if (i == 6) consent.nonceKey += 1;
            if (i == 7) consent.nonceSeq += 1;
            vm.deal(caller, 10 ether);
            vm.prank(caller);
            vm.expectRevert(abi.encodeWithSelector(ScoreStore.InvalidConsentSignature.selector, consent.holder));
            oracle.requestScore{value: FEE}(subject, modelId, SignedConsent(consent, signature), FEE, 0);
        }
    }

    function test_a_consent_is_used_once_in_its_lane_and_lanes_are_parallel() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        SignedConsent memory again = _signed(consent);
        uint256 next = uint256(77) << 64 | 1;
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, holder, next));
        _requester.request(SUBJECT, MODEL, again, FEE, 0);
        consent.nonceSeq = 2;
        again = _signed(consent);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, holder, next));
        _requester.request(SUBJECT, MODEL, again, FEE, 0);
        (consent.nonceKey, consent.nonceSeq) = (type(uint192).max, 0);
        _request(consent, 0);
        (consent.nonceKey, consent.nonceSeq) = (77, 1);
        _request(consent, 0);
        assertEq(oracle.requestCount(), 3);
    }

    function test_answers_that_do_not_fit_are_refused() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        Fulfilment memory f = _fulfilment(2, consent);
        _refuse(f, abi.encodeWithSelector(ScoreRequests.UnknownRequest.selector, 2));
        for (uint256 i = 0; i < 3; ++i) {
            f = _fulfilment(1, consent);
            if (i == 0) f.report.subject = "other";
            if (i == 1) f.report.modelId = "other";
            if (i == 2) f.report.consentHash = "other";
            _refuse(f, abi.encodeWithSelector(ScoreRequests.AnswersOtherRequest.selector, 1));
        }
        f = _fulfilment(1, consent);
        f.fee = FEE + 1;
        _refuse(f, abi.encodeWithSelector(ScoreRequests.FeeAboveEscrow.selector, FEE + 1, FEE));
        f = _fulfilment(1, consent);
        f.payee = address(0);
        _refuse(f, abi.encodeWithSelector(ScoreRequests.InvalidPayee.selector));
        f = _fulfilment(1, consent);
        f.report.validUntil = consent.expiry + 1;
        _refuse(
            f, abi.encodeWithSelector(ScoreRequests.ValidityBeyondConsent.selector, f.report.validUntil, consent.expiry)
        );
        f = _fulfilment(1, consent);
        f.report.configDigest = "other";
        _refuse(f, abi.encodeWithSelector(OracleConfig.WrongConfig.selector, oracle.configDigest(), OTHER));
        f = _fulfilment(1, consent);
        f.report.score = 299;
        _refuse(f, abi.encodeWithSelector(ReportRules.ScoreOutOfRange.selector, 299));
        vm.prank(guardian);
        oracle.freezeAll();
        _refuse(_fulfilment(1, consent), abi.encodeWithSelector(OracleConfig.OracleFrozen.selector));
    }

    function test_every_member_of_an_answer_is_signed() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        consent.nonceSeq = 1;
        for (uint256 i = 0; i < 4; ++i) {
            Fulfilment memory f = _fulfilment(1, _consent(address(_requester)));
            bytes memory signatures = _sign(_hash(f));
            if (i == 0) f.fee += 1;
            if (i == 1) f.payee = stranger;
            if (i == 2) f.report.pdPpm += 1;
            if (i == 3) signatures = _sign(_hash(f.report));
            vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
            oracle.fulfilRequest(f, BITMAP, signatures);
        }
        // The same pair and consent under another number: only the number differs.
        _request(consent, 0);
        Fulfilment memory second = _fulfilment(2, consent);
        bytes memory signed = _sign(_hash(second));
        second.requestId = 1;
        second.report.consentHash = _hash(_consent(address(_requester)));
        vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
        oracle.fulfilRequest(second, BITMAP, signed);
        Fulfilment memory short = _fulfilment(2, consent);
        bytes memory two = _signAs(_hash(short), 0x03);
        vm.expectRevert(abi.encodeWithSelector(SignerSet.WrongSignatureCount.selector, 3, 2));
        oracle.fulfilRequest(short, 0x03, two);
    }

    function test_credit_is_paid_once_and_to_whom_takes_it() public {
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.NoCredit.selector, address(this)));
        oracle.withdrawCredit(address(this));
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        _fulfil(_fulfilment(1, consent));
        _requester.set(ScriptedRequester.Mood.Quiet, true);
        vm.expectRevert(abi.encodeWithSelector(ScoreRequests.PaymentFailed.selector, address(_requester), 0.6 ether));
        _requester.withdrawCredit(address(_requester));
        assertEq(oracle.credits(address(_requester)), 0.6 ether);
        _requester.withdrawCredit(stranger);
        assertEq(stranger.balance, 0.6 ether);
    }

    function test_a_fee_of_nothing_needs_no_payee() public {
        Consent memory consent = _consent(address(_requester));
        _request(consent, 0);
        Fulfilment memory f = _fulfilment(1, consent);
        (f.fee, f.payee) = (0, address(0));
        _fulfil(f);
        assertEq(oracle.credits(address(_requester)), FEE);
        (IScores.Status status,,,) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Valid));
    }

    function _request(Consent memory consent, uint32 callbackGas) private {
        _requester.request(SUBJECT, MODEL, _signed(consent), FEE, callbackGas);
    }

    function _signed(Consent memory consent) private view returns (SignedConsent memory) {
        return SignedConsent(consent, _signature(holderKey, _digest(_hash(consent))));
    }

    function _fulfilment(uint256 requestId, Consent memory consent) private view returns (Fulfilment memory f) {
        f = Fulfilment(requestId, _report(1), 0.4 ether, _payee);
        f.report.consentHash = _hash(consent);
    }

    function _fulfil(Fulfilment memory f) private {
        oracle.fulfilRequest(f, BITMAP, _sign(_hash(f)));
    }

    function _refuse(Fulfilment memory f, bytes memory why) private {
        bytes memory signatures = _sign(_hash(f));
        vm.expectRevert(why);
        oracle.fulfilRequest(f, BITMAP, signatures);
    }
}
