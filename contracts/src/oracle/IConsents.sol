// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Consent, Report} from "./OracleTypes.sol";

/// @title What ties a subject to whoever consented
interface IConsents {
    /// @notice Whether the report is the valid one of its subject and model, and rests on exactly this consent, which has neither
    /// expired nor been withdrawn.
    /// @param consent the consent, opened
    /// @param report the report that rests on it
    /// @return inForce false too where the score is revoked, frozen or expired
    /// @dev A consumer that is named in the consent and is called by its holder may then treat the holder as the subject: the
    /// signers attested the consent's hash. Opening a consent on chain links the two for everyone.
    function consentInForce(Consent calldata consent, Report calldata report) external view returns (bool inForce);
}
