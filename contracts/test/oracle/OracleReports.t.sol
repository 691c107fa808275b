// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IScores} from "../../src/interfaces/IScores.sol";
import {OracleConfig} from "../../src/oracle/OracleConfig.sol";
import {Factor, Report} from "../../src/oracle/OracleTypes.sol";
import {ReportRules} from "../../src/oracle/ReportRules.sol";
import {ScoreStore} from "../../src/oracle/ScoreStore.sol";
import {SignerSet} from "../../src/oracle/SignerSet.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract OracleReportsTest is OracleFixture {
    function test_a_signed_report_is_read_back_to_the_member() public {
        Report memory report = _report(1);
        uint256 figures = uint256(640) | 4 << 16 | 1 << 24 | uint256(T0) << 56 | uint256(30 days) << 96 | 31_000 << 128
            | uint256(24_000) << 152 | uint256(40_000) << 176 | uint256(365) << 200 | uint256(7) << 216;
        vm.expectEmit(address(oracle));
        emit ScoreStore.ReportAccepted(SUBJECT, MODEL, figures, report.consentHash, report.dataCommitment);
        _submit(report);
        (uint16 score, uint8 band, uint64 validUntil) = oracle.scoreOf(SUBJECT, MODEL);
        assertEq(score, 640);
        assertEq(band, 4);
        assertEq(validUntil, report.validUntil);
        (,, uint32 epoch, uint64 observedAt) = oracle.roundOf(SUBJECT, MODEL);
        assertEq(epoch, 1);
        assertEq(observedAt, report.observedAt);
        (IScores.Status status,,, bytes15 tag) = oracle.stateOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Valid));
        assertEq(tag, bytes15(_hash(report)));
        assertTrue(oracle.isAttested(report));
    }

    function test_a_band_is_enough() public {
        Report memory report = _report(1);
        report.score = 0;
        _submit(report);
        (uint16 score, uint8 band,) = oracle.scoreOf(SUBJECT, MODEL);
        assertEq(score, 0);
        assertEq(band, 4);
    }

    function test_a_report_names_subject_model_and_consent() public {
        for (uint256 i = 0; i < 3; ++i) {
            Report memory report = _report(1);
            if (i == 0) report.subject = 0;
            if (i == 1) report.modelId = 0;
            if (i == 2) report.consentHash = 0;
            _refuse(
                report,
                abi.encodeWithSelector(
                    ReportRules.UnnamedReport.selector, report.subject, report.modelId, report.consentHash
                )
            );
        }
    }

    function test_scores_lie_between_300_and_850() public {
        Report memory report = _report(1);
        report.score = 299;
        _refuse(report, abi.encodeWithSelector(ReportRules.ScoreOutOfRange.selector, 299));
        report.score = 851;
        _refuse(report, abi.encodeWithSelector(ReportRules.ScoreOutOfRange.selector, 851));
        report.score = 300;
        _submit(report);
        report.subject = "other";
        report.score = 850;
        _submit(report);
    }

    function test_bands_lie_between_1_and_10() public {
        Report memory report = _report(1);
        report.band = 0;
        _refuse(report, abi.encodeWithSelector(ReportRules.BandOutOfRange.selector, 0));
        report.band = 11;
        _refuse(report, abi.encodeWithSelector(ReportRules.BandOutOfRange.selector, 11));
        report.band = 10;
        _submit(report);
    }

    function test_a_probability_lies_in_its_interval_over_a_horizon() public {
        for (uint256 i = 0; i < 4; ++i) {
            Report memory report = _report(1);
            if (i == 0) report.pdLowPpm = report.pdPpm + 1;
            if (i == 1) report.pdHighPpm = report.pdPpm - 1;
            if (i == 2) report.pdHighPpm = 1_000_001;
            if (i == 3) report.horizonDays = 0;
            _refuse(
                report,
                abi.encodeWithSelector(
                    ReportRules.InvalidProbability.selector,
                    report.pdPpm,
                    report.pdLowPpm,
                    report.pdHighPpm,
                    report.horizonDays
                )
            );
        }
        Report memory whole = _report(1);
        (whole.pdPpm, whole.pdLowPpm, whole.pdHighPpm) = (1_000_000, 1_000_000, 1_000_000);
        _submit(whole);
    }

    function test_nothing_is_observed_in_the_future() public {
        Report memory report = _report(1);
        report.observedAt = T0 + 1;
        _refuse(report, abi.encodeWithSelector(ReportRules.ObservedInFuture.selector, T0 + 1, T0));
    }

    function test_a_report_that_is_over_is_refused() public {
        Report memory report = _report(1);
        report.observedAt = T0 - 1 days;
        report.validUntil = T0;
        _refuse(report, abi.encodeWithSelector(ReportRules.ReportExpired.selector, T0, T0));
        report.validUntil = T0 + 1;
        _submit(report);
    }

    function test_validity_is_at_most_the_bound() public {
        Report memory report = _report(1);
        report.validUntil = T0 + 90 days + 1;
        _refuse(report, abi.encodeWithSelector(ReportRules.ValidityTooLong.selector, 90 days + 1, 90 days));
        report.validUntil = T0 + 90 days;
        _submit(report);
    }

    function test_epochs_only_grow() public {
        _submit(_report(5));
        _refuse(_report(5), abi.encodeWithSelector(ReportRules.EpochNotIncreasing.selector, 5, 5));
        _refuse(_report(4), abi.encodeWithSelector(ReportRules.EpochNotIncreasing.selector, 5, 4));
        _refuse(_report(16), abi.encodeWithSelector(ReportRules.EpochTooFar.selector, 5, 16, 10));
        _submit(_report(15));
    }

    function test_epoch_zero_is_none() public {
        _refuse(_report(0), abi.encodeWithSelector(ReportRules.EpochNotIncreasing.selector, 0, 0));
    }

    function test_observation_never_goes_back() public {
        _submit(_report(1));
        Report memory report = _report(2);
        report.observedAt = T0 - 1;
        _refuse(report, abi.encodeWithSelector(ReportRules.ObservationDecreasing.selector, T0, T0 - 1));
        report.observedAt = T0;
        _submit(report);
    }

    function test_a_band_moves_by_at_most_its_step() public {
        _submit(_report(1));
        Report memory report = _report(2);
        report.band = 8;
        _refuse(report, abi.encodeWithSelector(ReportRules.BandStepTooLarge.selector, 4, 8, 3));
        report.band = 7;
        _submit(report);
    }

    function test_a_score_moves_by_at_most_its_step() public {
        _submit(_report(1));
        Report memory report = _report(2);
        report.score = 640 - 121;
        _refuse(report, abi.encodeWithSelector(ReportRules.ScoreStepTooLarge.selector, 640, 519, 120));
        report.score = 640 + 121;
        _refuse(report, abi.encodeWithSelector(ReportRules.ScoreStepTooLarge.selector, 640, 761, 120));
        report.score = 520;
        _submit(report);
    }

    function test_attesting_a_band_only_is_no_way_round_the_step() public {
        _submit(_report(1));
        Report memory hidden = _report(2);
        (hidden.score, hidden.band) = (0, 7);
        _submit(hidden);
        (hidden.epoch, hidden.band) = (3, 8);
        _submit(hidden);
        Report memory report = _report(4);
        (report.score, report.band) = (640 - 121, 10);
        _refuse(report, abi.encodeWithSelector(ReportRules.ScoreStepTooLarge.selector, 640, 519, 120));
        report.score = 640 + 121;
        _refuse(report, abi.encodeWithSelector(ReportRules.ScoreStepTooLarge.selector, 640, 761, 120));
        (report.score, report.band) = (520, 4);
        _refuse(report, abi.encodeWithSelector(ReportRules.BandStepTooLarge.selector, 8, 4, 3));
        report.band = 5;
        _submit(report);
        (uint16 score, uint8 band,) = oracle.scoreOf(SUBJECT, MODEL);
        assertEq(score, 520);
        assertEq(band, 5);
    }

    function test_a_band_alone_reads_as_no_score_whatever_was_attested_before() public {
        _submit(_report(1));
        Report memory bandOnly = _report(2);
        bandOnly.score = 0;
        _submit(bandOnly);
        (uint16 score,,) = oracle.scoreOf(SUBJECT, MODEL);
        assertEq(score, 0);
        (, score,,) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(score, 0);
        (score,,,) = oracle.roundOf(SUBJECT, MODEL);
        assertEq(score, 0);
        assertTrue(oracle.isAttested(bandOnly));
    }

    function test_a_band_alone_outlives_a_freeze_and_a_revocation_in_advance() public {
        _submit(_report(1));
        Report memory bandOnly = _report(2);
        bandOnly.score = 0;
        _submit(bandOnly);
        vm.prank(guardian);
        oracle.freeze(SUBJECT, MODEL);
        _revoke(5);
        Report memory report = _report(6);
        report.score = 640 + 121;
        _refuse(report, abi.encodeWithSelector(ReportRules.ScoreStepTooLarge.selector, 640, 761, 120));
        report.score = 0;
        _submit(report);
        (,, bool frozen,) = oracle.stateOf(SUBJECT, MODEL);
        assertTrue(frozen);
    }

    function test_the_step_counts_from_a_revoked_score_too() public {
        _submit(_report(1));
        _revoke(1);
        Report memory report = _report(2);
        report.band = 10;
        _refuse(report, abi.encodeWithSelector(ReportRules.BandStepTooLarge.selector, 4, 10, 3));
    }

    function test_a_report_names_the_configuration_in_force() public {
        Report memory report = _report(1);
        report.configDigest = "other";
        _refuse(report, abi.encodeWithSelector(OracleConfig.WrongConfig.selector, oracle.configDigest(), OTHER));
    }

    /// @dev Each member gets another value that the rules allow, so that nothing but the signature can refuse it.
    function test_every_signed_member_is_signed() public {
        for (uint256 i = 0; i < 14; ++i) {
            Report memory report = _report(3);
            bytes memory signatures = _sign(_hash(report));
            if (i == 0) report.subject = "other";
            if (i == 1) report.modelId = "other";
            if (i == 2) report.modelVersion += 1;
            if (i == 3) report.epoch += 1;
            if (i == 4) report.score += 1;
            if (i == 5) report.band += 1;
            if (i == 6) report.pdPpm += 1;
            if (i == 7) report.pdLowPpm += 1;
            if (i == 8) report.pdHighPpm += 1;
            if (i == 9) report.horizonDays += 1;
            if (i == 10) report.observedAt -= 1;
            if (i == 11) report.validUntil += 1;
            if (i == 12) report.consentHash = "other";
            if (i == 13) report.dataCommitment = "other";
            vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
            oracle.submitReport(report, BITMAP, signatures);
        }
    }

    function testFuzz_any_other_word_is_refused(uint256 member, uint256 word) public {
        Report memory report = _report(3);
        bytes memory data = abi.encodeCall(oracle.submitReport, (report, BITMAP, _sign(_hash(report))));
        member = bound(member, 0, 14);
        uint256 place = 36 + 32 * member;
        uint256 before;
        assembly {
            before := mload(add(data, place))
        }
        vm.assume(before != word);
        assembly {
            mstore(add(data, place), word)
        }
        (bool ok,) = address(oracle).call(data);
        assertFalse(ok);
        (IScores.Status status,,,) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Missing));
        assembly {
            mstore(add(data, place), before)
        }
        (ok,) = address(oracle).call(data);
        assertTrue(ok);
    }

    /// @dev Even m signers cannot put bits beside an epoch, a version or a horizon, where the neighbours in the word are.
    function test_wide_members_are_refused_whoever_signs_them() public {
        uint256[3] memory members = [uint256(2), 3, 9];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 place = 32 + 32 * members[i];
            bytes memory words = abi.encode(_report(1));
            assembly {
                let word := add(words, place)
                mstore(word, or(mload(word), shl(32, 1)))
            }
            bytes memory signatures = _sign(keccak256(bytes.concat(abi.encode(REPORT_TYPEHASH), words)));
            bytes memory tail = abi.encode(BITMAP, uint256(17 * 32), signatures.length);
            bytes memory data = bytes.concat(
                oracle.submitReport.selector, words, tail, signatures, new bytes(32 - signatures.length % 32)
            );
            (bool ok, bytes memory why) = address(oracle).call(data);
            assertFalse(ok);
            assertEq(why.length, 0);
        }
    }

    function test_what_is_not_kept_is_proven_against_the_tag() public {
        Factor[3] memory factors =
            [Factor("age", 34, "salt a"), Factor("utilisation", 41, "salt b"), Factor("income", -5, "salt c")];
        bytes32[] memory leaves = new bytes32[](3);
        for (uint256 i = 0; i < 3; ++i) {
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(factors[i]))));
        }
        Report memory report = _report(1);
        report.dataCommitment = MerkleTree.root(leaves);
        _submit(report);
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(oracle.verifyFactor(report, factors[i], MerkleTree.proof(leaves, i)));
            Factor memory false_ = Factor(factors[i].name, factors[i].value + 1, factors[i].salt);
            assertFalse(oracle.verifyFactor(report, false_, MerkleTree.proof(leaves, i)));
            false_ = Factor(factors[i].name, factors[i].value, "other salt");
            assertFalse(oracle.verifyFactor(report, false_, MerkleTree.proof(leaves, i)));
        }
        report.pdPpm += 1;
        assertFalse(oracle.isAttested(report));
        assertFalse(oracle.verifyFactor(report, factors[0], MerkleTree.proof(leaves, 0)));
        report.pdPpm -= 1;
        vm.warp(report.validUntil);
        assertFalse(oracle.verifyFactor(report, factors[0], MerkleTree.proof(leaves, 0)));
    }

    function _refuse(Report memory report, bytes memory why) private {
        bytes memory signatures = _sign(_hash(report));
        vm.expectRevert(why);
        oracle.submitReport(report, BITMAP, signatures);
    }
}
