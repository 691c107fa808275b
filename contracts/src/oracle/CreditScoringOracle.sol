// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {OracleConfig} from "./OracleConfig.sol";
import {Bounds} from "./OracleTypes.sol";
import {ScoreRequests} from "./ScoreRequests.sol";

/// @title Credit scores attested by m of n signers
/// @notice One layer on the other: `OracleConfig` (who signs), `ScoreStore` (what is kept and read), `ScoreReports` (what the signers
/// say), `ScoreRequests` (asking and paying). It promises that nothing is written of a score without exactly m signatures under the
/// configuration in force, but for what only takes away: a freeze and a withdrawn consent; and that whatever is missing, expired,
/// revoked or frozen never reads as valid. It does not judge whether a score is right. Not upgradeable.
contract CreditScoringOracle is ScoreRequests {
    /// @dev Emits `ConfigChanged`. Reverts as `setSigners` and `setBounds` do.
    /// @param authority the `AccessManager` whose lanes are in `OracleLanes`
    /// @param signers_ as in `setSigners`
    /// @param threshold as in `setSigners`
    /// @param bounds as in `setBounds`
    constructor(address authority, bytes[] memory signers_, uint8 threshold, Bounds memory bounds)
        EIP712("Agio Credit Scoring Oracle", "1")
        AccessManaged(authority)
        OracleConfig(signers_, threshold, bounds)
    {}
}
