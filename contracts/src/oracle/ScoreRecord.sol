// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What is kept of the newest report of a subject and model, in one word.
/// @dev From the lowest bit: last attested score 16, band 8, flags 8, epoch 32, observedAt 40, lifetime 32 (seconds from observation to the end of
/// validity), tag 120 (the upper bits of the report's struct hash). Against the tag anyone can prove the rest of the report. To pass
/// another report off as this one takes a second preimage, 2^120 hashes; two reports made to share a tag are both of the signers'
/// making, who gain nothing by it that a false report would not give them.
type ScoreRecord is uint256;

using ScoreRecords for ScoreRecord global;

/// @title Reading and writing of the word
library ScoreRecords {
    /// @notice Taken back by quorum, or its consent was withdrawn. Cleared by the next report.
    uint8 internal constant REVOKED = 1;
    /// @notice Frozen by the guardian. Outlives reports.
    uint8 internal constant FROZEN = 2;
    /// @notice Some consent for this pair was withdrawn once, so that a report has to look its own up. Never cleared.
    uint8 internal constant WITHDRAWALS = 4;
    /// @notice The newest report attests a band alone; the kept score is that of an earlier one. Set or cleared by each report.
    uint8 internal constant BAND_ONLY = 8;
    /// @notice What a new report leaves as it is.
    uint8 internal constant LASTING = FROZEN | WITHDRAWALS;

    /// @notice What the newest report attests; 0 where only the band.
    function score(ScoreRecord self) internal pure returns (uint16) {
        return self.has(BAND_ONLY) ? 0 : self.lastScore();
    }

    /// @notice The last score that was attested, by the newest report or an earlier one; 0 where none was.
    function lastScore(ScoreRecord self) internal pure returns (uint16) {
        return uint16(ScoreRecord.unwrap(self));
    }

    function band(ScoreRecord self) internal pure returns (uint8) {
        return uint8(ScoreRecord.unwrap(self) >> 16);
    }

    function flags(ScoreRecord self) internal pure returns (uint8) {
        return uint8(ScoreRecord.unwrap(self) >> 24);
    }

    function has(ScoreRecord self, uint8 flag) internal pure returns (bool) {
        return self.flags() & flag != 0;
    }

    function epoch(ScoreRecord self) internal pure returns (uint32) {
        return uint32(ScoreRecord.unwrap(self) >> 32);
    }

    function observedAt(ScoreRecord self) internal pure returns (uint40) {
        return uint40(ScoreRecord.unwrap(self) >> 64);
    }

    function validUntil(ScoreRecord self) internal pure returns (uint64) {
        return uint64(self.observedAt()) + uint32(ScoreRecord.unwrap(self) >> 104);
    }

    function tag(ScoreRecord self) internal pure returns (uint120) {
        return uint120(ScoreRecord.unwrap(self) >> 136);
    }

    function with(ScoreRecord self, uint8 flag) internal pure returns (ScoreRecord) {
        return ScoreRecord.wrap(ScoreRecord.unwrap(self) | uint256(flag) << 24);
    }

    function without(ScoreRecord self, uint8 flag) internal pure returns (ScoreRecord) {
        return ScoreRecord.wrap(ScoreRecord.unwrap(self) & ~(uint256(flag) << 24));
    }

    function withEpoch(ScoreRecord self, uint32 epoch_) internal pure returns (ScoreRecord) {
        return ScoreRecord.wrap(ScoreRecord.unwrap(self) & ~(uint256(type(uint32).max) << 32) | uint256(epoch_) << 32);
    }

    function tagOf(bytes32 reportHash) internal pure returns (uint120) {
        // The lower bits are meant to go.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint120(bytes15(reportHash));
    }
}
