// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConfigWord} from "./ConfigWord.sol";
import {LoadedReport} from "./LoadedReport.sol";
import {ScoreRecord} from "./ScoreRecord.sol";

/// @title What makes a report acceptable, apart from its signatures
/// @notice Checked in the order in which the functions are written: shape, time, then against the record that it replaces.
library ReportRules {
    uint256 internal constant MIN_SCORE = 300;
    uint256 internal constant MAX_SCORE = 850;
    uint256 internal constant MAX_BAND = 10;
    uint256 internal constant ONE_IN_PPM = 1_000_000;

    /// @notice A report names its subject, model and consent.
    error UnnamedReport(bytes32 subject, bytes32 modelId, bytes32 consentHash);
    /// @notice 300 to 850, or 0 where only the band is attested.
    error ScoreOutOfRange(uint256 score);
    /// @notice 1 to 10.
    error BandOutOfRange(uint256 band);
    /// @notice low ≤ pd ≤ high ≤ 1,000,000 over at least one day.
    error InvalidProbability(uint256 pdPpm, uint256 lowPpm, uint256 highPpm, uint256 horizonDays);
    /// @notice Observed after this block.
    error ObservedInFuture(uint256 observedAt, uint256 timestamp);
    /// @notice Over before this block.
    error ReportExpired(uint256 validUntil, uint256 timestamp);
    /// @notice Valid for longer than the bounds allow, in seconds.
    error ValidityTooLong(uint256 validity, uint256 maxValidity);
    /// @notice Not newer than what is kept, or has been revoked in advance.
    error EpochNotIncreasing(uint256 current, uint256 given);
    /// @notice Further ahead than the bounds allow.
    error EpochTooFar(uint256 current, uint256 given, uint256 maxEpochGap);
    /// @notice Rests on older data than what is kept.
    error ObservationDecreasing(uint256 current, uint256 given);
    /// @notice The band moves by more than the bounds allow.
    error BandStepTooLarge(uint256 current, uint256 given, uint256 maxStep);
    /// @notice The score moves by more than the bounds allow.
    error ScoreStepTooLarge(uint256 current, uint256 given, uint256 maxStep);

    /// @notice Reverts unless the report may follow the record.
    function follow(LoadedReport report, ScoreRecord current, ConfigWord config) internal view {
        _checkShape(report);
        _checkTime(report, config.maxValidity());
        requireEpoch(current, report.epoch(), config.maxEpochGap());
        uint256 observedAt = report.observedAt();
        if (observedAt < current.observedAt()) revert ObservationDecreasing(current.observedAt(), observedAt);
        _checkStep(report, current, config);
    }

    /// @notice Reverts unless the epoch is after the record's, and not too far after it.
    function requireEpoch(ScoreRecord current, uint256 epoch, uint256 maxEpochGap) internal pure {
        uint256 last = current.epoch();
        if (epoch <= last) revert EpochNotIncreasing(last, epoch);
        unchecked {
            if (last != 0 && epoch - last > maxEpochGap) revert EpochTooFar(last, epoch, maxEpochGap);
        }
    }

    function _checkShape(LoadedReport report) private pure {
        if (report.subject() == 0 || report.modelId() == 0 || report.consentHash() == 0) {
            revert UnnamedReport(report.subject(), report.modelId(), report.consentHash());
        }
        uint256 score = report.score();
        if (score != 0 && (score < MIN_SCORE || score > MAX_SCORE)) revert ScoreOutOfRange(score);
        uint256 band = report.band();
        if (band == 0 || band > MAX_BAND) revert BandOutOfRange(band);
        (uint256 pd, uint256 low, uint256 high) = (report.pdPpm(), report.pdLowPpm(), report.pdHighPpm());
        uint256 horizonDays = report.horizonDays();
        if (low > pd || pd > high || high > ONE_IN_PPM || horizonDays == 0) {
            revert InvalidProbability(pd, low, high, horizonDays);
        }
    }

    function _checkTime(LoadedReport report, uint256 maxValidity) private view {
        uint256 observedAt = report.observedAt();
        uint256 validUntil = report.validUntil();
        if (observedAt > block.timestamp) revert ObservedInFuture(observedAt, block.timestamp);
        if (validUntil <= block.timestamp) revert ReportExpired(validUntil, block.timestamp);
        unchecked {
            uint256 validity = validUntil - observedAt;
            if (validity > maxValidity) revert ValidityTooLong(validity, maxValidity);
        }
    }

    /// @dev A first report follows nothing. Bands are always compared; a score is with the last that was attested, however many reports
    /// of a band alone came between, so that they are no way round its bound. A revoked record still counts: the way back is in steps
    /// too.
    function _checkStep(LoadedReport report, ScoreRecord current, ConfigWord config) private pure {
        uint256 lastBand = current.band();
        if (lastBand == 0) return;
        uint256 band = report.band();
        if (_distance(lastBand, band) > config.maxBandStep()) {
            revert BandStepTooLarge(lastBand, band, config.maxBandStep());
        }
        uint256 lastScore = current.lastScore();
        uint256 score = report.score();
        if (lastScore != 0 && score != 0 && _distance(lastScore, score) > config.maxScoreStep()) {
            revert ScoreStepTooLarge(lastScore, score, config.maxScoreStep());
        }
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            return a > b ? a - b : b - a;
        }
    }
}
