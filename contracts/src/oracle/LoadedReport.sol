// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OracleHashes} from "./OracleHashes.sol";
import {Report} from "./OracleTypes.sol";
import {ScoreRecord, ScoreRecords} from "./ScoreRecord.sol";

/// @notice Where a report lies in memory: its type hash and its fifteen members, a word each, as EIP-712 hashes them.
/// @dev Copied whole and read as words, which costs a tenth of reading a calldata struct member by member. Words are not cut to their
/// types. Version, epoch and horizon, which have no other range, are held to theirs here, with the empty revert that the ABI decoder has
/// for it; `ReportRules` holds the rest.
type LoadedReport is uint256;

using LoadedReports for LoadedReport global;

/// @title Reading of a report in memory
library LoadedReports {
    /// @dev The fifteen members.
    uint256 private constant SIZE = 15 * 32;

    function load(Report calldata report) internal pure returns (LoadedReport loaded) {
        bytes32 typeHash = OracleHashes.REPORT_TYPEHASH;
        assembly ("memory-safe") {
            loaded := mload(0x40)
            mstore(loaded, typeHash)
            calldatacopy(add(loaded, 0x20), report, SIZE)
            mstore(0x40, add(loaded, add(SIZE, 0x20)))
            let wide := or(shr(32, mload(add(loaded, 0x60))), shr(32, mload(add(loaded, 0x80))))
            if or(wide, shr(16, mload(add(loaded, 0x140)))) { revert(0, 0) }
        }
    }

    /// @notice Struct hash (EIP-712).
    function hash(LoadedReport self) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := keccak256(self, add(SIZE, 0x20))
        }
    }

    function subject(LoadedReport self) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x20))
        }
    }

    function modelId(LoadedReport self) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x40))
        }
    }

    function modelVersion(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x60))
        }
    }

    function epoch(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x80))
        }
    }

    function score(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0xa0))
        }
    }

    function band(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0xc0))
        }
    }

    function pdPpm(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0xe0))
        }
    }

    function pdLowPpm(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x100))
        }
    }

    function pdHighPpm(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x120))
        }
    }

    function horizonDays(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x140))
        }
    }

    function observedAt(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x160))
        }
    }

    function validUntil(LoadedReport self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x180))
        }
    }

    function consentHash(LoadedReport self) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x1a0))
        }
    }

    function dataCommitment(LoadedReport self) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x1c0))
        }
    }

    function configDigest(LoadedReport self) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 0x1e0))
        }
    }

    /// @notice The record that the report makes, its members being within their ranges. Where it has no score the record keeps the last that
    /// was attested, which the next one is compared with.
    /// @param previous the record that it replaces
    /// @param reportHash its hash
    function toRecord(LoadedReport self, ScoreRecord previous, bytes32 reportHash) internal pure returns (ScoreRecord) {
        unchecked {
            uint256 flags = previous.flags() & ScoreRecords.LASTING;
            uint256 attested = self.score();
            if (attested == 0) (attested, flags) = (previous.lastScore(), flags | ScoreRecords.BAND_ONLY);
            uint256 observed = self.observedAt();
            return ScoreRecord.wrap(
                attested | self.band() << 16 | flags << 24 | self.epoch() << 32 | observed << 64
                    | (self.validUntil() - observed) << 104 | uint256(ScoreRecords.tagOf(reportHash)) << 136
            );
        }
    }

    /// @notice All figures in one word, from the lowest bit: score 16, band 8, epoch 32, observedAt 40, lifetime 32, pdPpm 24, pdLowPpm 24,
    /// pdHighPpm 24, horizonDays 16, modelVersion 32.
    function figures(LoadedReport self) internal pure returns (uint256) {
        unchecked {
            uint256 observed = self.observedAt();
            return self.score() | self.band() << 16 | self.epoch() << 24 | observed << 56
                | (self.validUntil() - observed) << 96 | self.pdPpm() << 128 | self.pdLowPpm() << 152 | self.pdHighPpm()
                << 176 | self.horizonDays() << 200 | self.modelVersion() << 216;
        }
    }
}
