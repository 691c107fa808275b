// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IScores} from "../../src/interfaces/IScores.sol";
import {OracleConfig} from "../../src/oracle/OracleConfig.sol";
import {Consent, Report, Revocation} from "../../src/oracle/OracleTypes.sol";
import {ReportRules} from "../../src/oracle/ReportRules.sol";
import {ScoreFeed} from "../../src/oracle/ScoreFeed.sol";
import {ScoreReports} from "../../src/oracle/ScoreReports.sol";
import {ScoreStore} from "../../src/oracle/ScoreStore.sol";
import {SignerSet} from "../../src/oracle/SignerSet.sol";
import {ScriptedWallet} from "./HostileSigners.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract OracleRevocationTest is OracleFixture {
    function test_validity_does_not_ignore_revocation() public {
        Report memory report = _report(1);
        _submit(report);
        vm.expectEmit(address(oracle));
        emit ScoreReports.ScoreRevoked(SUBJECT, MODEL, 1, "reason");
        _revoke(1);
        _assertNowhereValid(report, IScores.Status.Revoked);
    }

    function test_an_expired_score_is_nowhere_valid_from_its_last_second_on() public {
        Report memory report = _report(1);
        _submit(report);
        vm.warp(report.validUntil - 1);
        oracle.scoreOf(SUBJECT, MODEL);
        vm.warp(report.validUntil);
        _assertNowhereValid(report, IScores.Status.Expired);
    }

    function test_a_missing_score_is_nowhere_valid() public {
        _assertNowhereValid(_report(1), IScores.Status.Missing);
    }

    function test_a_report_revoked_in_advance_cannot_come() public {
        Report memory early = _report(1);
        _submit(early);
        Report memory late = _report(4);
        bytes memory signatures = _sign(_hash(late));
        _revoke(4);
        _assertNowhereValid(early, IScores.Status.Revoked);
        vm.expectRevert(abi.encodeWithSelector(ReportRules.EpochNotIncreasing.selector, 4, 4));
        oracle.submitReport(late, BITMAP, signatures);
        _submit(_report(5));
        oracle.scoreOf(SUBJECT, MODEL);
    }

    function test_a_pair_can_be_revoked_before_its_first_report() public {
        _revoke(3);
        _assertNowhereValid(_report(3), IScores.Status.Revoked);
        _submit(_report(4));
        oracle.scoreOf(SUBJECT, MODEL);
    }

    function test_an_old_revocation_does_not_reach_a_newer_report() public {
        _submit(_report(1));
        Revocation memory old = _revocation(1);
        bytes memory signatures = _sign(_hash(old));
        _submit(_report(2));
        vm.expectRevert(abi.encodeWithSelector(ScoreReports.RevocationSuperseded.selector, 2, 1));
        oracle.revoke(old, BITMAP, signatures);
        oracle.scoreOf(SUBJECT, MODEL);
    }

    function test_a_revocation_counts_once_and_names_an_epoch() public {
        _submit(_report(1));
        _revoke(1);
        _refuse(_revocation(1), abi.encodeWithSelector(ScoreReports.RevocationSuperseded.selector, 1, 1));
        Revocation memory none = _revocation(0);
        none.subject = "other";
        _refuse(none, abi.encodeWithSelector(ScoreReports.RevocationSuperseded.selector, 0, 0));
    }

    function test_a_revocation_cannot_lock_a_pair_for_good() public {
        _submit(_report(1));
        _refuse(_revocation(12), abi.encodeWithSelector(ReportRules.EpochTooFar.selector, 1, 12, 10));
    }

    function test_every_member_of_a_revocation_is_signed() public {
        _submit(_report(1));
        for (uint256 i = 0; i < 4; ++i) {
            Revocation memory revocation = _revocation(1);
            bytes memory signatures = _sign(_hash(revocation));
            if (i == 0) revocation.subject = "other";
            if (i == 1) revocation.modelId = "other";
            if (i == 2) revocation.throughEpoch += 1;
            if (i == 3) revocation.reason = "other";
            vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
            oracle.revoke(revocation, BITMAP, signatures);
        }
        Revocation memory elsewhere = _revocation(1);
        elsewhere.configDigest = "other";
        bytes32 digest = oracle.configDigest();
        _refuse(elsewhere, abi.encodeWithSelector(OracleConfig.WrongConfig.selector, digest, OTHER));
        Revocation memory short = _revocation(1);
        bytes memory two = _signAs(_hash(short), 0x03);
        vm.expectRevert(abi.encodeWithSelector(SignerSet.WrongSignatureCount.selector, 3, 2));
        oracle.revoke(short, 0x03, two);
    }

    function test_the_guardian_freezes_at_once_and_the_multisig_unfreezes_after_48_hours() public {
        Report memory report = _report(1);
        _submit(report);
        vm.expectEmit(address(oracle));
        emit ScoreStore.ScoreFrozen(SUBJECT, MODEL, guardian);
        vm.prank(guardian);
        oracle.freeze(SUBJECT, MODEL);
        _assertNowhereValid(report, IScores.Status.Frozen);
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.ScoreAlreadyFrozen.selector, SUBJECT, MODEL));
        oracle.freeze(SUBJECT, MODEL);
        Report memory newer = _report(2);
        _submit(newer);
        _assertNowhereValid(newer, IScores.Status.Frozen);
        (,, bool frozen,) = oracle.stateOf(SUBJECT, MODEL);
        assertTrue(frozen);
        bytes memory data = abi.encodeCall(oracle.unfreeze, (SUBJECT, MODEL));
        vm.startPrank(multisig);
        manager.schedule(address(oracle), data, 0);
        vm.warp(T0 + 48 hours);
        vm.expectEmit(address(oracle));
        emit ScoreStore.ScoreUnfrozen(SUBJECT, MODEL, multisig);
        oracle.unfreeze(SUBJECT, MODEL);
        vm.stopPrank();
        oracle.scoreOf(SUBJECT, MODEL);
        assertEq(block.timestamp, T0 + 48 hours);
    }

    function test_what_is_not_frozen_cannot_be_unfrozen() public {
        bytes memory data = abi.encodeCall(oracle.unfreeze, (SUBJECT, MODEL));
        vm.startPrank(multisig);
        manager.schedule(address(oracle), data, 0);
        vm.warp(T0 + 48 hours);
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.ScoreNotFrozen.selector, SUBJECT, MODEL));
        manager.execute(address(oracle), data);
    }

    function test_a_freeze_before_the_first_report_holds() public {
        vm.prank(guardian);
        oracle.freeze(SUBJECT, MODEL);
        Report memory report = _report(1);
        _assertNowhereValid(report, IScores.Status.Missing);
        _submit(report);
        _assertNowhereValid(report, IScores.Status.Frozen);
    }

    function test_the_holder_withdraws_and_the_score_is_gone() public {
        (Consent memory consent, Report memory report) = _consented();
        _submit(report);
        vm.expectEmit(address(oracle));
        emit ScoreStore.ConsentWithdrawn(SUBJECT, MODEL, _hash(consent));
        vm.expectEmit(address(oracle));
        emit ScoreStore.ScoreRevokedByHolder(SUBJECT, MODEL, 1);
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", report);
        _assertNowhereValid(report, IScores.Status.Revoked);
        assertTrue(oracle.isWithdrawn(_hash(consent)));
        Report memory next = _report(2);
        next.consentHash = _hash(consent);
        bytes memory signatures = _sign(_hash(next));
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.ConsentIsWithdrawn.selector, _hash(consent)));
        oracle.submitReport(next, BITMAP, signatures);
        vm.prank(holder);
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.ConsentIsWithdrawn.selector, _hash(consent)));
        oracle.withdrawConsent(consent, "", report);
        _submit(_report(2));
        oracle.scoreOf(SUBJECT, MODEL);
    }

    function test_the_holders_signature_withdraws_by_anyones_hand_even_frozen() public {
        (Consent memory consent, Report memory report) = _consented();
        _submit(report);
        bytes32 withdrawal = keccak256(abi.encode(WITHDRAWAL_TYPEHASH, _hash(consent)));
        bytes memory signature = _signature(holderKey, _digest(withdrawal));
        vm.prank(guardian);
        oracle.freezeAll();
        vm.prank(stranger);
        oracle.withdrawConsent(consent, signature, report);
        (IScores.Status status,,,) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Revoked));
    }

    function test_nobody_else_withdraws() public {
        (Consent memory consent, Report memory report) = _consented();
        _submit(report);
        bytes32 withdrawal = keccak256(abi.encode(WITHDRAWAL_TYPEHASH, _hash(consent)));
        bytes[3] memory forged =
            [bytes(""), _signature(keys[0], _digest(withdrawal)), _signature(holderKey, _digest(_hash(consent)))];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(stranger);
            vm.expectRevert(abi.encodeWithSelector(ScoreStore.InvalidConsentSignature.selector, holder));
            oracle.withdrawConsent(consent, forged[i], report);
        }
    }

    function test_a_wallet_that_is_a_contract_withdraws_by_erc1271() public {
        ScriptedWallet wallet = new ScriptedWallet();
        Consent memory consent = _consent(stranger);
        consent.holder = address(wallet);
        Report memory report = _report(1);
        report.consentHash = _hash(consent);
        _submit(report);
        bytes32 withdrawal = keccak256(abi.encode(WITHDRAWAL_TYPEHASH, _hash(consent)));
        wallet.set(ScriptedWallet.Mood.Liar, _digest(withdrawal));
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.InvalidConsentSignature.selector, address(wallet)));
        oracle.withdrawConsent(consent, "", report);
        wallet.set(ScriptedWallet.Mood.Honest, _digest(withdrawal));
        oracle.withdrawConsent(consent, "", report);
        _assertNowhereValid(report, IScores.Status.Revoked);
    }

    /// @dev Anyone can write a consent that names somebody else's subject; withdrawing it takes nothing from them.
    function test_a_forged_consent_revokes_nothing_of_anothers() public {
        (, Report memory report) = _consented();
        _submit(report);
        Consent memory forged = _consent(stranger);
        forged.holder = stranger;
        vm.prank(stranger);
        oracle.withdrawConsent(forged, "", report);
        oracle.scoreOf(SUBJECT, MODEL);
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.NothingToEnforce.selector, SUBJECT, MODEL));
        oracle.enforceWithdrawal(report);
        Report memory next = _report(2);
        next.consentHash = report.consentHash;
        _submit(next);
    }

    function test_a_report_that_overtakes_a_withdrawal_is_ended_by_anyone() public {
        (Consent memory consent, Report memory report) = _consented();
        _submit(report);
        Report memory newer = _report(2);
        newer.consentHash = _hash(consent);
        _submit(newer);
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", report);
        assertFalse(oracle.consentInForce(consent, newer));
        assertFalse(oracle.isAttested(newer));
        vm.prank(stranger);
        oracle.enforceWithdrawal(newer);
        _assertNowhereValid(newer, IScores.Status.Revoked);
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.NothingToEnforce.selector, SUBJECT, MODEL));
        oracle.enforceWithdrawal(newer);
    }

    /// @dev Whether a consent was withdrawn is looked up for the consent's own pair. Signers who attest another pair under it are wrong,
    /// and anyone ends what they attested.
    function test_a_withdrawn_consent_of_another_pair_carries_no_report_for_long() public {
        (Consent memory consent, Report memory report) = _consented();
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", report);
        report.subject = OTHER;
        _submit(report);
        assertFalse(oracle.isAttested(report));
        vm.prank(stranger);
        oracle.enforceWithdrawal(report);
        (IScores.Status status,,,) = oracle.tryScoreOf(OTHER, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Revoked));
    }

    function test_a_consent_withdrawn_unused_is_void() public {
        (Consent memory consent, Report memory report) = _consented();
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", report);
        bytes memory signatures = _sign(_hash(report));
        vm.expectRevert(abi.encodeWithSelector(ScoreStore.ConsentIsWithdrawn.selector, _hash(consent)));
        oracle.submitReport(report, BITMAP, signatures);
        (IScores.Status status,,,) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Missing));
    }

    function test_a_consent_is_in_force_for_its_report_until_it_expires() public {
        (Consent memory consent, Report memory report) = _consented();
        assertFalse(oracle.consentInForce(consent, report));
        report.validUntil = T0 + 80 days;
        _submit(report);
        assertTrue(oracle.consentInForce(consent, report));
        for (uint256 i = 0; i < 8; ++i) {
            (Consent memory other,) = _consented();
            if (i == 0) other.holder = stranger;
            if (i == 1) other.subject = "other";
            if (i == 2) other.modelId = "other";
            if (i == 3) other.purpose = "other";
            if (i == 4) other.consumer = holder;
            if (i == 5) other.expiry += 1;
            if (i == 6) other.nonceKey += 1;
            if (i == 7) other.nonceSeq += 1;
            assertFalse(oracle.consentInForce(other, report));
        }
        vm.warp(consent.expiry);
        oracle.scoreOf(SUBJECT, MODEL);
        assertFalse(oracle.consentInForce(consent, report));
    }

    function _consented() private view returns (Consent memory consent, Report memory report) {
        consent = _consent(stranger);
        report = _report(1);
        report.consentHash = _hash(consent);
    }

    function _refuse(Revocation memory revocation, bytes memory why) private {
        bytes memory signatures = _sign(_hash(revocation));
        vm.expectRevert(why);
        oracle.revoke(revocation, BITMAP, signatures);
    }

    function _assertNowhereValid(Report memory report, IScores.Status expected) private {
        bytes memory why = abi.encodeWithSelector(ScoreStore.ScoreUnavailable.selector, SUBJECT, MODEL, expected);
        (IScores.Status status, uint16 score, uint8 band, uint64 until) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(expected));
        assertEq(uint256(score) + band + until, 0);
        (status,,,) = oracle.stateOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(expected));
        assertFalse(oracle.isAttested(report));
        vm.expectRevert(why);
        oracle.scoreOf(SUBJECT, MODEL);
        vm.expectRevert(why);
        oracle.roundOf(SUBJECT, MODEL);
        ScoreFeed feed = new ScoreFeed(oracle, SUBJECT, MODEL, ScoreFeed.Figure.Band);
        vm.expectRevert(why);
        feed.latestRoundData();
        vm.expectRevert(why);
        feed.getRoundData(1);
    }
}
