// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What parameters may be
/// @notice Pure rules, so that a model can hold them against the contract.
library RiskRules {
    uint256 internal constant BPS = 1e4;
    /// @notice How long a threshold takes from one figure to the next, in seconds.
    uint256 internal constant RAMP = 48 hours;

    /// @notice The opening LTV is not below the threshold, now or at the end of its ramp.
    error LtvNotBelowThreshold(uint256 ltvBps, uint256 thresholdBps);
    /// @notice `threshold * (1 + bonus)` is one or more: a liquidation could not pay for itself. In basis points of basis points.
    error BonusTooHigh(uint256 thresholdBps, uint256 bonusBps);

    /// @notice Reverts unless `ltv < threshold` and `threshold * (1 + bonus) < 1` all along the ramp. Shares in basis points.
    function check(uint256 ltvBps, uint256 fromBps, uint256 toBps, uint256 bonusBps) internal pure {
        (uint256 low, uint256 high) = fromBps < toBps ? (fromBps, toBps) : (toBps, fromBps);
        require(ltvBps < low, LtvNotBelowThreshold(ltvBps, low));
        require(high * (BPS + bonusBps) < BPS * BPS, BonusTooHigh(high, bonusBps));
    }

    /// @notice The threshold at a second of its ramp: `from ± floor(|to - from| * elapsed / RAMP)`, in basis points.
    /// @param start when the ramp started, seconds since the epoch
    /// @param timestamp the second asked for, at or after the start
    function thresholdAt(uint16 from, uint16 to, uint256 start, uint256 timestamp) internal pure returns (uint16) {
        uint256 elapsed = timestamp - start;
        if (elapsed >= RAMP) return to;
        // Both results lie between two values of sixteen bits.
        // forge-lint: disable-next-item(unsafe-typecast)
        if (to >= from) return from + uint16((uint256(to - from) * elapsed) / RAMP);
        // forge-lint: disable-next-item(unsafe-typecast)
        return from - uint16((uint256(from - to) * elapsed) / RAMP);
    }
}
