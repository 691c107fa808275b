// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IScores} from "../../src/interfaces/IScores.sol";
import {OracleConfig} from "../../src/oracle/OracleConfig.sol";
import {Consent, Report} from "../../src/oracle/OracleTypes.sol";
import {ReportRules} from "../../src/oracle/ReportRules.sol";
import {ScoreReports} from "../../src/oracle/ScoreReports.sol";
import {SignerSet} from "../../src/oracle/SignerSet.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract OracleBatchTest is OracleFixture {
    Report[] private _reports;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < 7; ++i) {
            Report memory report = _report(1);
            report.subject = keccak256(abi.encode(i));
            report.score = SafeCast.toUint16(600 + i);
            _reports.push(report);
        }
    }

    function test_reports_under_a_root_are_applied_and_events_tell_all_of_them() public {
        (bytes32 root, bytes32[] memory leaves) = _tree();
        vm.expectEmit(address(oracle));
        emit ScoreReports.BatchApplied(root, 7, 0);
        assertEq(_apply(root, leaves, _reports, _signBatch(root)), 7);
        for (uint256 i = 0; i < 7; ++i) {
            (uint16 score,,) = oracle.scoreOf(_reports[i].subject, MODEL);
            assertEq(score, 600 + i);
        }
    }

    function test_a_batch_can_be_applied_in_parts_by_anyone() public {
        (bytes32 root, bytes32[] memory leaves) = _tree();
        bytes memory signatures = _signBatch(root);
        for (uint256 i = 0; i < 7; ++i) {
            vm.prank(stranger);
            assertEq(_applyOne(root, leaves, i, signatures), 1);
        }
    }

    function test_applying_a_leaf_first_does_not_spoil_the_batch() public {
        (bytes32 root, bytes32[] memory leaves) = _tree();
        bytes memory signatures = _signBatch(root);
        _applyOne(root, leaves, 3, signatures);
        vm.expectEmit(address(oracle));
        emit ScoreReports.ReportSkipped(_reports[3].subject, MODEL, 1);
        assertEq(_apply(root, leaves, _reports, signatures), 6);
        assertEq(_apply(root, leaves, _reports, signatures), 0);
    }

    function test_withdrawing_a_consent_does_not_spoil_the_batch() public {
        Consent memory consent = _consent(stranger);
        consent.subject = _reports[2].subject;
        _reports[2].consentHash = _hash(consent);
        (bytes32 root, bytes32[] memory leaves) = _tree();
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", _reports[2]);
        assertEq(_apply(root, leaves, _reports, _signBatch(root)), 6);
        (IScores.Status status,,,) = oracle.tryScoreOf(_reports[2].subject, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Missing));
    }

    function test_a_batch_has_between_1_and_200_reports_and_a_proof_for_each() public {
        (bytes32 root, bytes32[] memory leaves) = _tree();
        bytes memory signatures = _signBatch(root);
        vm.expectRevert(abi.encodeWithSelector(ScoreReports.InvalidBatch.selector, 0, 0));
        oracle.submitBatch(root, BITMAP, signatures, new Report[](0), new bytes32[][](0));
        vm.expectRevert(abi.encodeWithSelector(ScoreReports.InvalidBatch.selector, 7, 6));
        oracle.submitBatch(root, BITMAP, signatures, _reports, new bytes32[][](6));
        vm.expectRevert(abi.encodeWithSelector(ScoreReports.InvalidBatch.selector, 201, 201));
        oracle.submitBatch(root, BITMAP, signatures, new Report[](201), new bytes32[][](201));
        assertEq(leaves.length, 7);
    }

    function test_two_hundred_reports_are_applied() public {
        delete _reports;
        for (uint256 i = 0; i < 200; ++i) {
            Report memory report = _report(1);
            report.subject = keccak256(abi.encode(i));
            _reports.push(report);
        }
        (bytes32 root, bytes32[] memory leaves) = _tree();
        assertEq(_apply(root, leaves, _reports, _signBatch(root)), 200);
    }

    function test_a_batch_takes_exactly_m_signatures_of_its_root_and_configuration() public {
        (bytes32 root, bytes32[] memory leaves) = _tree();
        bytes32[][] memory proofs = _proofs(leaves);
        bytes32 digest = oracle.configDigest();
        bytes memory two = _signAs(_batchHash(root, digest), 0x03);
        vm.expectRevert(abi.encodeWithSelector(SignerSet.WrongSignatureCount.selector, 3, 2));
        oracle.submitBatch(root, 0x03, two, _reports, proofs);
        bytes memory signatures = _sign(_batchHash("other", digest));
        vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
        signatures = _sign(_batchHash(root, "other"));
        vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
        // A root that is passed off as a report, and the other way round.
        signatures = _sign(root);
        vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
    }

    function testFuzz_a_report_that_is_not_under_the_root_is_refused(uint256 index, uint256 member, uint256 by) public {
        index = bound(index, 0, 6);
        member = bound(member, 0, 2);
        (bytes32 root, bytes32[] memory leaves) = _tree();
        Report memory report = _reports[index];
        if (member == 0) report.pdPpm = uint32(bound(by, 24_000, 30_999));
        if (member == 1) report.dataCommitment = keccak256(abi.encode(by));
        if (member == 2) report.subject = keccak256(abi.encode("other", by));
        Report[] memory reports = new Report[](1);
        reports[0] = report;
        bytes32[][] memory proofs = new bytes32[][](1);
        proofs[0] = MerkleTree.proof(leaves, index);
        bytes memory signatures = _signBatch(root);
        vm.expectRevert(abi.encodeWithSelector(ScoreReports.InvalidProof.selector, 0, root));
        oracle.submitBatch(root, BITMAP, signatures, reports, proofs);
    }

    function test_an_inner_node_is_no_leaf_and_a_wrong_proof_proves_nothing() public {
        (bytes32 root, bytes32[] memory leaves) = _tree();
        bytes32[][] memory proofs = _proofs(leaves);
        (proofs[1], proofs[2]) = (proofs[2], proofs[1]);
        bytes memory signatures = _signBatch(root);
        vm.expectRevert(abi.encodeWithSelector(ScoreReports.InvalidProof.selector, 1, root));
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
        proofs[0] = new bytes32[](0);
        vm.expectRevert(abi.encodeWithSelector(ScoreReports.InvalidProof.selector, 0, root));
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
    }

    function test_every_report_names_the_configuration_and_keeps_the_rules() public {
        bytes32 digest = oracle.configDigest();
        _reports[4].configDigest = "other";
        (bytes32 root, bytes32[] memory leaves) = _tree();
        bytes32[][] memory proofs = _proofs(leaves);
        bytes memory signatures = _signBatch(root);
        vm.expectRevert(abi.encodeWithSelector(OracleConfig.WrongConfig.selector, digest, OTHER));
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
        _reports[4].configDigest = digest;
        _reports[4].band = 11;
        (root, leaves) = _tree();
        proofs = _proofs(leaves);
        signatures = _signBatch(root);
        vm.expectRevert(abi.encodeWithSelector(ReportRules.BandOutOfRange.selector, 11));
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
        vm.prank(guardian);
        oracle.freezeAll();
        vm.expectRevert(OracleConfig.OracleFrozen.selector);
        oracle.submitBatch(root, BITMAP, signatures, _reports, proofs);
    }

    function _tree() private view returns (bytes32 root, bytes32[] memory leaves) {
        leaves = new bytes32[](_reports.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(_hash(_reports[i])))));
        }
        root = MerkleTree.root(leaves);
    }

    function _proofs(bytes32[] memory leaves) private pure returns (bytes32[][] memory proofs) {
        proofs = new bytes32[][](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            proofs[i] = MerkleTree.proof(leaves, i);
        }
    }

    function _apply(bytes32 root, bytes32[] memory leaves, Report[] memory reports, bytes memory signatures)
        private
        returns (uint256)
    {
        return oracle.submitBatch(root, BITMAP, signatures, reports, _proofs(leaves));
    }

    function _applyOne(bytes32 root, bytes32[] memory leaves, uint256 index, bytes memory signatures)
        private
        returns (uint256)
    {
        Report[] memory reports = new Report[](1);
        reports[0] = _reports[index];
        bytes32[][] memory proofs = new bytes32[][](1);
        proofs[0] = MerkleTree.proof(leaves, index);
        return oracle.submitBatch(root, BITMAP, signatures, reports, proofs);
    }

    function _signBatch(bytes32 root) private view returns (bytes memory) {
        return _sign(_batchHash(root, oracle.configDigest()));
    }

    function _batchHash(bytes32 root, bytes32 digest) private pure returns (bytes32) {
        return keccak256(abi.encode(BATCH_TYPEHASH, root, digest));
    }
}
