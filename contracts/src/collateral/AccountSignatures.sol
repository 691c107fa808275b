// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title How an account signs
/// @notice A private key signs 65 bytes with a low `s` and nothing else; a contract answers for itself (ERC-1271). An account with delegated code
/// (EIP-7702) is both: whoever delegates must still be able to sign with their key, and what they delegate to may sign for them.
library AccountSignatures {
    /// @notice Whether the private key of `account` signed.
    function isSignedByKey(address account, bytes32 digest, bytes calldata signature) internal pure returns (bool) {
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        return failure == ECDSA.RecoverError.NoError && recovered == account;
    }

    /// @notice Whether the private key of `account` signed, or the contract there says that it did.
    function isSignedBy(address account, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        return isSignedByKey(account, digest, signature)
            || (account.code.length != 0
                && SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature));
    }
}
