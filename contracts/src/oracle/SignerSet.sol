// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title A set of at most 64 signers, kept as the code of an account
/// @notice Reading code costs one cold access whatever the number of signers; reading storage costs one each.
/// @dev Layout: STOP | core digest (32) | n (1) | n entries of address (20) and end of key (2) | keys. A signer is an address (key or
/// ERC-1271 wallet) or an address and a key (ERC-7913); the key of entry i lies between the ends of entries i - 1 and i.
library SignerSet {
    uint256 internal constant MAX_SIGNERS = 64;

    uint256 private constant ADDRESS_SIZE = 20;
    uint256 private constant LENGTH_SIZE = 2;
    /// @dev Of secp256k1, rounded down: above it a signature has a twin below.
    uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;
    uint256 private constant ENTRY_SIZE = 22;
    /// @dev STOP, core digest and n.
    uint256 private constant HEADER_SIZE = 34;
    /// @dev Returns everything after its first eleven bytes as the code of the new account, so STOP and the set.
    bytes12 private constant STORE_CODE = hex"600B5981380380925939F300";
    /// @dev EIP-170, and the eleven bytes.
    uint256 private constant MAX_CODE_SIZE = 24_576 + 11;

    /// @notice Exactly `required` signers sign.
    error WrongSignatureCount(uint256 required, uint256 given);
    /// @notice The signatures end elsewhere than their bytes do.
    error SignaturesMalformed(uint256 end, uint256 length);
    /// @notice The bitmap names a signer beyond the set.
    error UnknownSigner(uint64 bitmap, uint256 signers);
    /// @notice The signature for the signer at `index` is not that signer's.
    error InvalidSignature(uint256 index);
    /// @notice Between 1 and 64 signers.
    error InvalidSignerCount(uint256 signers);
    /// @notice More than half of the signers, and no more than there are.
    error InvalidThreshold(uint256 threshold, uint256 signers);
    /// @notice Shorter than an address, or of the zero address.
    error InvalidSigner(uint256 index, bytes signer);
    /// @notice Signers are given in strictly ascending order of their hashes, which also keeps them distinct.
    error SignersNotAscending(uint256 index);
    /// @notice The set does not fit into the code of an account.
    error SignerSetTooLarge(uint256 size);

    /// @notice The account that keeps the set could not be created.
    error SignerSetNotWritten(uint256 size);

    /// @notice Checks the set and hashes it as EIP-712 hashes an array of `bytes`.
    function hash(bytes[] memory signers, uint256 threshold) internal pure returns (bytes32) {
        uint256 n = signers.length;
        if (n == 0 || n > MAX_SIGNERS) revert InvalidSignerCount(n);
        if (threshold > n || 2 * threshold <= n) revert InvalidThreshold(threshold, n);
        bytes32[] memory hashes = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            bytes memory signer = signers[i];
            // The account is the first twenty bytes.
            // forge-lint: disable-next-line(unsafe-typecast)
            if (signer.length < ADDRESS_SIZE || bytes20(signer) == 0) revert InvalidSigner(i, signer);
            hashes[i] = keccak256(signer);
            if (i != 0 && hashes[i] <= hashes[i - 1]) revert SignersNotAscending(i);
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @notice Writes a set that `hash` has accepted.
    /// @return pointer the account whose code it is
    function write(bytes[] memory signers, bytes32 coreDigest) internal returns (address pointer) {
        bytes memory table;
        bytes memory keys;
        for (uint256 i = 0; i < signers.length; ++i) {
            bytes memory signer = signers[i];
            keys = bytes.concat(keys, _slice(signer, ADDRESS_SIZE, signer.length));
            // An end that two bytes cannot hold is beyond what the code may be, and refused below.
            // forge-lint: disable-next-line(unsafe-typecast)
            table = bytes.concat(table, bytes20(signer), bytes2(uint16(keys.length)));
        }
        // `hash` has accepted no more than 64.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes memory code = bytes.concat(STORE_CODE, coreDigest, bytes1(uint8(signers.length)), table, keys);
        if (code.length > MAX_CODE_SIZE) revert SignerSetTooLarge(code.length);
        assembly ("memory-safe") {
            pointer := create(0, add(code, 0x20), mload(code))
        }
        if (pointer == address(0)) revert SignerSetNotWritten(code.length);
    }

    /// @return set the set as it lies in code
    /// @return coreDigest what was written with it
    function load(address pointer) internal view returns (bytes memory set, bytes32 coreDigest) {
        set = pointer.code;
        assembly ("memory-safe") {
            coreDigest := mload(add(set, 0x21))
        }
    }

    function count(bytes memory set) internal pure returns (uint256 n) {
        assembly ("memory-safe") {
            n := byte(0, mload(add(set, 0x41)))
        }
    }

    /// @return signers all signers, as they were given
    function list(bytes memory set) internal pure returns (bytes[] memory signers) {
        signers = new bytes[](count(set));
        for (uint256 i = 0; i < signers.length; ++i) {
            signers[i] = _signerAt(set, i);
        }
    }

    /// @notice Reverts unless the signatures are those of exactly `threshold` distinct signers, in ascending order of the bits.
    /// @param bitmap bit i stands for the signer at index i
    /// @param signatures for each signer two bytes with the length of its signature, and the signature
    function requireQuorum(
        bytes memory set,
        uint256 threshold,
        bytes32 digest,
        uint64 bitmap,
        bytes calldata signatures
    ) internal view {
        uint256 n = count(set);
        if (uint256(bitmap) >> n != 0) revert UnknownSigner(bitmap, n);
        uint256 signed;
        uint256 offset;
        uint256 index;
        for (uint256 left = bitmap; left != 0; left >>= 1) {
            unchecked {
                if (left & 1 != 0) {
                    bytes calldata signature = _signatureAt(signatures, offset, index);
                    if (!_isKeyOf(set, index, digest, signature) && !_isValid(set, index, digest, signature)) {
                        revert InvalidSignature(index);
                    }
                    offset += LENGTH_SIZE + signature.length;
                    ++signed;
                }
                ++index;
            }
        }
        if (signed != threshold) revert WrongSignatureCount(threshold, signed);
        if (offset != signatures.length) revert SignaturesMalformed(offset, signatures.length);
    }

    function _signatureAt(bytes calldata signatures, uint256 offset, uint256 index)
        private
        pure
        returns (bytes calldata signature)
    {
        unchecked {
            uint256 from = offset + LENGTH_SIZE;
            if (from > signatures.length) revert InvalidSignature(index);
            uint256 length;
            assembly ("memory-safe") {
                length := shr(240, calldataload(add(signatures.offset, offset)))
                signature.offset := add(signatures.offset, from)
                signature.length := length
            }
            if (from + length > signatures.length) revert InvalidSignature(index);
        }
    }

    /// @dev A key is tried before code is looked for: that saves a cold access each, and no key is known for the address of a contract.
    /// Strict: 65 bytes, low s; the precompile knows no v but 27 and 28 and returns nothing for what it refuses. The address that it
    /// returns is compared with the entry's; that an entry has a key besides (ERC-7913) is looked at then.
    function _isKeyOf(bytes memory set, uint256 index, bytes32 digest, bytes calldata signature)
        private
        view
        returns (bool ok)
    {
        if (signature.length != 65) return false;
        assembly ("memory-safe") {
            let entry := add(add(add(set, 0x20), HEADER_SIZE), mul(index, ENTRY_SIZE))
            let ptr := mload(0x40)
            mstore(ptr, digest)
            mstore(add(ptr, 0x20), byte(0, calldataload(add(signature.offset, 0x40))))
            calldatacopy(add(ptr, 0x40), signature.offset, 0x40)
            mstore(0, 0)
            if iszero(gt(mload(add(ptr, 0x60)), HALF_ORDER)) {
                pop(staticcall(gas(), 1, ptr, 0x80, 0, 0x20))
            }
            ok := eq(mload(0), shr(96, mload(entry)))
        }
        if (ok) {
            (, uint256 from, uint256 to) = _entry(set, index);
            ok = from == to;
        }
    }

    /// @dev A wallet or a key without an address. An account without code has neither.
    function _isValid(bytes memory set, uint256 index, bytes32 digest, bytes calldata signature)
        private
        view
        returns (bool)
    {
        (address account,,) = _entry(set, index);
        return
            account.code.length != 0 && SignatureChecker.isValidSignatureNow(_signerAt(set, index), digest, signature);
    }

    function _signerAt(bytes memory set, uint256 index) private pure returns (bytes memory) {
        (address account, uint256 from, uint256 to) = _entry(set, index);
        return bytes.concat(bytes20(account), _slice(set, from, to));
    }

    /// @dev The account of an entry, and where its key lies in the set.
    function _entry(bytes memory set, uint256 index) private pure returns (address account, uint256 from, uint256 to) {
        unchecked {
            uint256 keys = HEADER_SIZE + ENTRY_SIZE * count(set);
            assembly ("memory-safe") {
                let entry := add(add(add(set, 0x20), HEADER_SIZE), mul(index, ENTRY_SIZE))
                let word := mload(entry)
                account := shr(96, word)
                to := add(keys, and(shr(80, word), 0xffff))
                from := keys
                if index { from := add(keys, and(shr(240, mload(sub(entry, 2))), 0xffff)) }
            }
        }
    }

    function _slice(bytes memory data, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        assembly ("memory-safe") {
            mcopy(add(part, 0x20), add(add(data, 0x20), from), sub(to, from))
        }
    }
}
