// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What the signers attest of a subject under a model, once per epoch.
/// @param subject salted hash that names the subject; never a wallet or a person
/// @param modelId the model
/// @param modelVersion its version
/// @param epoch number of this report among those of the subject and model; strictly increasing
/// @param score 300 to 850; 0 where only the band is attested
/// @param band 1 (best) to 10
/// @param pdPpm probability of default within the horizon, in parts per million
/// @param pdLowPpm lower end of its interval
/// @param pdHighPpm upper end of its interval
/// @param horizonDays what the probability refers to, in days
/// @param observedAt when the data was observed, seconds since the epoch
/// @param validUntil the score reads as valid strictly before this second
/// @param consentHash struct hash of the `Consent` that the report rests on
/// @param dataCommitment root of the salted factors; 0 where none are committed
/// @param configDigest the oracle's configuration that the signers signed under
struct Report {
    bytes32 subject;
    bytes32 modelId;
    uint32 modelVersion;
    uint32 epoch;
    uint16 score;
    uint8 band;
    uint32 pdPpm;
    uint32 pdLowPpm;
    uint32 pdHighPpm;
    uint16 horizonDays;
    uint64 observedAt;
    uint64 validUntil;
    bytes32 consentHash;
    bytes32 dataCommitment;
    bytes32 configDigest;
}

/// @notice The signers take back every report of a pair up to and including an epoch, also those not yet submitted.
/// @param subject the subject
/// @param modelId the model
/// @param throughEpoch the last epoch that is void
/// @param reason a code of the signers' own
/// @param configDigest the oracle's configuration that the signers signed under
struct Revocation {
    bytes32 subject;
    bytes32 modelId;
    uint32 throughEpoch;
    bytes32 reason;
    bytes32 configDigest;
}

/// @notice The answer to a request: the report, and what of the escrow is earned by whom.
/// @param requestId the request
/// @param report the report; its configuration digest covers the fulfilment too
/// @param fee what is earned, in wei; at most the escrow
/// @param payee who earns it
struct Fulfilment {
    uint256 requestId;
    Report report;
    uint256 fee;
    address payee;
}

/// @notice What a holder agrees to.
/// @param holder whose signature this is: the key or wallet that may withdraw it
/// @param subject salted hash, best a fresh one per consumer, so that two consumers cannot tell that they ask of the same person
/// @param modelId the model
/// @param purpose what the score may be used for
/// @param consumer who may use it
/// @param expiry seconds since the epoch; the consent holds strictly before
/// @param nonceKey lane of the nonce; a random one also keeps the hash from being guessed
/// @param nonceSeq number within the lane
struct Consent {
    address holder;
    bytes32 subject;
    bytes32 modelId;
    bytes32 purpose;
    address consumer;
    uint64 expiry;
    uint192 nonceKey;
    uint64 nonceSeq;
}

/// @notice A consent with its holder's signature (key, ERC-1271).
struct SignedConsent {
    Consent consent;
    bytes signature;
}

/// @notice One opened factor of a data commitment.
/// @param name which factor
/// @param value its value, in the unit that the model documents
/// @param salt 32 random bytes of this factor alone
struct Factor {
    bytes32 name;
    int256 value;
    bytes32 salt;
}

/// @notice What a report may change, and for how long it may hold.
/// @param maxScoreStep most that a score may differ from the one before, in points
/// @param maxBandStep most that a band may differ from the one before
/// @param maxValidity longest time between observation and end of validity, in seconds
/// @param maxEpochGap most that an epoch may be ahead of the one before; the first is free
struct Bounds {
    uint16 maxScoreStep;
    uint8 maxBandStep;
    uint32 maxValidity;
    uint8 maxEpochGap;
}
