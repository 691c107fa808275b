// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Consent, Fulfilment, Report, Revocation, SignedConsent} from "../../src/oracle/OracleTypes.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice What a transaction costs: 21,000, its calldata, and execution from cold storage, or the floor of EIP-7623 where that is more.
/// forge-config: default.isolate = true
contract OracleGasTest is OracleFixture {
    uint256 private constant BATCH = 100;
    bytes32 private constant FRESH = keccak256("fresh");

    /// @dev What is written here is committed before a test begins, so that a second write is priced as in a transaction of its own.
    function setUp() public override {
        super.setUp();
        _submit(_report(1));
        (bool ok,) = address(oracle).call(_batch(1, 0));
        assertTrue(ok);
    }

    function test_report_3_of_n_costs_at_most_60000() public {
        vm.warp(T0 + 1 days);
        Report memory report = _report(2);
        (report.score, report.dataCommitment) = (655, keccak256("factors of the second"));
        bytes memory data = abi.encodeCall(oracle.submitReport, (report, BITMAP, _sign(_hash(report))));
        uint256 gasUsed = _transact(data);
        vm.snapshotValue("oracle", "report, later, 3 of 5", gasUsed);
        assertLe(gasUsed, 60_000);
    }

    function test_report_under_a_new_consent_costs_at_most_60000() public {
        Report memory report = _report(2);
        (report.consentHash, report.dataCommitment) = (keccak256("another"), keccak256("factors of the second"));
        assertLe(_transact(abi.encodeCall(oracle.submitReport, (report, BITMAP, _sign(_hash(report))))), 60_000);
    }

    function test_first_report_is_measured() public {
        Report memory report = _report(1);
        report.subject = FRESH;
        uint256 gasUsed = _transact(abi.encodeCall(oracle.submitReport, (report, BITMAP, _sign(_hash(report)))));
        vm.snapshotValue("oracle", "report, first, 3 of 5", gasUsed);
        assertLe(gasUsed, 95_000);
    }

    function test_batch_of_100_costs_at_most_35000_a_score() public {
        uint256 first = _transact(_batch(1, 1)) / BATCH;
        vm.snapshotValue("oracle", "batch of 100, first, a score", first);
        vm.warp(T0 + 1 days);
        uint256 later = _transact(_batch(2, 0)) / BATCH;
        vm.snapshotValue("oracle", "batch of 100, later, a score", later);
        assertLe(later, 35_000);
        assertLe(first, 70_000);
    }

    function test_the_oracle_fits_into_an_account() public view {
        assertLe(address(oracle).code.length, 24_576);
    }

    function test_reads_are_measured() public {
        uint256 gasUsed = _transact(abi.encodeCall(oracle.scoreOf, (SUBJECT, MODEL))) - 21_000;
        vm.snapshotValue("oracle", "scoreOf, cold", gasUsed);
        assertLe(gasUsed, 10_000);
    }

    function test_taking_back_is_measured() public {
        Revocation memory revocation = _revocation(1);
        bytes memory data = abi.encodeCall(oracle.revoke, (revocation, BITMAP, _sign(_hash(revocation))));
        vm.snapshotValue("oracle", "revocation, 3 of 5", _transact(data));
        Consent memory consent = _consent(stranger);
        bytes32 withdrawal = keccak256(abi.encode(WITHDRAWAL_TYPEHASH, _hash(consent)));
        bytes memory signature = _signature(holderKey, _digest(withdrawal));
        data = abi.encodeCall(oracle.withdrawConsent, (consent, signature, _report(1)));
        vm.snapshotValue("oracle", "consent withdrawn", _transact(data));
    }

    function test_asking_and_answering_is_measured() public {
        Consent memory consent = _consent(address(this));
        SignedConsent memory signed = SignedConsent(consent, _signature(holderKey, _digest(_hash(consent))));
        bytes memory data = abi.encodeCall(oracle.requestScore, (SUBJECT, MODEL, signed, 0, 100_000));
        vm.snapshotValue("oracle", "request", _transact(data));
        Fulfilment memory f = Fulfilment(1, _report(2), 0, address(0));
        f.report.consentHash = _hash(consent);
        data = abi.encodeCall(oracle.fulfilRequest, (f, BITMAP, _sign(_hash(f))));
        vm.snapshotValue("oracle", "answer with an empty callback, 3 of 5", _transact(data));
    }

    /// @dev The callback that is asked for.
    function onScore(uint256, bytes32, bytes32) external {}

    function _batch(uint32 epoch, uint256 group) private view returns (bytes memory) {
        Report[] memory reports = new Report[](BATCH);
        bytes32[] memory leaves = new bytes32[](BATCH);
        for (uint256 i = 0; i < BATCH; ++i) {
            reports[i] = _report(epoch);
            reports[i].subject = keccak256(abi.encode(i, group));
            reports[i].consentHash = keccak256(abi.encode("consent", i, group));
            reports[i].dataCommitment = keccak256(abi.encode("factors", i, epoch));
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(_hash(reports[i])))));
        }
        bytes32[][] memory proofs = new bytes32[][](BATCH);
        for (uint256 i = 0; i < BATCH; ++i) {
            proofs[i] = MerkleTree.proof(leaves, i);
        }
        bytes32 root = MerkleTree.root(leaves);
        bytes32 batchHash = keccak256(abi.encode(BATCH_TYPEHASH, root, oracle.configDigest()));
        return abi.encodeCall(oracle.submitBatch, (root, BITMAP, _sign(batchHash), reports, proofs));
    }

    /// @dev Under isolation the call is a transaction: cold accounts, committed storage, and 21,000 and its calldata are part of it. Both
    /// are computed here again, for the floor and so that the setting cannot be lost unseen.
    function _transact(bytes memory data) private returns (uint256) {
        (uint256 standard, uint256 floor) = _intrinsic(data);
        address target = address(oracle);
        (bool ok,) = target.call(data);
        uint256 gasUsed = vm.lastCallGas().gasTotalUsed;
        assertTrue(ok);
        assertGt(gasUsed, standard);
        return gasUsed > floor ? gasUsed : floor;
    }

    function _intrinsic(bytes memory data) private pure returns (uint256 standard, uint256 floor) {
        uint256 zeros;
        for (uint256 i = 0; i < data.length; ++i) {
            if (data[i] == 0) ++zeros;
        }
        uint256 tokens = zeros + 4 * (data.length - zeros);
        return (21_000 + 4 * tokens, 21_000 + 10 * tokens);
    }
}
