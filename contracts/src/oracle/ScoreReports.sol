// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {ConfigWord} from "./ConfigWord.sol";
import {LoadedReport, LoadedReports} from "./LoadedReport.sol";
import {OracleHashes} from "./OracleHashes.sol";
import {Report, Revocation} from "./OracleTypes.sol";
import {ReportRules} from "./ReportRules.sol";
import {ScoreRecord, ScoreRecords} from "./ScoreRecord.sol";
import {ScoreStore} from "./ScoreStore.sol";

/// @title What the signers say: reports, batches of them, and revocations
/// @notice Anyone may submit: the signatures are the permission. Checks come in one order: not frozen, configuration, report,
/// signatures; nothing is written before the last of them.
abstract contract ScoreReports is ScoreStore {
    using LoadedReports for Report;
    using OracleHashes for Revocation;

    /// @notice Most reports that a call may apply.
    uint256 public constant MAX_BATCH = 200;

    /// @notice Reports under a root were applied.
    /// @param root what the signers signed
    /// @param applied how many of the given reports were applied
    /// @param skipped how many had been overtaken
    event BatchApplied(bytes32 indexed root, uint256 applied, uint256 skipped);
    /// @notice A report of a batch had been overtaken by a newer one, a revocation or a withdrawn consent.
    /// @param subject the subject
    /// @param modelId the model
    /// @param epoch the report that was not applied
    event ReportSkipped(bytes32 indexed subject, bytes32 indexed modelId, uint32 epoch);
    /// @notice The signers took reports back.
    /// @param subject the subject
    /// @param modelId the model
    /// @param throughEpoch the last epoch that is void
    /// @param reason a code of the signers' own
    event ScoreRevoked(bytes32 indexed subject, bytes32 indexed modelId, uint32 throughEpoch, bytes32 reason);

    /// @notice As many proofs as reports, between 1 and `MAX_BATCH`.
    error InvalidBatch(uint256 reports, uint256 proofs);
    /// @notice The report at `index` is not under the root.
    error InvalidProof(uint256 index, bytes32 root);
    /// @notice A newer report or revocation stands already.
    error RevocationSuperseded(uint32 current, uint32 throughEpoch);

    /// @notice Applies one report. Callable by anyone. Emits `ReportAccepted`.
    /// @dev Reverts with `OracleFrozen`, `WrongConfig`, an error of `ReportRules`, `ConsentIsWithdrawn`, or an error of `SignerSet`.
    /// @param report the report
    /// @param bitmap bit i stands for the signer at index i
    /// @param signatures of exactly m signers, in ascending order of the bits, each after two bytes with its length
    function submitReport(Report calldata report, uint64 bitmap, bytes calldata signatures) external {
        ConfigWord current = _loadUnfrozen();
        LoadedReport loaded = report.load();
        bytes memory set = _requireConfig(current, loaded.configDigest());
        ScoreRecord record = _recordOf(loaded);
        _follow(loaded, record, current);
        bytes32 reportHash = loaded.hash();
        _requireSigned(current, set, reportHash, bitmap, signatures);
        _accept(loaded, record, reportHash);
    }

    /// @notice Applies reports under a root that the signers signed once, any part of them and in any number of calls. Callable by anyone.
    /// Emits `ReportAccepted` or `ReportSkipped` for each, and `BatchApplied`.
    /// @dev A report that others' acts have overtaken is skipped, so that nobody can spoil a batch by applying one leaf of it first;
    /// whatever else is wrong reverts as in `submitReport`, and the submitter leaves that report out. Reverts with `InvalidBatch`
    /// and `InvalidProof` besides.
    /// @param root Merkle root of the reports, leaves as in `OracleHashes.reportLeaf`
    /// @param bitmap bit i stands for the signer at index i
    /// @param signatures of `Batch`, of exactly m signers, in ascending order of the bits, each after two bytes with its length
    /// @param reports at most `MAX_BATCH`; each names the configuration in force
    /// @param proofs siblings from each report's leaf to the root
    /// @return applied how many were not skipped
    function submitBatch(
        bytes32 root,
        uint64 bitmap,
        bytes calldata signatures,
        Report[] calldata reports,
        bytes32[][] calldata proofs
    ) external returns (uint256 applied) {
        uint256 n = reports.length;
        if (n == 0 || n > MAX_BATCH || proofs.length != n) revert InvalidBatch(n, proofs.length);
        ConfigWord current = _openBatch(root, reports[0].configDigest, bitmap, signatures);
        for (uint256 i = 0; i < n; ++i) {
            LoadedReport loaded = reports[i].load();
            _requireLeaf(root, reports[0].configDigest, loaded, proofs[i], i);
            if (_applyUnlessOvertaken(current, loaded)) ++applied;
        }
        emit BatchApplied(root, applied, n - applied);
    }

    /// @notice Takes back what the signers attested, submitted or not. Callable by anyone, also while frozen. Emits `ScoreRevoked`.
    /// @dev The next report has an epoch above `throughEpoch`. Reverts with `WrongConfig`, `RevocationSuperseded`, `EpochTooFar`, or an
    /// error of `SignerSet`.
    /// @param revocation what is taken back
    /// @param bitmap bit i stands for the signer at index i
    /// @param signatures of exactly m signers, in ascending order of the bits, each after two bytes with its length
    function revoke(Revocation calldata revocation, uint64 bitmap, bytes calldata signatures) external {
        ConfigWord current = _loadConfig();
        bytes memory set = _requireConfig(current, revocation.configDigest);
        (bytes32 subject, bytes32 modelId) = (revocation.subject, revocation.modelId);
        uint32 throughEpoch = revocation.throughEpoch;
        ScoreRecord record = _recordOf(subject, modelId);
        uint32 epoch = record.epoch();
        if (throughEpoch < epoch || throughEpoch == 0 || (throughEpoch == epoch && record.has(ScoreRecords.REVOKED))) {
            revert RevocationSuperseded(epoch, throughEpoch);
        }
        if (throughEpoch != epoch) ReportRules.requireEpoch(record, throughEpoch, current.maxEpochGap());
        _requireSigned(current, set, revocation.hash(), bitmap, signatures);
        _setRecord(subject, modelId, record.withEpoch(throughEpoch).with(ScoreRecords.REVOKED));
        emit ScoreRevoked(subject, modelId, throughEpoch, revocation.reason);
    }

    function _openBatch(bytes32 root, bytes32 digest, uint64 bitmap, bytes calldata signatures)
        private
        view
        returns (ConfigWord current)
    {
        current = _loadUnfrozen();
        bytes memory set = _requireConfig(current, digest);
        _requireSigned(current, set, OracleHashes.hashBatch(root, digest), bitmap, signatures);
    }

    function _requireLeaf(bytes32 root, bytes32 digest, LoadedReport report, bytes32[] calldata proof, uint256 index)
        private
        pure
    {
        if (report.configDigest() != digest) revert WrongConfig(digest, report.configDigest());
        if (!MerkleProof.verifyCalldata(proof, root, OracleHashes.reportLeaf(report.hash()))) {
            revert InvalidProof(index, root);
        }
    }

    function _applyUnlessOvertaken(ConfigWord current, LoadedReport report) private returns (bool) {
        ScoreRecord record = _recordOf(report);
        if (_isOvertaken(report, record)) {
            // The report is under the signed root, so its epoch is 32 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            emit ReportSkipped(report.subject(), report.modelId(), uint32(report.epoch()));
            return false;
        }
        _follow(report, record, current);
        _accept(report, record, report.hash());
        return true;
    }
}
