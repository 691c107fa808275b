// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bounds} from "./OracleTypes.sol";

/// @notice Everything that a report is checked against, in the one word that is read for it.
/// @dev From the lowest bit: account of the signer set 160, threshold 8, maxScoreStep 16, maxBandStep 8, maxValidity 32,
/// maxEpochGap 8, generation 16, frozen 8.
type ConfigWord is uint256;

using ConfigWords for ConfigWord global;

/// @title Reading and writing of the word
library ConfigWords {
    function pack(address signerSet_, uint8 threshold_, Bounds memory bounds_, uint16 generation_, bool frozen_)
        internal
        pure
        returns (ConfigWord)
    {
        uint256 limits = uint256(bounds_.maxScoreStep) | uint256(bounds_.maxBandStep) << 16
            | uint256(bounds_.maxValidity) << 24 | uint256(bounds_.maxEpochGap) << 56;
        return ConfigWord.wrap(
            uint256(uint160(signerSet_)) | uint256(threshold_) << 160 | limits << 168 | uint256(generation_) << 232
                | uint256(frozen_ ? 1 : 0) << 248
        );
    }

    function signerSet(ConfigWord self) internal pure returns (address) {
        return address(uint160(ConfigWord.unwrap(self)));
    }

    function threshold(ConfigWord self) internal pure returns (uint8) {
        return uint8(ConfigWord.unwrap(self) >> 160);
    }

    function maxScoreStep(ConfigWord self) internal pure returns (uint16) {
        return uint16(ConfigWord.unwrap(self) >> 168);
    }

    function maxBandStep(ConfigWord self) internal pure returns (uint8) {
        return uint8(ConfigWord.unwrap(self) >> 184);
    }

    function maxValidity(ConfigWord self) internal pure returns (uint32) {
        return uint32(ConfigWord.unwrap(self) >> 192);
    }

    function maxEpochGap(ConfigWord self) internal pure returns (uint8) {
        return uint8(ConfigWord.unwrap(self) >> 224);
    }

    function generation(ConfigWord self) internal pure returns (uint16) {
        return uint16(ConfigWord.unwrap(self) >> 232);
    }

    function frozen(ConfigWord self) internal pure returns (bool) {
        return ConfigWord.unwrap(self) >> 248 != 0;
    }

    function withFrozen(ConfigWord self, bool frozen_) internal pure returns (ConfigWord) {
        return ConfigWord.wrap(ConfigWord.unwrap(self) << 8 >> 8 | uint256(frozen_ ? 1 : 0) << 248);
    }

    function bounds(ConfigWord self) internal pure returns (Bounds memory) {
        return Bounds(self.maxScoreStep(), self.maxBandStep(), self.maxValidity(), self.maxEpochGap());
    }
}
