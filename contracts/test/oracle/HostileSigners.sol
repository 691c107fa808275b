// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

/// @notice A contract wallet that says yes to one digest, or misbehaves.
contract ScriptedWallet is IERC1271 {
    enum Mood {
        Honest,
        Liar,
        Reverts,
        Burns,
        Short,
        Bombs
    }

    Mood public mood;
    bytes32 public approved;

    function set(Mood mood_, bytes32 approved_) external {
        (mood, approved) = (mood_, approved_);
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        if (mood == Mood.Honest) return hash == approved ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
        if (mood == Mood.Liar) return bytes4(0x00000001);
        if (mood == Mood.Reverts) revert("no");
        if (mood == Mood.Burns) {
            while (true) {}
        }
        bytes4 yes = IERC1271.isValidSignature.selector;
        uint256 size = mood == Mood.Short ? 4 : 100_000;
        assembly {
            mstore(0, not(yes))
            if eq(size, 4) { mstore(0, yes) }
            return(0, size)
        }
    }
}

/// @notice A verifier of keys that are thirty-two bytes: the signature is the hash of key and digest.
contract HashVerifier is IERC7913SignatureVerifier {
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        bytes32 expected = keccak256(abi.encodePacked(key, hash));
        return signature.length == 32 && abi.decode(signature, (bytes32)) == expected
            ? IERC7913SignatureVerifier.verify.selector
            : bytes4(0xffffffff);
    }
}

/// @notice A verifier that always reverts.
contract RevertingVerifier is IERC7913SignatureVerifier {
    function verify(bytes calldata, bytes32, bytes calldata) external pure returns (bytes4) {
        revert("no");
    }
}
