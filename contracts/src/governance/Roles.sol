// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The two lanes of governance
/// @notice Whoever tightens acts at once and can never loosen; whoever loosens waits, so that everyone can leave first.
library Roles {
    /// @notice Pauses, lowers caps, raises haircuts, switches to an approved backup feed, freezes a score, cancels what is scheduled.
    uint64 internal constant GUARDIAN = 1;
    /// @notice Everything else, after `LOOSEN_DELAY`.
    uint64 internal constant MULTISIG = 2;
    /// @notice How long a loosening waits between being scheduled and being done.
    uint32 internal constant LOOSEN_DELAY = 48 hours;
}
