// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IScores} from "../../src/interfaces/IScores.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {OracleHashes} from "../../src/oracle/OracleHashes.sol";
import {Consent, Report, Revocation} from "../../src/oracle/OracleTypes.sol";
import {ScoreFeed} from "../../src/oracle/ScoreFeed.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice Drives an oracle with honest and dishonest hands, and keeps a model of what ought to be true. It is a fixture of its own, and its
/// oracle is the one the invariants look at.
contract OracleHandler is OracleFixture {
    struct Model {
        uint32 epoch;
        uint64 observedAt;
        uint64 validUntil;
        uint16 score;
        uint16 lastScore;
        uint8 band;
        bool revoked;
        bool frozen;
        Report report;
    }

    uint256 public constant PAIRS = 3;
    mapping(uint256 pair => Model) private _models;
    mapping(uint256 pair => ScoreFeed) public feeds;
    mapping(uint256 pair => uint64) private _lanes;
    bool public allFrozen;
    uint256 public accepted;
    uint256 public refusals;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < PAIRS; ++i) {
            feeds[i] = new ScoreFeed(oracle, subjectOf(i), MODEL, ScoreFeed.Figure.Band);
        }
    }

    function scores() external view returns (CreditScoringOracle) {
        return oracle;
    }

    function modelOf(uint256 pair) external view returns (Model memory) {
        return _models[pair];
    }

    function subjectOf(uint256 pair) public pure returns (bytes32) {
        return keccak256(abi.encode("subject", pair));
    }

    function statusOf(uint256 pair) public view returns (IScores.Status) {
        Model storage m = _models[pair];
        if (m.epoch == 0) return IScores.Status.Missing;
        if (m.revoked) return IScores.Status.Revoked;
        if (m.frozen || allFrozen) return IScores.Status.Frozen;
        return block.timestamp >= m.validUntil ? IScores.Status.Expired : IScores.Status.Valid;
    }

    /// @dev An honest report, unless everything is frozen.
    function report(uint256 pair, uint256 gap, uint256 score, uint256 band, uint256 validity) external {
        pair %= PAIRS;
        if (allFrozen) return;
        Report memory r = _next(pair, gap, score, band, validity);
        oracle.submitReport(r, BITMAP, _sign(_hash(r)));
        _accepted(pair, r);
    }

    /// @dev Reports, revocations and batches with every number of signers but m, with signatures of something else, or with those of m signers
    /// under a bitmap that names others.
    function forge(uint256 pair, uint256 bitmap, uint256 how, uint256 score, uint256 kind) external {
        pair %= PAIRS;
        how %= 3;
        uint64 bits = SafeCast.toUint64(bitmap % 32);
        if (how == 0 && _count(bits) == 3) bits ^= 1;
        Report memory r = _next(pair, 0, score, 0, 0);
        Revocation memory revocation = Revocation(r.subject, MODEL, r.epoch, "forged", r.configDigest);
        bytes32 root = OracleHashes.reportLeaf(_hash(r));
        bytes32 structHash = [_hash(r), _hash(revocation), OracleHashes.hashBatch(root, r.configDigest)][kind % 3];
        bytes memory signatures = _signAs(structHash, how == 0 ? bits : BITMAP);
        if (how == 1) signatures = _signAs(keccak256(abi.encode(structHash, "another")), BITMAP);
        if (how == 2) bits = 0x13;
        else if (how == 1) bits = BITMAP;
        bytes[3] memory data = [
            abi.encodeCall(oracle.submitReport, (r, bits, signatures)),
            abi.encodeCall(oracle.revoke, (revocation, bits, signatures)),
            abi.encodeCall(oracle.submitBatch, (root, bits, signatures, _alone(r), new bytes32[][](1)))
        ];
        (bool ok,) = address(oracle).call(data[kind % 3]);
        require(!ok, "state changed without the signatures of m");
        ++refusals;
    }

    function revoke(uint256 pair, uint256 ahead) external {
        pair %= PAIRS;
        Model storage m = _models[pair];
        uint32 through = m.epoch + SafeCast.toUint32(ahead % 3);
        if (through == 0 || (through == m.epoch && m.revoked)) through += 1;
        Revocation memory r = Revocation(subjectOf(pair), MODEL, through, "reason", oracle.configDigest());
        oracle.revoke(r, BITMAP, _sign(_hash(r)));
        (m.epoch, m.revoked) = (through, true);
    }

    function withdraw(uint256 pair) external {
        pair %= PAIRS;
        Model storage m = _models[pair];
        Consent memory consent = _consentOf(pair);
        vm.prank(holder);
        oracle.withdrawConsent(consent, "", m.report);
        if (m.report.consentHash == _hash(consent)) m.revoked = true;
        _lanes[pair] += 1;
    }

    function freeze(uint256 pair) external {
        pair %= PAIRS;
        bytes32 subject = subjectOf(pair);
        if (_models[pair].frozen) {
            _loosen(abi.encodeCall(oracle.unfreeze, (subject, MODEL)));
        } else {
            vm.prank(guardian);
            oracle.freeze(subject, MODEL);
        }
        _models[pair].frozen = !_models[pair].frozen;
    }

    function freezeAll(uint256 dice) external {
        if (dice % 4 != 0 && !allFrozen) return;
        if (allFrozen) {
            _loosen(abi.encodeCall(oracle.unfreezeAll, ()));
        } else {
            vm.prank(guardian);
            oracle.freezeAll();
        }
        allFrozen = !allFrozen;
    }

    function rotate(uint256 seed, uint256 dice) external {
        if (dice % 4 != 0) return;
        uint256[] memory next = _sortedKeys(vm.toString(seed), 5);
        _loosen(abi.encodeCall(oracle.setSigners, (_signersOf(next), 3)));
        keys = next;
    }

    function wait_(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 20 days));
    }

    function _next(uint256 pair, uint256 gap, uint256 score, uint256 band, uint256 validity)
        private
        view
        returns (Report memory r)
    {
        Model storage m = _models[pair];
        r = _report(m.epoch + 1 + SafeCast.toUint32(gap % 10));
        r.subject = subjectOf(pair);
        r.consentHash = _hash(_consentOf(pair));
        if (m.band != 0) {
            r.band = SafeCast.toUint8(bound(band, m.band > 3 ? m.band - 3 : 1, m.band < 8 ? m.band + 3 : 10));
        }
        uint16 last = m.lastScore == 0 ? 600 : m.lastScore;
        r.score = score % 5 == 0
            ? 0
            : SafeCast.toUint16(bound(score, last > 420 ? last - 120 : 300, last < 730 ? last + 120 : 850));
        r.validUntil = SafeCast.toUint64(block.timestamp + bound(validity, 1, 90 days));
    }

    function _accepted(uint256 pair, Report memory r) private {
        Model storage m = _models[pair];
        require(r.epoch > m.epoch, "the epoch did not grow");
        (m.epoch, m.observedAt, m.validUntil) = (r.epoch, r.observedAt, r.validUntil);
        (m.score, m.band, m.revoked) = (r.score, r.band, false);
        if (r.score != 0) m.lastScore = r.score;
        m.report = r;
        ++accepted;
    }

    function _alone(Report memory r) private pure returns (Report[] memory reports) {
        reports = new Report[](1);
        reports[0] = r;
    }

    function _consentOf(uint256 pair) private view returns (Consent memory consent) {
        consent = _consent(address(1));
        (consent.subject, consent.expiry, consent.nonceSeq) = (subjectOf(pair), type(uint64).max, _lanes[pair]);
    }

    function _count(uint64 bits) private pure returns (uint256 n) {
        for (uint256 i = 0; i < 64; ++i) {
            n += bits >> i & 1;
        }
    }
}
