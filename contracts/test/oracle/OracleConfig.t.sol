// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IScores} from "../../src/interfaces/IScores.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {OracleConfig} from "../../src/oracle/OracleConfig.sol";
import {Bounds, Report} from "../../src/oracle/OracleTypes.sol";
import {ScoreStore} from "../../src/oracle/ScoreStore.sol";
import {SignerSet} from "../../src/oracle/SignerSet.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract OracleConfigTest is OracleFixture {
    function test_the_digest_binds_chain_contract_signers_threshold_bounds_and_generation() public {
        bytes32 digest = oracle.configDigest();
        assertEq(digest, _expectedDigest(block.chainid, address(oracle), keys, 3, _bounds(), 1));
        assertEq(
            new CreditScoringOracle(address(manager), _signersOf(keys), 3, _bounds()).configDigest() == digest, false
        );
        assertTrue(_expectedDigest(2, address(oracle), keys, 3, _bounds(), 1) != digest);
        assertTrue(_expectedDigest(block.chainid, address(oracle), _sortedKeys("b", 5), 3, _bounds(), 1) != digest);
        assertTrue(_expectedDigest(block.chainid, address(oracle), keys, 4, _bounds(), 1) != digest);
        assertTrue(_expectedDigest(block.chainid, address(oracle), keys, 3, _bounds(), 2) != digest);
        for (uint256 i = 0; i < 4; ++i) {
            Bounds memory other = _bounds();
            if (i == 0) other.maxScoreStep += 1;
            if (i == 1) other.maxBandStep += 1;
            if (i == 2) other.maxValidity += 1;
            if (i == 3) other.maxEpochGap += 1;
            assertTrue(_expectedDigest(block.chainid, address(oracle), keys, 3, other, 1) != digest);
        }
    }

    function test_another_contract_or_chain_accepts_nothing_signed_for_this_one() public {
        Report memory report = _report(1);
        bytes memory signatures = _sign(_hash(report));
        CreditScoringOracle other = new CreditScoringOracle(address(manager), _signersOf(keys), 3, _bounds());
        bytes32 theirs = other.configDigest();
        vm.expectRevert(abi.encodeWithSelector(OracleConfig.WrongConfig.selector, theirs, report.configDigest));
        other.submitReport(report, BITMAP, signatures);
        bytes32 ours = report.configDigest;
        report.configDigest = theirs;
        signatures = _sign(_hash(report));
        vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
        other.submitReport(report, BITMAP, signatures);

        report.configDigest = ours;
        signatures = _sign(_hash(report));
        vm.chainId(4242);
        bytes32 there = oracle.configDigest();
        vm.expectRevert(abi.encodeWithSelector(OracleConfig.WrongConfig.selector, there, ours));
        oracle.submitReport(report, BITMAP, signatures);
        report.configDigest = there;
        vm.expectRevert(abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
        oracle.submitReport(report, BITMAP, signatures);
        oracle.submitReport(report, BITMAP, _sign(_hash(report)));
    }

    function test_rotation_voids_old_signatures_and_coming_back_does_not_revive_them() public {
        Report memory report = _report(1);
        report.validUntil = T0 + 60 days;
        bytes memory signatures = _sign(_hash(report));
        _loosen(abi.encodeCall(oracle.setSigners, (_signersOf(_sortedKeys("new", 4)), 3)));
        bytes32 second = oracle.configDigest();
        vm.expectRevert(abi.encodeWithSelector(OracleConfig.WrongConfig.selector, second, report.configDigest));
        oracle.submitReport(report, BITMAP, signatures);
        _loosen(abi.encodeCall(oracle.setSigners, (_signersOf(keys), 3)));
        bytes32 third = oracle.configDigest();
        vm.expectRevert(abi.encodeWithSelector(OracleConfig.WrongConfig.selector, third, report.configDigest));
        oracle.submitReport(report, BITMAP, signatures);
        report.configDigest = third;
        oracle.submitReport(report, BITMAP, _sign(_hash(report)));
    }

    function test_a_score_accepted_before_a_rotation_stands() public {
        _submit(_report(1));
        _loosen(abi.encodeCall(oracle.setSigners, (_signersOf(_sortedKeys("new", 4)), 3)));
        (uint16 score,,) = oracle.scoreOf(SUBJECT, MODEL);
        assertEq(score, 640);
    }

    function test_new_signers_sign_after_48_hours_and_no_earlier() public {
        bytes memory data = abi.encodeCall(oracle.setSigners, (_signersOf(_sortedKeys("new", 4)), 3));
        vm.startPrank(multisig);
        (bytes32 id,) = manager.schedule(address(oracle), data, 0);
        vm.warp(T0 + 48 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, id));
        manager.execute(address(oracle), data);
        vm.warp(T0 + 48 hours);
        bytes[] memory signers = _signersOf(_sortedKeys("new", 4));
        bytes32 digest = _expectedDigest(block.chainid, address(oracle), _sortedKeys("new", 4), 3, _bounds(), 2);
        vm.expectEmit(address(oracle));
        emit OracleConfig.ConfigChanged(2, digest, signers, 3, _bounds());
        manager.execute(address(oracle), data);
        vm.stopPrank();
        assertEq(oracle.configDigest(), digest);
        assertEq(abi.encode(oracle.signers()), abi.encode(signers));
        (uint8 threshold, uint16 generation, bool frozen, Bounds memory bounds) = oracle.config();
        assertEq(threshold, 3);
        assertEq(generation, 2);
        assertFalse(frozen);
        assertEq(abi.encode(bounds), abi.encode(_bounds()));
    }

    function test_new_bounds_keep_the_signers_and_a_freeze() public {
        vm.prank(guardian);
        oracle.freezeAll();
        Bounds memory bounds = Bounds(550, 9, type(uint32).max, 255);
        _loosen(abi.encodeCall(oracle.setBounds, (bounds)));
        (uint8 threshold,, bool frozen, Bounds memory kept) = oracle.config();
        assertEq(threshold, 3);
        assertTrue(frozen);
        assertEq(abi.encode(kept), abi.encode(bounds));
        assertEq(abi.encode(oracle.signers()), abi.encode(_signersOf(keys)));
        assertEq(oracle.configDigest(), _expectedDigest(block.chainid, address(oracle), keys, 3, bounds, 2));
    }

    function test_bounds_that_bound_nothing_are_refused() public {
        for (uint256 i = 0; i < 6; ++i) {
            Bounds memory bounds = _bounds();
            if (i == 0) bounds.maxScoreStep = 0;
            if (i == 1) bounds.maxScoreStep = 551;
            if (i == 2) bounds.maxBandStep = 0;
            if (i == 3) bounds.maxBandStep = 10;
            if (i == 4) bounds.maxValidity = 0;
            if (i == 5) bounds.maxEpochGap = 0;
            vm.expectRevert(abi.encodeWithSelector(OracleConfig.InvalidBounds.selector, bounds));
            new CreditScoringOracle(address(manager), _signersOf(keys), 3, bounds);
        }
    }

    function test_more_than_half_sign_and_no_more_than_there_are() public {
        _refuseSet(_signersOf(keys), 2, abi.encodeWithSelector(SignerSet.InvalidThreshold.selector, 2, 5));
        _refuseSet(_signersOf(keys), 6, abi.encodeWithSelector(SignerSet.InvalidThreshold.selector, 6, 5));
        _refuseSet(_signersOf(keys), 0, abi.encodeWithSelector(SignerSet.InvalidThreshold.selector, 0, 5));
        bytes[] memory four = _signersOf(_sortedKeys("four", 4));
        _refuseSet(four, 2, abi.encodeWithSelector(SignerSet.InvalidThreshold.selector, 2, 4));
        new CreditScoringOracle(address(manager), four, 3, _bounds());
        new CreditScoringOracle(address(manager), _signersOf(_sortedKeys("one", 1)), 1, _bounds());
    }

    function test_between_1_and_64_signers() public {
        _refuseSet(new bytes[](0), 1, abi.encodeWithSelector(SignerSet.InvalidSignerCount.selector, 0));
        bytes[] memory many = _signersOf(_sortedKeys("many", 65));
        _refuseSet(many, 33, abi.encodeWithSelector(SignerSet.InvalidSignerCount.selector, 65));
    }

    function test_signers_are_distinct_and_in_order() public {
        bytes[] memory signers = _signersOf(keys);
        signers[3] = signers[2];
        _refuseSet(signers, 3, abi.encodeWithSelector(SignerSet.SignersNotAscending.selector, 3));
        signers = _signersOf(keys);
        (signers[0], signers[1]) = (signers[1], signers[0]);
        _refuseSet(signers, 3, abi.encodeWithSelector(SignerSet.SignersNotAscending.selector, 1));
    }

    function test_a_signer_is_an_address_at_least_and_not_zero() public {
        bytes[] memory signers = _signersOf(keys);
        signers[0] = new bytes(19);
        _refuseSet(signers, 3, abi.encodeWithSelector(SignerSet.InvalidSigner.selector, 0, signers[0]));
        signers[0] = new bytes(20);
        _refuseSet(signers, 3, abi.encodeWithSelector(SignerSet.InvalidSigner.selector, 0, signers[0]));
        signers[0] = new bytes(60);
        _refuseSet(signers, 3, abi.encodeWithSelector(SignerSet.InvalidSigner.selector, 0, signers[0]));
    }

    function test_a_set_that_no_account_can_hold_is_refused() public {
        bytes[] memory signers = new bytes[](1);
        signers[0] = bytes.concat(bytes20(stranger), new bytes(24_576 - 34 - 22 + 1));
        _refuseSet(signers, 1, abi.encodeWithSelector(SignerSet.SignerSetTooLarge.selector, 24_576 + 11 + 1));
        signers[0] = bytes.concat(bytes20(stranger), new bytes(24_576 - 34 - 22));
        CreditScoringOracle full = new CreditScoringOracle(address(manager), signers, 1, _bounds());
        assertEq(full.signers()[0], signers[0]);
        signers[0] = bytes.concat(bytes20(stranger), new bytes(70_000));
        _refuseSet(signers, 1, abi.encodeWithSelector(SignerSet.SignerSetTooLarge.selector, 70_000 + 34 + 22 + 11));
    }

    /// @dev An account where the next set would be written makes the creation fail.
    function test_a_set_that_cannot_be_written_changes_nothing() public {
        bytes32 digest = oracle.configDigest();
        bytes memory data = abi.encodeCall(oracle.setSigners, (_signersOf(_sortedKeys("new", 4)), 3));
        vm.etch(vm.computeCreateAddress(address(oracle), vm.getNonce(address(oracle))), hex"00");
        vm.startPrank(multisig);
        manager.schedule(address(oracle), data, 0);
        vm.warp(T0 + 48 hours);
        vm.expectRevert(abi.encodeWithSelector(SignerSet.SignerSetNotWritten.selector, 11 + 34 + 4 * 22));
        manager.execute(address(oracle), data);
        assertEq(oracle.configDigest(), digest);
        assertEq(oracle.signers().length, 5);
    }

    function test_freezing_all_fails_every_read_and_every_report() public {
        _submit(_report(1));
        vm.expectEmit(address(oracle));
        emit OracleConfig.AllFrozen(guardian);
        vm.prank(guardian);
        oracle.freezeAll();
        vm.expectRevert(
            abi.encodeWithSelector(ScoreStore.ScoreUnavailable.selector, SUBJECT, MODEL, IScores.Status.Frozen)
        );
        oracle.scoreOf(SUBJECT, MODEL);
        (IScores.Status status, uint16 score, uint8 band, uint64 until) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Frozen));
        assertEq(uint256(score) + band + until, 0);
        assertFalse(oracle.isAttested(_report(1)));
        Report memory report = _report(2);
        bytes memory signatures = _sign(_hash(report));
        vm.expectRevert(OracleConfig.OracleFrozen.selector);
        oracle.submitReport(report, BITMAP, signatures);
        vm.prank(guardian);
        vm.expectRevert(OracleConfig.OracleFrozen.selector);
        oracle.freezeAll();
        _revoke(1);
        _unfreezeAll();
        (status,,,) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Revoked));
    }

    function test_what_is_not_frozen_cannot_be_unfrozen() public {
        bytes memory data = abi.encodeCall(oracle.unfreezeAll, ());
        vm.startPrank(multisig);
        manager.schedule(address(oracle), data, 0);
        vm.warp(T0 + 48 hours);
        vm.expectRevert(OracleConfig.OracleNotFrozen.selector);
        manager.execute(address(oracle), data);
    }

    function _unfreezeAll() private {
        bytes memory data = abi.encodeCall(oracle.unfreezeAll, ());
        vm.startPrank(multisig);
        manager.schedule(address(oracle), data, 0);
        vm.warp(block.timestamp + 48 hours);
        vm.expectEmit(address(oracle));
        emit OracleConfig.AllUnfrozen(multisig);
        oracle.unfreezeAll();
        vm.stopPrank();
    }

    function _refuseSet(bytes[] memory signers, uint8 threshold, bytes memory why) private {
        vm.expectRevert(why);
        new CreditScoringOracle(address(manager), signers, threshold, _bounds());
    }

    function _expectedDigest(
        uint256 chainId,
        address account,
        uint256[] memory signerKeys,
        uint8 threshold,
        Bounds memory bounds,
        uint16 generation
    ) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](signerKeys.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = _signerHash(signerKeys[i]);
        }
        bytes32 core = keccak256(
            abi.encode(
                keccak256(
                    "OracleCore(bytes[] signers,uint8 threshold,uint16 maxScoreStep,uint8 maxBandStep,uint32 maxValidity,uint8 maxEpochGap,uint16 generation)"
                ),
                keccak256(abi.encodePacked(hashes)),
                threshold,
                bounds,
                generation
            )
        );
        return keccak256(
            abi.encode(keccak256("OracleConfig(uint256 chainId,address oracle,bytes32 core)"), chainId, account, core)
        );
    }
}
