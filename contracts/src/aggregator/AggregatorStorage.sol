// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollateral} from "../interfaces/ICollateral.sol";
import {IScores} from "../interfaces/IScores.sol";
import "./AggregatorTypes.sol";

/// @notice All that the register remembers. In one struct, so that its logic can live in linked libraries, which keeps the contract below the
/// limit on code size while it stays one address with one storage.
struct Register {
    /// @dev Escrow of loans accepted from now on; zero: only unsecured loans.
    ICollateral escrow;
    /// @dev Zero: no quote that asks for a score.
    IScores scores;
    /// @dev Who commits outcomes.
    address gateway;
    mapping(Action action => bool) paused;
    mapping(uint32 version => bytes32 policyHash) policies;
    mapping(address adapter => bool) adapters;
    mapping(bytes32 providerId => mapping(address key => ProviderKey)) keys;
    /// @dev Nonces used or cancelled: bit `nonce % 256` of word `nonce / 256`.
    mapping(bytes32 providerId => mapping(uint256 word => uint256 bits)) nonces;
    /// @dev Only the lender writes here, never governance.
    mapping(address lender => mapping(bytes32 providerId => bool)) lendsFor;
    mapping(bytes32 requestId => Request) requests;
    mapping(bytes32 loanId => Loan) loans;
    /// @dev What waits for a lender who could not be paid.
    mapping(address lender => mapping(address asset => uint256 amount)) claimable;
    /// @dev Of whom it was last seen that they owe nothing at a protocol, for proofs over two transactions.
    mapping(bytes32 bracket => Baseline) baselines;
}

/// @notice Which loan a borrowing proves, and until when, in seconds since the epoch.
struct Baseline {
    bytes32 loanId;
    uint256 until;
}

/// @notice Where the register keeps it.
abstract contract AggregatorStorage {
    Register internal _register;
}
