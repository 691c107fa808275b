// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Signed structs that the contracts hash member by member and declare nowhere, for `forge eip712` to compute their types.

struct RequestOpening {
    address borrower;
    bytes32 requestHash;
    uint64 expiresAt;
}

struct NonceCancellation {
    bytes32 providerId;
    uint256 word;
    uint256 mask;
}

struct Outcome {
    uint256 chainId;
    address register;
    bytes32 requestId;
    uint32 policyVersion;
    uint8 kind;
    bytes32 providerId;
    bytes32 contentHash;
    uint16 rank;
}

struct Batch {
    bytes32 root;
    bytes32 configDigest;
}

struct ConsentWithdrawal {
    bytes32 consentHash;
}

struct OracleConfig {
    uint256 chainId;
    address oracle;
    bytes32 core;
}

struct OracleCore {
    bytes[] signers;
    uint8 threshold;
    uint16 maxScoreStep;
    uint8 maxBandStep;
    uint32 maxValidity;
    uint8 maxEpochGap;
    uint16 generation;
}

struct DebtAcknowledgement {
    bytes32 loanId;
}
