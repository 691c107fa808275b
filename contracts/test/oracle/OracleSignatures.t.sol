// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IScores} from "../../src/interfaces/IScores.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {Report} from "../../src/oracle/OracleTypes.sol";
import {SignerSet} from "../../src/oracle/SignerSet.sol";
import {HashVerifier, RevertingVerifier, ScriptedWallet} from "./HostileSigners.sol";
import {MixedSigners} from "./MixedSigners.sol";

contract OracleSignaturesTest is MixedSigners {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function test_a_high_s_is_refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[2], _digest(_hash(_report(1))));
        bytes memory twin = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _refuseSecond(twin);
    }

    function test_a_compact_signature_is_refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[2], _digest(_hash(_report(1))));
        _refuseSecond(abi.encodePacked(r, bytes32(uint256(s) | uint256(v - 27) << 255)));
    }

    function test_a_wrong_v_is_refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[2], _digest(_hash(_report(1))));
        uint8[5] memory wrong = [0, 1, 26, 29, v == 27 ? 28 : 27];
        for (uint256 i = 0; i < 5; ++i) {
            _refuseSecond(abi.encodePacked(r, s, wrong[i]));
        }
    }

    function test_zeros_and_noughts_are_refused() public {
        _refuseSecond(new bytes(65));
        _refuseSecond("");
        _refuseSecond(new bytes(66));
        _refuseSecond(abi.encodePacked(bytes32(0), bytes32(uint256(1)), uint8(27)));
    }

    function test_a_signer_cannot_sign_twice() public {
        bytes32 digest = _digest(_hash(_report(1)));
        _refuseSecond(_signature(keys[0], digest));
    }

    function test_permuted_signatures_are_refused() public {
        Report memory report = _report(1);
        bytes32 digest = _digest(_hash(report));
        bytes memory permuted = bytes.concat(
            _prefixed(_signature(keys[2], digest)),
            _prefixed(_signature(keys[0], digest)),
            _prefixed(_signature(keys[3], digest))
        );
        _refuse(report, BITMAP, permuted, abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 0));
    }

    function test_a_stranger_is_no_signer() public {
        _refuseSecond(_signature(uint256(keccak256("stranger key")), _digest(_hash(_report(1)))));
    }

    function test_one_short_and_one_too_many_are_refused() public {
        Report memory report = _report(1);
        bytes memory two = _signAs(_hash(report), 0x05);
        bytes memory four = _signAs(_hash(report), 0x0f);
        _refuse(report, 0x05, two, abi.encodeWithSelector(SignerSet.WrongSignatureCount.selector, 3, 2));
        _refuse(report, 0x0f, four, abi.encodeWithSelector(SignerSet.WrongSignatureCount.selector, 3, 4));
        _refuse(report, BITMAP, two, abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 3));
        _refuse(report, 0x07, four, abi.encodeWithSelector(SignerSet.SignaturesMalformed.selector, 201, 268));
        _refuse(report, 0, "", abi.encodeWithSelector(SignerSet.WrongSignatureCount.selector, 3, 0));
    }

    function test_bits_beyond_the_set_are_refused() public {
        Report memory report = _report(1);
        bytes memory signatures = _sign(_hash(report));
        _refuse(report, 0x2d, signatures, abi.encodeWithSelector(SignerSet.UnknownSigner.selector, 0x2d, 5));
        uint64 last = 1 << 63;
        _refuse(report, last, signatures, abi.encodeWithSelector(SignerSet.UnknownSigner.selector, last, 5));
    }

    function testFuzz_bytes_cut_anywhere_or_grown_are_refused(uint256 length) public {
        Report memory report = _report(1);
        bytes memory signatures = _sign(_hash(report));
        length = bound(length, 0, 400);
        vm.assume(length != signatures.length);
        bytes memory other = new bytes(length);
        for (uint256 i = 0; i < length && i < signatures.length; ++i) {
            other[i] = signatures[i];
        }
        vm.expectRevert();
        oracle.submitReport(report, BITMAP, other);
    }

    function testFuzz_exactly_three_of_five(uint64 bitmap) public {
        bitmap = uint64(bound(bitmap, 0, 31));
        Report memory report = _report(1);
        bytes memory signatures = _signAs(_hash(report), bitmap);
        uint256 bits;
        for (uint256 i = 0; i < 5; ++i) {
            bits += bitmap >> i & 1;
        }
        if (bits != 3) vm.expectRevert(abi.encodeWithSelector(SignerSet.WrongSignatureCount.selector, 3, bits));
        oracle.submitReport(report, bitmap, signatures);
    }

    function test_a_wallet_signs_and_one_that_does_not_is_refused() public {
        ScriptedWallet wallet = new ScriptedWallet();
        (uint64 bitmap, uint256 index) = _withSigner(abi.encodePacked(address(wallet)));
        Report memory report = _report(1);
        wallet.set(ScriptedWallet.Mood.Honest, _digest(_hash(report)));
        _submitWith(report, bitmap, index, "anything", "");
        for (uint8 mood = 1; mood < 6; ++mood) {
            report = _report(mood + 1);
            wallet.set(ScriptedWallet.Mood(mood), _digest(_hash(report)));
            bytes memory why = abi.encodeWithSelector(SignerSet.InvalidSignature.selector, index);
            _submitWith(report, bitmap, index, "anything", why);
        }
        report = _report(2);
        wallet.set(ScriptedWallet.Mood.Honest, "another digest");
        _submitWith(
            report, bitmap, index, "anything", abi.encodeWithSelector(SignerSet.InvalidSignature.selector, index)
        );
    }

    function test_a_key_of_a_verifier_signs() public {
        bytes memory signer = abi.encodePacked(address(new HashVerifier()), keccak256("its key"));
        (uint64 bitmap, uint256 index) = _withSigner(signer);
        Report memory report = _report(1);
        bytes memory why = abi.encodeWithSelector(SignerSet.InvalidSignature.selector, index);
        _submitWith(report, bitmap, index, abi.encodePacked(keccak256("no")), why);
        bytes32 signature = keccak256(abi.encodePacked(keccak256("its key"), _digest(_hash(report))));
        _submitWith(report, bitmap, index, abi.encodePacked(signature), "");
    }

    function test_a_verifier_that_reverts_or_is_not_there_refuses() public {
        bytes[2] memory signers = [
            abi.encodePacked(address(new RevertingVerifier()), keccak256("key")),
            abi.encodePacked(makeAddr("nothing there"), keccak256("key"))
        ];
        for (uint256 i = 0; i < 2; ++i) {
            (uint64 bitmap, uint256 index) = _withSigner(signers[i]);
            bytes memory why = abi.encodeWithSelector(SignerSet.InvalidSignature.selector, index);
            _submitWith(_report(1), bitmap, index, "anything", why);
        }
    }

    /// @dev The signature of a key whose address is that of a signer with a key besides does not stand for that signer.
    function test_an_address_does_not_sign_for_its_verifier_key() public {
        uint256 key = uint256(keccak256("a verifier that is a key"));
        (uint64 bitmap, uint256 index) = _withSigner(abi.encodePacked(vm.addr(key), bytes1(0x01)));
        Report memory report = _report(1);
        bytes memory why = abi.encodeWithSelector(SignerSet.InvalidSignature.selector, index);
        _submitWith(report, bitmap, index, _signature(key, _digest(_hash(report))), why);
    }

    function test_sixty_four_signers_of_which_thirty_three_sign() public {
        keys = _sortedKeys("many", 64);
        oracle = new CreditScoringOracle(address(manager), _signersOf(keys), 33, _bounds());
        uint64 bitmap = uint64(uint256(1) << 63 | (uint256(1) << 32) - 1);
        Report memory report = _report(1);
        oracle.submitReport(report, bitmap, _signAs(_hash(report), bitmap));
        (uint16 score,,) = oracle.scoreOf(SUBJECT, MODEL);
        assertEq(score, 640);
        assertEq(abi.encode(oracle.signers()), abi.encode(_signersOf(keys)));
    }

    function _refuseSecond(bytes memory second) private {
        Report memory report = _report(1);
        bytes32 digest = _digest(_hash(report));
        bytes memory signatures = bytes.concat(
            _prefixed(_signature(keys[0], digest)), _prefixed(second), _prefixed(_signature(keys[3], digest))
        );
        _refuse(report, BITMAP, signatures, abi.encodeWithSelector(SignerSet.InvalidSignature.selector, 2));
        (IScores.Status status,,,) = oracle.tryScoreOf(SUBJECT, MODEL);
        assertEq(uint8(status), uint8(IScores.Status.Missing));
    }

    function _refuse(Report memory report, uint64 bitmap, bytes memory signatures, bytes memory why) private {
        vm.expectRevert(why);
        oracle.submitReport(report, bitmap, signatures);
    }
}
