// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What a consumer reads of scores
/// @notice Reads fail closed: a score that is missing, expired, revoked or frozen is not a score.
interface IScores {
    /// @custom:value Valid the score may be relied on now
    /// @custom:value Missing no report was ever accepted
    /// @custom:value Expired its validity is over
    /// @custom:value Revoked by quorum, or by the subject
    /// @custom:value Frozen by the guardian
    enum Status {
        Valid,
        Missing,
        Expired,
        Revoked,
        Frozen
    }

    /// @notice The score of a subject under a model. Reverts unless `Valid`.
    /// @param subject salted hash that names the subject
    /// @param modelId the model
    /// @return score 300 to 850; 0 where only the band is attested
    /// @return band 1 (best) to 10
    /// @return validUntil seconds since the epoch
    function scoreOf(bytes32 subject, bytes32 modelId)
        external
        view
        returns (uint16 score, uint8 band, uint64 validUntil);

    /// @notice As `scoreOf`, with a status in place of a revert; the figures are 0 unless `Valid`.
    function tryScoreOf(bytes32 subject, bytes32 modelId)
        external
        view
        returns (Status status, uint16 score, uint8 band, uint64 validUntil);
}
