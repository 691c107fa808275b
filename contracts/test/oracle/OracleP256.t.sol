// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";
import {Report} from "../../src/oracle/OracleTypes.sol";
import {MixedSigners} from "./MixedSigners.sol";

/// @notice Alone in its file, since the curve's library does not compile without the optimizer, as coverage is measured.
contract OracleP256Test is MixedSigners {
    function test_a_p256_key_signs() public {
        uint256 key = uint256(keccak256("p256")) % P256.N;
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        (uint64 bitmap, uint256 index) = _withSigner(abi.encodePacked(address(new ERC7913P256Verifier()), x, y));
        Report memory report = _report(1);
        (bytes32 r, bytes32 s) = vm.signP256(key, _digest(_hash(report)));
        if (uint256(s) > P256.N / 2) s = bytes32(P256.N - uint256(s));
        _submitWith(report, bitmap, index, abi.encodePacked(r, s), "");
    }
}
