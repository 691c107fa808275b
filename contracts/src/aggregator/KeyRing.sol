// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {AccountSignatures} from "../collateral/AccountSignatures.sol";
import {Register} from "./AggregatorStorage.sol";
import "./AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "./IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "./IAggregatorEvents.sol";

/// @title Who signs, and whether that counts now
library KeyRing {
    function statusOf(Register storage register, bytes32 providerId, address key) internal view returns (KeyStatus) {
        ProviderKey storage held = register.keys[providerId][key];
        if (held.kind == KeyKind.None) return KeyStatus.Unknown;
        if (held.revokedAt != 0) return KeyStatus.Revoked;
        if (block.timestamp < held.validFrom) return KeyStatus.NotYet;
        if (block.timestamp >= held.validTo) return KeyStatus.Over;
        return KeyStatus.Valid;
    }

    function requireKey(Register storage register, bytes32 providerId, address key) internal view {
        KeyStatus status = statusOf(register, providerId, key);
        require(status == KeyStatus.Valid, Errors.KeyNotValid(providerId, key, status));
    }

    /// @dev First the key, then the signature. A private key signs 65 bytes with a low `s` and nothing else; a contract answers for itself, and
    /// only where it was entered as one.
    function requireProvider(
        Register storage register,
        bytes32 providerId,
        address key,
        bytes32 digest,
        bytes calldata signature
    ) internal view {
        requireKey(register, providerId, key);
        bool signed = register.keys[providerId][key].kind == KeyKind.Ecdsa
            ? AccountSignatures.isSignedByKey(key, digest, signature)
            : SignatureChecker.isValidERC1271SignatureNowCalldata(key, digest, signature);
        require(signed, Errors.ProviderSignatureInvalid(key, digest));
    }

    /// @dev A borrower is a private key or a contract. The private key of an account with delegated code (EIP-7702) still speaks for it.
    function requireBorrower(address borrower, bytes32 digest, bytes calldata signature) internal view {
        require(
            AccountSignatures.isSignedBy(borrower, digest, signature), Errors.BorrowerSignatureInvalid(borrower, digest)
        );
    }

    /// @dev Both parties over the same words, the provider's key first.
    function requireBoth(Register storage register, Loan storage loan, bytes32 digest, Signatures calldata signatures)
        internal
        view
    {
        requireProvider(register, loan.providerId, signatures.key, digest, signatures.provider);
        requireBorrower(loan.borrower, digest, signatures.borrower);
    }

    function useNonce(Register storage register, bytes32 providerId, uint256 nonce) internal {
        // One bit, moved to the place of the nonce.
        // forge-lint: disable-next-line(incorrect-shift)
        uint256 bit = 1 << (nonce & 0xff);
        uint256 bits = register.nonces[providerId][nonce >> 8];
        require(bits & bit == 0, Errors.NonceUsed(providerId, nonce));
        register.nonces[providerId][nonce >> 8] = bits | bit;
        emit Events.NonceConsumed(providerId, nonce);
    }
}
