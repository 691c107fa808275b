// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IScores} from "../interfaces/IScores.sol";

/// @title Base of a contract that serves only subjects of a band or better
/// @notice Asks for a band and not for a score, since a band is what is attested by default.
abstract contract ScoreGated {
    /// @notice Where scores are read.
    IScores public immutable scores;
    /// @notice Under which model.
    bytes32 public immutable scoreModel;
    /// @notice The worst band that is served; 1 is best.
    uint8 public immutable worstBand;

    /// @notice The subject's band is worse than what is served.
    error BandTooPoor(bytes32 subject, uint8 band, uint8 worst);

    /// @dev Reverts with `BandTooPoor`, or as `scoreOf` does where there is no valid score.
    modifier onlyScored(bytes32 subject) {
        _requireScored(subject);
        _;
    }

    /// @param scores_ where scores are read
    /// @param scoreModel_ under which model
    /// @param worstBand_ the worst band that is served, 1 to 10
    constructor(IScores scores_, bytes32 scoreModel_, uint8 worstBand_) {
        (scores, scoreModel, worstBand) = (scores_, scoreModel_, worstBand_);
    }

    function _requireScored(bytes32 subject) internal view {
        (, uint8 band,) = scores.scoreOf(subject, scoreModel);
        if (band > worstBand) revert BandTooPoor(subject, band, worstBand);
    }
}
