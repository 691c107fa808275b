// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Consent, Factor, Fulfilment, Revocation} from "./OracleTypes.sol";

/// @title Struct hashes (EIP-712) and Merkle leaves of everything that is signed
/// @dev A report hashes itself, where it lies: `LoadedReport`.
library OracleHashes {
    bytes internal constant REPORT_TYPE =
        "Report(bytes32 subject,bytes32 modelId,uint32 modelVersion,uint32 epoch,uint16 score,uint8 band,uint32 pdPpm,uint32 pdLowPpm,uint32 pdHighPpm,uint16 horizonDays,uint64 observedAt,uint64 validUntil,bytes32 consentHash,bytes32 dataCommitment,bytes32 configDigest)";
    bytes32 internal constant REPORT_TYPEHASH = keccak256(REPORT_TYPE);
    bytes32 internal constant FULFILMENT_TYPEHASH =
        keccak256(bytes.concat("Fulfilment(uint256 requestId,Report report,uint256 fee,address payee)", REPORT_TYPE));
    bytes32 internal constant BATCH_TYPEHASH = keccak256("Batch(bytes32 root,bytes32 configDigest)");
    bytes32 internal constant REVOCATION_TYPEHASH = keccak256(
        "Revocation(bytes32 subject,bytes32 modelId,uint32 throughEpoch,bytes32 reason,bytes32 configDigest)"
    );
    bytes32 internal constant CONSENT_TYPEHASH = keccak256(
        "Consent(address holder,bytes32 subject,bytes32 modelId,bytes32 purpose,address consumer,uint64 expiry,uint192 nonceKey,uint64 nonceSeq)"
    );
    bytes32 internal constant WITHDRAWAL_TYPEHASH = keccak256("ConsentWithdrawal(bytes32 consentHash)");

    function hash(Fulfilment calldata fulfilment, bytes32 reportHash) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(FULFILMENT_TYPEHASH, fulfilment.requestId, reportHash, fulfilment.fee, fulfilment.payee)
            );
    }

    function hash(Revocation calldata revocation) internal pure returns (bytes32) {
        uint256 from;
        assembly ("memory-safe") {
            from := revocation
        }
        return _hashWords(REVOCATION_TYPEHASH, from, 5);
    }

    function hash(Consent calldata consent) internal pure returns (bytes32) {
        uint256 from;
        assembly ("memory-safe") {
            from := consent
        }
        return _hashWords(CONSENT_TYPEHASH, from, 8);
    }

    function hashBatch(bytes32 root, bytes32 configDigest) internal pure returns (bytes32) {
        return keccak256(abi.encode(BATCH_TYPEHASH, root, configDigest));
    }

    function hashWithdrawal(bytes32 consentHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAWAL_TYPEHASH, consentHash));
    }

    /// @notice Leaf of a batch: OpenZeppelin's standard tree over the type `bytes32`, the value being the report's struct hash.
    function reportLeaf(bytes32 reportHash) internal pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            mstore(0, reportHash)
            mstore(0, keccak256(0, 0x20))
            leaf := keccak256(0, 0x20)
        }
    }

    /// @notice Leaf of a data commitment: OpenZeppelin's standard tree over the types `bytes32, int256, bytes32`.
    function factorLeaf(Factor calldata factor) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(factor.name, factor.value, factor.salt))));
    }

    /// @dev A calldata struct of static members lies as `abi.encode` would write it, a word each. One with dirty upper bits has a hash that
    /// nobody signs.
    function _hashWords(bytes32 typeHash, uint256 from, uint256 words) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let ptr := mload(0x40)
            let size := mul(words, 0x20)
            mstore(ptr, typeHash)
            calldatacopy(add(ptr, 0x20), from, size)
            result := keccak256(ptr, add(size, 0x20))
        }
    }
}
