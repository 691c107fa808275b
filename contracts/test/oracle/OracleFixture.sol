// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Test} from "forge-std/Test.sol";
import {Roles} from "../../src/governance/Roles.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {OracleLanes} from "../../src/oracle/OracleLanes.sol";
import {Bounds, Consent, Fulfilment, Report, Revocation} from "../../src/oracle/OracleTypes.sol";

/// @notice An oracle of 3 of 5 keys under both lanes, and the hands of its signers. Hashes are written out again with `abi.encode` from the
/// published type strings, so that the tests do not ask the contract what it should answer.
abstract contract OracleFixture is Test {
    bytes32 internal constant REPORT_TYPEHASH = keccak256(
        "Report(bytes32 subject,bytes32 modelId,uint32 modelVersion,uint32 epoch,uint16 score,uint8 band,uint32 pdPpm,uint32 pdLowPpm,uint32 pdHighPpm,uint16 horizonDays,uint64 observedAt,uint64 validUntil,bytes32 consentHash,bytes32 dataCommitment,bytes32 configDigest)"
    );
    bytes32 internal constant FULFILMENT_TYPEHASH = keccak256(
        "Fulfilment(uint256 requestId,Report report,uint256 fee,address payee)Report(bytes32 subject,bytes32 modelId,uint32 modelVersion,uint32 epoch,uint16 score,uint8 band,uint32 pdPpm,uint32 pdLowPpm,uint32 pdHighPpm,uint16 horizonDays,uint64 observedAt,uint64 validUntil,bytes32 consentHash,bytes32 dataCommitment,bytes32 configDigest)"
    );
    bytes32 internal constant BATCH_TYPEHASH = keccak256("Batch(bytes32 root,bytes32 configDigest)");
    bytes32 internal constant REVOCATION_TYPEHASH = keccak256(
        "Revocation(bytes32 subject,bytes32 modelId,uint32 throughEpoch,bytes32 reason,bytes32 configDigest)"
    );
    bytes32 internal constant CONSENT_TYPEHASH = keccak256(
        "Consent(address holder,bytes32 subject,bytes32 modelId,bytes32 purpose,address consumer,uint64 expiry,uint192 nonceKey,uint64 nonceSeq)"
    );
    bytes32 internal constant WITHDRAWAL_TYPEHASH = keccak256("ConsentWithdrawal(bytes32 consentHash)");

    bytes32 internal constant SUBJECT = keccak256("subject");
    bytes32 internal constant MODEL = keccak256("model");
    bytes32 internal constant OTHER = "other";
    uint64 internal constant T0 = 1_750_000_000;
    /// @dev Signers 0, 2 and 3.
    uint64 internal constant BITMAP = 0x0d;

    AccessManager internal manager;
    CreditScoringOracle internal oracle;
    address internal guardian = makeAddr("guardian");
    address internal multisig = makeAddr("multisig");
    address internal stranger = makeAddr("stranger");
    uint256 internal holderKey = uint256(keccak256("holder"));
    address internal holder = vm.addr(holderKey);
    /// @dev Keys in the order of the set.
    uint256[] internal keys;

    function setUp() public virtual {
        vm.warp(T0);
        manager = new AccessManager(address(this));
        keys = _sortedKeys("signer", 5);
        oracle = new CreditScoringOracle(address(manager), _signersOf(keys), 3, _bounds());
        OracleLanes.install(manager, address(oracle));
        manager.grantRole(Roles.GUARDIAN, guardian, 0);
        manager.grantRole(Roles.MULTISIG, multisig, Roles.LOOSEN_DELAY);
    }

    function _bounds() internal pure returns (Bounds memory) {
        return Bounds({maxScoreStep: 120, maxBandStep: 3, maxValidity: 90 days, maxEpochGap: 10});
    }

    function _report(uint32 epoch) internal view returns (Report memory) {
        return Report({
            subject: SUBJECT,
            modelId: MODEL,
            modelVersion: 7,
            epoch: epoch,
            score: 640,
            band: 4,
            pdPpm: 31_000,
            pdLowPpm: 24_000,
            pdHighPpm: 40_000,
            horizonDays: 365,
            observedAt: uint64(block.timestamp),
            validUntil: uint64(block.timestamp + 30 days),
            consentHash: keccak256("consent"),
            dataCommitment: keccak256("factors"),
            configDigest: oracle.configDigest()
        });
    }

    function _consent(address consumer) internal view returns (Consent memory) {
        return Consent({
            holder: holder,
            subject: SUBJECT,
            modelId: MODEL,
            purpose: keccak256("purpose"),
            consumer: consumer,
            expiry: uint64(block.timestamp + 60 days),
            nonceKey: 77,
            nonceSeq: 0
        });
    }

    function _submit(Report memory report) internal {
        oracle.submitReport(report, BITMAP, _sign(_hash(report)));
    }

    function _revocation(uint32 throughEpoch) internal view returns (Revocation memory) {
        return Revocation(SUBJECT, MODEL, throughEpoch, "reason", oracle.configDigest());
    }

    function _revoke(uint32 throughEpoch) internal {
        Revocation memory revocation = _revocation(throughEpoch);
        oracle.revoke(revocation, BITMAP, _sign(_hash(revocation)));
    }

    /// @dev Signatures of the signers of `BITMAP`.
    function _sign(bytes32 structHash) internal view returns (bytes memory) {
        return _signAs(structHash, BITMAP);
    }

    function _signAs(bytes32 structHash, uint64 bitmap) internal view returns (bytes memory signatures) {
        bytes32 digest = _digest(structHash);
        for (uint256 i = 0; i < keys.length; ++i) {
            if (bitmap >> i & 1 == 1) signatures = bytes.concat(signatures, _prefixed(_signature(keys[i], digest)));
        }
    }

    function _prefixed(bytes memory signature) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(signature.length), signature);
    }

    function _signature(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _domainSeparator(), structHash));
    }

    function _domainSeparator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Agio Credit Scoring Oracle"),
                keccak256("1"),
                block.chainid,
                address(oracle)
            )
        );
    }

    function _hash(Report memory report) internal pure returns (bytes32) {
        return keccak256(abi.encode(REPORT_TYPEHASH, report));
    }

    function _hash(Revocation memory revocation) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_TYPEHASH, revocation));
    }

    function _hash(Consent memory consent) internal pure returns (bytes32) {
        return keccak256(abi.encode(CONSENT_TYPEHASH, consent));
    }

    function _hash(Fulfilment memory f) internal pure returns (bytes32) {
        return keccak256(abi.encode(FULFILMENT_TYPEHASH, f.requestId, _hash(f.report), f.fee, f.payee));
    }

    /// @dev Schedules as the multisig, waits, executes.
    function _loosen(bytes memory data) internal {
        vm.prank(multisig);
        manager.schedule(address(oracle), data, 0);
        vm.warp(block.timestamp + Roles.LOOSEN_DELAY);
        vm.prank(multisig);
        manager.execute(address(oracle), data);
    }

    function _sortedKeys(string memory label, uint256 n) internal pure returns (uint256[] memory sorted) {
        sorted = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint256 key = uint256(keccak256(abi.encode(label, i)));
            uint256 j = i;
            for (; j > 0 && _signerHash(sorted[j - 1]) > _signerHash(key); --j) {
                sorted[j] = sorted[j - 1];
            }
            sorted[j] = key;
        }
    }

    function _signerHash(uint256 key) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(vm.addr(key)));
    }

    function _signersOf(uint256[] memory keys_) internal pure returns (bytes[] memory signers) {
        signers = new bytes[](keys_.length);
        for (uint256 i = 0; i < keys_.length; ++i) {
            signers[i] = abi.encodePacked(vm.addr(keys_[i]));
        }
    }

    /// @dev Sorts signers of any kind as a set wants them.
    function _sorted(bytes[] memory signers) internal pure returns (bytes[] memory) {
        for (uint256 i = 1; i < signers.length; ++i) {
            bytes memory signer = signers[i];
            uint256 j = i;
            for (; j > 0 && keccak256(signers[j - 1]) > keccak256(signer); --j) {
                signers[j] = signers[j - 1];
            }
            signers[j] = signer;
        }
        return signers;
    }
}
