// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {AggregatorHashes} from "../../src/aggregator/AggregatorHashes.sol";
import "../../src/aggregator/AggregatorTypes.sol";
import {LoadedReports} from "../../src/oracle/LoadedReport.sol";
import {OracleHashes} from "../../src/oracle/OracleHashes.sol";
import {Consent, Factor, Fulfilment, Report, Revocation} from "../../src/oracle/OracleTypes.sol";
import {SignerSet} from "../../src/oracle/SignerSet.sol";

/// @notice The hashes that the contracts sign and prove with, callable from outside.
contract Digests {
    function quote(Quote calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function collateralTerms(CollateralTerms calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function acceptance(Acceptance calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function fundingReceipt(FundingReceipt calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function paymentReceipt(PaymentReceipt calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function terms(Terms calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function amendment(Amendment calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function notice(Notice calldata message) external pure returns (bytes32) {
        return AggregatorHashes.hash(message);
    }

    function schedule(Instalment[] calldata instalments) external pure returns (bytes32) {
        return AggregatorHashes.hash(instalments);
    }

    function requestOpening(address borrower, bytes32 requestHash, uint64 expiresAt) external pure returns (bytes32) {
        return keccak256(abi.encode(AggregatorHashes.REQUEST_OPENING_TYPEHASH, borrower, requestHash, expiresAt));
    }

    function nonceCancellation(bytes32 providerId, uint256 word, uint256 mask) external pure returns (bytes32) {
        return keccak256(abi.encode(AggregatorHashes.NONCE_CANCELLATION_TYPEHASH, providerId, word, mask));
    }

    function requestId(address borrower, bytes32 requestHash) external pure returns (bytes32) {
        return AggregatorHashes.requestId(borrower, requestHash);
    }

    function outcomeLeaf(address register, bytes32 id, uint32 policyVersion, Outcome calldata outcome)
        external
        view
        returns (bytes32)
    {
        return AggregatorHashes.leaf(register, id, policyVersion, outcome);
    }

    function report(Report calldata message) external pure returns (bytes32) {
        return LoadedReports.load(message).hash();
    }

    function fulfilment(Fulfilment calldata message) external pure returns (bytes32) {
        return OracleHashes.hash(message, LoadedReports.load(message.report).hash());
    }

    function revocation(Revocation calldata message) external pure returns (bytes32) {
        return OracleHashes.hash(message);
    }

    function consent(Consent calldata message) external pure returns (bytes32) {
        return OracleHashes.hash(message);
    }

    function batch(bytes32 root, bytes32 configDigest) external pure returns (bytes32) {
        return OracleHashes.hashBatch(root, configDigest);
    }

    function withdrawal(bytes32 consentHash) external pure returns (bytes32) {
        return OracleHashes.hashWithdrawal(consentHash);
    }

    function reportLeaf(Report calldata message) external pure returns (bytes32) {
        return OracleHashes.reportLeaf(LoadedReports.load(message).hash());
    }

    function factorLeaf(Factor calldata factor) external pure returns (bytes32) {
        return OracleHashes.factorLeaf(factor);
    }

    function signers(bytes[] calldata set, uint256 threshold) external pure returns (bytes32) {
        return SignerSet.hash(set, threshold);
    }

    function isProven(bytes32[] calldata proof, bytes32 root, bytes32 leaf) external pure returns (bool) {
        return MerkleProof.verifyCalldata(proof, root, leaf);
    }
}
