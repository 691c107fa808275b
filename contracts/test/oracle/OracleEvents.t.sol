// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {Consent, Report} from "../../src/oracle/OracleTypes.sol";
import {ScoreReports} from "../../src/oracle/ScoreReports.sol";
import {ScoreStore} from "../../src/oracle/ScoreStore.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice A reader of events alone, who ends with the word that is stored.
contract OracleEventsTest is OracleFixture {
    uint8 private constant REVOKED = 1;
    uint8 private constant FROZEN = 2;
    uint8 private constant WITHDRAWALS = 4;
    uint8 private constant BAND_ONLY = 8;

    mapping(bytes32 subject => uint256) private _words;
    bytes32 private _configDigest;

    function test_events_alone_rebuild_the_stored_words() public {
        vm.recordLogs();
        Consent memory consent = _consent(stranger);
        Report memory first = _report(1);
        first.consentHash = _hash(consent);
        _submit(first);
        Report memory other = _report(9);
        (other.subject, other.score, other.band) = ("other", 0, 9);
        _submit(other);
        vm.prank(guardian);
        oracle.freeze("other", MODEL);
        _replay(first.configDigest);
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", first);
        _replay(first.configDigest);
        Report memory second = _report(3);
        second.pdPpm += 99;
        _submit(second);
        _replay(first.configDigest);
        second.epoch = 4;
        second.score = 0;
        _submit(second);
        _replay(first.configDigest);
        _revoke(5);
        (other.epoch, other.band, other.score) = (10, 10, 300);
        _submit(other);
        _replay(first.configDigest);
    }

    function _replay(bytes32 digest) private {
        _configDigest = digest;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            _apply(logs[i]);
        }
        assertEq(_words[SUBJECT], _stored(SUBJECT));
        assertEq(_words["other"], _stored("other"));
        assertTrue(_words["other"] != 0);
    }

    function _apply(Vm.Log memory log) private {
        bytes32 subject = log.topics[1];
        uint256 word = _words[subject];
        if (log.topics[0] == ScoreStore.ReportAccepted.selector) {
            (uint256 f, bytes32 consentHash, bytes32 commitment) = abi.decode(log.data, (uint256, bytes32, bytes32));
            bytes32 reportHash = _hash(_unpack(subject, log.topics[2], f, consentHash, commitment));
            uint256 flags = word >> 24 & (FROZEN | WITHDRAWALS);
            // Without a score the last one stays.
            uint256 score = f & 0xffff;
            if (score == 0) (score, flags) = (word & 0xffff, flags | BAND_ONLY);
            word = score | f & 0xff0000 | flags << 24 | (f >> 24 & 0xffffffff) << 32 | (f >> 56 & type(uint72).max)
                << 64 | uint256(reportHash) >> 136 << 136;
        } else if (log.topics[0] == ScoreReports.ScoreRevoked.selector) {
            (uint32 through,) = abi.decode(log.data, (uint32, bytes32));
            word = word & ~(uint256(type(uint32).max) << 32) | uint256(through) << 32 | uint256(REVOKED) << 24;
        } else if (log.topics[0] == ScoreStore.ScoreRevokedByHolder.selector) {
            word |= uint256(REVOKED) << 24;
        } else if (log.topics[0] == ScoreStore.ConsentWithdrawn.selector) {
            word |= uint256(WITHDRAWALS) << 24;
        } else if (log.topics[0] == ScoreStore.ScoreFrozen.selector) {
            word |= uint256(FROZEN) << 24;
        } else {
            revert("an event that the reader does not know");
        }
        _words[subject] = word;
    }

    function _unpack(bytes32 subject, bytes32 modelId, uint256 f, bytes32 consentHash, bytes32 commitment)
        private
        view
        returns (Report memory r)
    {
        // Each member is cut out of the word that packs it.
        // forge-lint: disable-start(unsafe-typecast)
        (r.subject, r.modelId, r.consentHash, r.dataCommitment) = (subject, modelId, consentHash, commitment);
        (r.score, r.band, r.epoch) = (uint16(f), uint8(f >> 16), uint32(f >> 24));
        r.observedAt = uint40(f >> 56);
        r.validUntil = r.observedAt + uint32(f >> 96);
        (r.pdPpm, r.pdLowPpm, r.pdHighPpm) = (uint24(f >> 128), uint24(f >> 152), uint24(f >> 176));
        (r.horizonDays, r.modelVersion, r.configDigest) = (uint16(f >> 200), uint32(f >> 216), _configDigest);
        // forge-lint: disable-end(unsafe-typecast)
    }

    function _stored(bytes32 subject) private view returns (uint256) {
        // The mapping's slot is found by what it must hold: the first whose word carries the pair's epoch.
        (, uint32 epoch,, bytes15 tag) = oracle.stateOf(subject, MODEL);
        for (uint256 slot = 0; slot < 16; ++slot) {
            bytes32 inner = keccak256(abi.encode(subject, slot));
            uint256 word = uint256(vm.load(address(oracle), keccak256(abi.encode(MODEL, inner))));
            if (word != 0 && (word >> 32 & 0xffffffff) == epoch && word >> 136 == uint120(tag)) return word;
        }
        return 0;
    }
}
