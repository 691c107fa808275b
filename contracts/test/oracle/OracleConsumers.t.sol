// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {GatedLender} from "../../src/example/GatedLender.sol";
import {IScores} from "../../src/interfaces/IScores.sol";
import {Consent, Report} from "../../src/oracle/OracleTypes.sol";
import {ScoreFeed} from "../../src/oracle/ScoreFeed.sol";
import {ScoreFeedFactory} from "../../src/oracle/ScoreFeedFactory.sol";
import {ScoreGated} from "../../src/oracle/ScoreGated.sol";
import {ScoreStore} from "../../src/oracle/ScoreStore.sol";
import {CallbackToken} from "../tokens/OddTokens.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract Coin is ERC20("Coin", "COIN") {
    constructor() {
        _mint(msg.sender, 1_000_000);
    }
}

contract OracleConsumersTest is OracleFixture {
    ScoreFeedFactory private _factory;
    Coin private _coin;
    GatedLender private _lender;

    function setUp() public override {
        super.setUp();
        _factory = new ScoreFeedFactory(oracle);
        _coin = new Coin();
        _lender = new GatedLender(oracle, MODEL, 4, _coin, 1000);
        assertTrue(_coin.transfer(address(_lender), 100_000));
    }

    function test_a_feed_lies_where_it_was_said_and_is_made_once() public {
        address expected = _factory.feedOf(SUBJECT, MODEL, ScoreFeed.Figure.Score);
        vm.expectEmit(address(_factory));
        emit ScoreFeedFactory.FeedCreated(SUBJECT, MODEL, ScoreFeed.Figure.Score, expected);
        assertEq(_factory.createFeed(SUBJECT, MODEL, ScoreFeed.Figure.Score), expected);
        vm.recordLogs();
        assertEq(_factory.createFeed(SUBJECT, MODEL, ScoreFeed.Figure.Score), expected);
        assertEq(vm.getRecordedLogs().length, 0);
        assertTrue(_factory.createFeed(SUBJECT, MODEL, ScoreFeed.Figure.Band) != expected);
        assertTrue(_factory.feedOf("other", MODEL, ScoreFeed.Figure.Score) != expected);
        assertTrue(_factory.feedOf(SUBJECT, "other", ScoreFeed.Figure.Score) != expected);
        ScoreFeed feed = ScoreFeed(expected);
        assertEq(address(feed.oracle()), address(oracle));
        assertEq(feed.subject(), SUBJECT);
        assertEq(feed.modelId(), MODEL);
        assertEq(uint8(feed.figure()), uint8(ScoreFeed.Figure.Score));
    }

    function test_a_feed_answers_in_the_words_of_chainlink() public {
        _submit(_report(3));
        ScoreFeed score = ScoreFeed(_factory.createFeed(SUBJECT, MODEL, ScoreFeed.Figure.Score));
        ScoreFeed band = ScoreFeed(_factory.createFeed(SUBJECT, MODEL, ScoreFeed.Figure.Band));
        assertEq(score.decimals(), 0);
        assertEq(score.version(), 1);
        assertEq(score.description(), "Agio credit score");
        assertEq(band.description(), "Agio credit band");
        vm.warp(T0 + 1 days);
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) = score.latestRoundData();
        assertEq(answer, 640);
        assertEq(round, 3);
        assertEq(answeredIn, 3);
        assertEq(startedAt, T0);
        assertEq(updatedAt, T0);
        (, answer,,,) = band.getRoundData(3);
        assertEq(answer, 4);
        vm.expectRevert(abi.encodeWithSelector(ScoreFeed.RoundNotKept.selector, 2, 3));
        band.getRoundData(2);
    }

    function test_a_feed_of_scores_reverts_where_only_a_band_is_attested() public {
        Report memory report = _report(1);
        report.score = 0;
        _submit(report);
        ScoreFeed score = ScoreFeed(_factory.createFeed(SUBJECT, MODEL, ScoreFeed.Figure.Score));
        vm.expectRevert(abi.encodeWithSelector(ScoreFeed.OnlyBandAttested.selector, SUBJECT, MODEL));
        score.latestRoundData();
        (, int256 answer,,,) = ScoreFeed(_factory.createFeed(SUBJECT, MODEL, ScoreFeed.Figure.Band)).latestRoundData();
        assertEq(answer, 4);
    }

    function test_a_lender_lends_to_the_holder_of_a_good_score_up_to_its_limit() public {
        (Consent memory consent, Report memory report) = _scored();
        vm.startPrank(holder);
        vm.expectEmit(address(_lender));
        emit GatedLender.Borrowed(SUBJECT, holder, 600);
        _lender.borrow(consent, report, 600);
        vm.expectRevert(abi.encodeWithSelector(GatedLender.LimitExceeded.selector, 1001, 1000));
        _lender.borrow(consent, report, 401);
        _lender.borrow(consent, report, 400);
        assertEq(_coin.balanceOf(holder), 1000);
        _coin.approve(address(_lender), 1000);
        _lender.repay(SUBJECT, 2000);
        assertEq(_lender.debtOf(SUBJECT), 0);
    }

    function test_a_lender_takes_no_consent_to_the_score_of_another_model() public {
        (Consent memory consent, Report memory report) = _scored();
        consent.modelId = OTHER;
        report.modelId = OTHER;
        report.consentHash = _hash(consent);
        _submit(report);
        vm.prank(holder);
        vm.expectRevert(abi.encodeWithSelector(GatedLender.ConsentNotInForce.selector, SUBJECT));
        _lender.borrow(consent, report, 1);
    }

    function test_a_lender_refuses_whoever_is_not_the_subject() public {
        (Consent memory consent, Report memory report) = _scored();
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(GatedLender.ConsentNotForThis.selector, holder, address(_lender), consent.purpose)
        );
        _lender.borrow(consent, report, 1);
        consent.holder = stranger;
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(GatedLender.ConsentNotInForce.selector, SUBJECT));
        _lender.borrow(consent, report, 1);
        (consent,) = _scoredTerms();
        consent.purpose = "other";
        vm.prank(holder);
        vm.expectRevert(abi.encodeWithSelector(GatedLender.ConsentNotForThis.selector, holder, address(_lender), OTHER));
        _lender.borrow(consent, report, 1);
        (consent,) = _scoredTerms();
        consent.consumer = stranger;
        vm.prank(holder);
        vm.expectRevert(
            abi.encodeWithSelector(GatedLender.ConsentNotForThis.selector, holder, stranger, consent.purpose)
        );
        _lender.borrow(consent, report, 1);
    }

    function test_a_borrower_whom_the_token_calls_back_borrows_no_more_than_the_limit() public {
        CallbackToken token = new CallbackToken();
        _lender = new GatedLender(oracle, MODEL, 4, token, 1000);
        token.mint(address(_lender), 100_000);
        (Consent memory consent, Report memory report) = _scoredTerms();
        // The token borrows itself, so that its call back is the borrower's.
        consent.holder = address(token);
        report.consentHash = _hash(consent);
        _submit(report);
        bytes memory again = abi.encodeCall(GatedLender.borrow, (consent, report, 600));
        token.onTransfer(address(token), address(_lender), again);
        vm.prank(address(token));
        _lender.borrow(consent, report, 600);
        assertFalse(token.lastCallSucceeded());
        assertEq(token.lastReturn(), abi.encodeWithSelector(GatedLender.LimitExceeded.selector, 1200, 1000));
        assertEq(token.balanceOf(address(token)), 600);
        assertEq(_lender.debtOf(SUBJECT), 600);
    }

    function test_a_lender_refuses_a_poor_band_a_withdrawn_consent_and_no_score() public {
        (Consent memory consent, Report memory report) = _scoredTerms();
        vm.prank(holder);
        vm.expectRevert(
            abi.encodeWithSelector(ScoreStore.ScoreUnavailable.selector, SUBJECT, MODEL, IScores.Status.Missing)
        );
        _lender.borrow(consent, report, 1);
        report.band = 5;
        _submit(report);
        vm.prank(holder);
        vm.expectRevert(abi.encodeWithSelector(ScoreGated.BandTooPoor.selector, SUBJECT, 5, 4));
        _lender.borrow(consent, report, 1);
        report.epoch = 2;
        report.band = 4;
        _submit(report);
        vm.startPrank(holder);
        _lender.borrow(consent, report, 1);
        oracle.withdrawConsent(consent, "", report);
        vm.expectRevert(
            abi.encodeWithSelector(ScoreStore.ScoreUnavailable.selector, SUBJECT, MODEL, IScores.Status.Revoked)
        );
        _lender.borrow(consent, report, 1);
        _coin.approve(address(_lender), 1);
        assertEq(_lender.repay(SUBJECT, 1), 1);
    }

    function _scored() private returns (Consent memory consent, Report memory report) {
        (consent, report) = _scoredTerms();
        _submit(report);
    }

    function _scoredTerms() private view returns (Consent memory consent, Report memory report) {
        consent = _consent(address(_lender));
        consent.purpose = _lender.PURPOSE();
        report = _report(1);
        report.consentHash = _hash(consent);
    }
}
