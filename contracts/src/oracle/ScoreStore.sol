// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IScores} from "../interfaces/IScores.sol";
import {IConsents} from "./IConsents.sol";
import {ConfigWord} from "./ConfigWord.sol";
import {LoadedReport, LoadedReports} from "./LoadedReport.sol";
import {OracleConfig} from "./OracleConfig.sol";
import {OracleHashes} from "./OracleHashes.sol";
import {Consent, Factor, Report} from "./OracleTypes.sol";
import {ReportRules} from "./ReportRules.sol";
import {ScoreRecord, ScoreRecords} from "./ScoreRecord.sol";

/// @title What is kept of scores, and how it is read
/// @notice One word per subject and model: what consumers read, and a tag against which anyone can prove the rest of the report. A report
/// goes in through `_accept` alone, and a score comes out through `_status` alone.
abstract contract ScoreStore is OracleConfig, IScores, IConsents {
    using OracleHashes for Consent;
    using LoadedReports for Report;

    mapping(bytes32 subject => mapping(bytes32 modelId => ScoreRecord)) private _records;
    mapping(bytes32 consentHash => bool) private _withdrawn;

    /// @notice A report was accepted; it clears a revocation and leaves the other flags.
    /// @param subject the subject
    /// @param modelId the model
    /// @param figures from the lowest bit: score 16, band 8, epoch 32, observedAt 40, lifetime 32 (seconds from there to the end of validity),
    /// pdPpm 24, pdLowPpm 24, pdHighPpm 24, horizonDays 16, modelVersion 32
    /// @param consentHash the consent that it rests on
    /// @param dataCommitment the root of its factors
    event ReportAccepted(
        bytes32 indexed subject, bytes32 indexed modelId, uint256 figures, bytes32 consentHash, bytes32 dataCommitment
    );
    /// @notice The guardian froze the score.
    /// @param subject the subject
    /// @param modelId the model
    /// @param by who called
    event ScoreFrozen(bytes32 indexed subject, bytes32 indexed modelId, address indexed by);
    /// @notice The multisig undid that.
    /// @param subject the subject
    /// @param modelId the model
    /// @param by who called
    event ScoreUnfrozen(bytes32 indexed subject, bytes32 indexed modelId, address indexed by);
    /// @notice A holder withdrew a consent; no report of its pair can rest on it any more.
    /// @param subject the subject of the consent
    /// @param modelId the model of the consent
    /// @param consentHash its struct hash
    event ConsentWithdrawn(bytes32 indexed subject, bytes32 indexed modelId, bytes32 indexed consentHash);
    /// @notice The score rested on a withdrawn consent.
    /// @param subject the subject
    /// @param modelId the model
    /// @param epoch the report that is revoked
    event ScoreRevokedByHolder(bytes32 indexed subject, bytes32 indexed modelId, uint32 epoch);

    /// @notice There is no valid score.
    error ScoreUnavailable(bytes32 subject, bytes32 modelId, Status status);
    /// @notice Frozen already.
    error ScoreAlreadyFrozen(bytes32 subject, bytes32 modelId);
    /// @notice Not frozen.
    error ScoreNotFrozen(bytes32 subject, bytes32 modelId);
    /// @notice The consent was withdrawn.
    error ConsentIsWithdrawn(bytes32 consentHash);
    /// @notice No standing report that rests on a withdrawn consent.
    error NothingToEnforce(bytes32 subject, bytes32 modelId);
    /// @notice Neither called nor signed by the holder.
    error InvalidConsentSignature(address holder);

    /// @notice Makes reads of one score fail. Reports go on being recorded, so that what is unfrozen is not stale. Restricted:
    /// guardian. Emits `ScoreFrozen`.
    /// @dev Reverts with `ScoreAlreadyFrozen`. A pair without a report can be frozen ahead of it.
    /// @param subject the subject
    /// @param modelId the model
    function freeze(bytes32 subject, bytes32 modelId) external restricted {
        ScoreRecord record = _recordOf(subject, modelId);
        if (record.has(ScoreRecords.FROZEN)) revert ScoreAlreadyFrozen(subject, modelId);
        _setRecord(subject, modelId, record.with(ScoreRecords.FROZEN));
        emit ScoreFrozen(subject, modelId, msg.sender);
    }

    /// @notice Undoes `freeze`. Restricted: multisig. Emits `ScoreUnfrozen`.
    /// @dev Reverts with `ScoreNotFrozen`.
    /// @param subject the subject
    /// @param modelId the model
    function unfreeze(bytes32 subject, bytes32 modelId) external restricted {
        ScoreRecord record = _recordOf(subject, modelId);
        if (!record.has(ScoreRecords.FROZEN)) revert ScoreNotFrozen(subject, modelId);
        _setRecord(subject, modelId, record.without(ScoreRecords.FROZEN));
        emit ScoreUnfrozen(subject, modelId, msg.sender);
    }

    /// @notice Withdraws a consent for ever, used or not: no report of its subject and model can rest on it any more. By the holder, or
    /// by anyone with the holder's signature of `ConsentWithdrawal`. Emits `ConsentWithdrawn`, and `ScoreRevokedByHolder` where the
    /// given report is the one that stands. Works while frozen.
    /// @dev The consent's hash names its holder, so nobody can withdraw another's. Where a newer report came first, or signers attest
    /// another pair under the consent, that score reads as valid until `enforceWithdrawal` ends it, which anyone may call; with the report
    /// in hand it does not (`isAttested`). Reverts with `InvalidConsentSignature` or `ConsentIsWithdrawn`.
    /// @param consent the consent
    /// @param signature of the holder (key or ERC-1271); empty where the holder calls
    /// @param standing the report that rests on it; anything where there is none
    function withdrawConsent(Consent calldata consent, bytes calldata signature, Report calldata standing) external {
        bytes32 consentHash = consent.hash();
        address holder = consent.holder;
        if (msg.sender != holder) {
            bytes32 digest = _hashTypedDataV4(OracleHashes.hashWithdrawal(consentHash));
            if (!SignatureChecker.isValidSignatureNow(holder, digest, signature)) {
                revert InvalidConsentSignature(holder);
            }
        }
        _requireNotWithdrawn(consentHash);
        _withdrawn[consentHash] = true;
        (bytes32 subject, bytes32 modelId) = (consent.subject, consent.modelId);
        _setRecord(subject, modelId, _recordOf(subject, modelId).with(ScoreRecords.WITHDRAWALS));
        emit ConsentWithdrawn(subject, modelId, consentHash);
        _revokeIfWithdrawn(standing.load());
    }

    /// @notice Revokes a score that rests on a withdrawn consent. Callable by anyone. Emits `ScoreRevokedByHolder`.
    /// @dev Reverts with `NothingToEnforce` where the report does not stand, is revoked already, or its consent is not withdrawn.
    /// @param standing the report
    function enforceWithdrawal(Report calldata standing) external {
        LoadedReport report = standing.load();
        if (!_revokeIfWithdrawn(report)) revert NothingToEnforce(report.subject(), report.modelId());
    }

    /// @inheritdoc IScores
    /// @dev Reverts with `ScoreUnavailable`.
    function scoreOf(bytes32 subject, bytes32 modelId)
        external
        view
        returns (uint16 score, uint8 band, uint64 validUntil)
    {
        ScoreRecord record = _validRecord(subject, modelId);
        return (record.score(), record.band(), record.validUntil());
    }

    /// @inheritdoc IScores
    function tryScoreOf(bytes32 subject, bytes32 modelId)
        external
        view
        returns (Status status, uint16 score, uint8 band, uint64 validUntil)
    {
        ScoreRecord record = _recordOf(subject, modelId);
        status = _status(record);
        if (status == Status.Valid) (score, band, validUntil) = (record.score(), record.band(), record.validUntil());
    }

    /// @notice As `scoreOf`, with what a round of a feed needs.
    /// @dev Reverts with `ScoreUnavailable`.
    /// @param subject the subject
    /// @param modelId the model
    /// @return score 300 to 850; 0 where only the band is attested
    /// @return band 1 (best) to 10
    /// @return epoch number of the report
    /// @return observedAt seconds since the epoch
    function roundOf(bytes32 subject, bytes32 modelId)
        external
        view
        returns (uint16 score, uint8 band, uint32 epoch, uint64 observedAt)
    {
        ScoreRecord record = _validRecord(subject, modelId);
        return (record.score(), record.band(), record.epoch(), record.observedAt());
    }

    /// @notice Where a pair stands, without any figure that could be taken for a score.
    /// @param subject the subject
    /// @param modelId the model
    /// @return status whether it may be relied on
    /// @return epoch the newest accepted or revoked; the next is above it
    /// @return frozen whether this pair is frozen, apart from all of them
    /// @return tag upper 120 bits of the newest report's struct hash
    function stateOf(bytes32 subject, bytes32 modelId)
        external
        view
        returns (Status status, uint32 epoch, bool frozen, bytes15 tag)
    {
        ScoreRecord record = _recordOf(subject, modelId);
        return (_status(record), record.epoch(), record.has(ScoreRecords.FROZEN), bytes15(record.tag()));
    }

    /// @notice Whether this is, member for member, the report that stands for its pair, is valid, and rests on a consent that was not
    /// withdrawn. What is not kept (probability, horizon, model version, consent, commitment) may be relied on where it is true.
    /// @dev Reverts, without data, where version, epoch or horizon have more bits than their types, as the ABI decoder does.
    /// @param report the report
    /// @return whether it may be relied on
    function isAttested(Report calldata report) public view returns (bool) {
        LoadedReport loaded = report.load();
        ScoreRecord record = _recordOf(loaded);
        return _status(record) == Status.Valid && _stands(loaded, record) && !_withdrawn[loaded.consentHash()];
    }

    /// @notice Whether an opened factor is one of those that a valid report commits to.
    /// @param report the report that stands for its pair
    /// @param factor the opened factor
    /// @param proof siblings from the factor's leaf to `dataCommitment`
    /// @return whether report and factor may be relied on
    function verifyFactor(Report calldata report, Factor calldata factor, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return isAttested(report)
            && MerkleProof.verifyCalldata(proof, report.dataCommitment, OracleHashes.factorLeaf(factor));
    }

    /// @inheritdoc IConsents
    function consentInForce(Consent calldata consent, Report calldata report) external view returns (bool) {
        return report.consentHash == consent.hash() && report.subject == consent.subject
            && report.modelId == consent.modelId && block.timestamp < consent.expiry && isAttested(report);
    }

    /// @notice Whether a consent was withdrawn.
    /// @param consentHash its struct hash
    /// @return whether it was, used or not
    function isWithdrawn(bytes32 consentHash) external view returns (bool) {
        return _withdrawn[consentHash];
    }

    function _recordOf(LoadedReport report) internal view returns (ScoreRecord) {
        return _recordOf(report.subject(), report.modelId());
    }

    function _recordOf(bytes32 subject, bytes32 modelId) internal view returns (ScoreRecord) {
        return _records[subject][modelId];
    }

    function _setRecord(bytes32 subject, bytes32 modelId, ScoreRecord record) internal {
        _records[subject][modelId] = record;
    }

    /// @dev Reverts unless the report may follow the record. The caller has checked the configuration, and checks the signatures before it
    /// calls `_accept`.
    function _follow(LoadedReport report, ScoreRecord record, ConfigWord current) internal view {
        ReportRules.follow(report, record, current);
        if (record.has(ScoreRecords.WITHDRAWALS)) _requireNotWithdrawn(report.consentHash());
    }

    /// @dev Frozen and withdrawals outlive a report; revocation does not.
    function _accept(LoadedReport report, ScoreRecord record, bytes32 reportHash) internal {
        _setRecord(report.subject(), report.modelId(), report.toRecord(record, reportHash));
        emit ReportAccepted(
            report.subject(), report.modelId(), report.figures(), report.consentHash(), report.dataCommitment()
        );
    }

    /// @dev Whether others' acts have overtaken the report since it was signed: it is not newer than what is kept, or its
    /// consent was withdrawn.
    function _isOvertaken(LoadedReport report, ScoreRecord record) internal view returns (bool) {
        return
            report.epoch() <= record.epoch()
                || (record.has(ScoreRecords.WITHDRAWALS) && _withdrawn[report.consentHash()]);
    }

    function _requireNotWithdrawn(bytes32 consentHash) internal view {
        if (_withdrawn[consentHash]) revert ConsentIsWithdrawn(consentHash);
    }

    /// @dev A revocation in advance moves the epoch on, so the epoch is compared too.
    function _stands(LoadedReport report, ScoreRecord record) private pure returns (bool) {
        return
            record.band() != 0 && report.epoch() == record.epoch() && record.tag() == ScoreRecords.tagOf(report.hash());
    }

    function _revokeIfWithdrawn(LoadedReport standing) private returns (bool revoked) {
        ScoreRecord record = _recordOf(standing);
        revoked = _withdrawn[standing.consentHash()] && _stands(standing, record) && !record.has(ScoreRecords.REVOKED);
        if (revoked) {
            _setRecord(standing.subject(), standing.modelId(), record.with(ScoreRecords.REVOKED));
            emit ScoreRevokedByHolder(standing.subject(), standing.modelId(), record.epoch());
        }
    }

    /// @dev The most lasting cause first.
    function _status(ScoreRecord record) private view returns (Status) {
        if (record.epoch() == 0) return Status.Missing;
        if (record.has(ScoreRecords.REVOKED)) return Status.Revoked;
        if (record.has(ScoreRecords.FROZEN) || _allFrozen()) return Status.Frozen;
        if (block.timestamp >= record.validUntil()) return Status.Expired;
        return Status.Valid;
    }

    function _validRecord(bytes32 subject, bytes32 modelId) private view returns (ScoreRecord record) {
        record = _recordOf(subject, modelId);
        Status status = _status(record);
        if (status != Status.Valid) revert ScoreUnavailable(subject, modelId, status);
    }
}
