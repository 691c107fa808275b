// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Paying someone who may not want, or may not be able, to be paid
/// @notice A transfer that cannot revert its caller, eat all of its gas or fill its memory: a lender on a blocklist or with a hook of their own
/// must not be able to stop a repayment.
library Payout {
    /// @notice Most gas that a transfer to a lender may use.
    uint256 internal constant GAS = 500_000;

    /// @return delivered whether the token moved `amount`: the call succeeded and returned nothing or `true`
    function tryTransfer(address token, address to, uint256 amount) internal returns (bool delivered) {
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        uint256 cap = GAS;
        assembly ("memory-safe") {
            mstore(0x00, 0)
            let ok := call(cap, token, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            let size := returndatasize()
            let answer := or(and(iszero(size), gt(extcodesize(token), 0)), and(gt(size, 31), eq(mload(0x00), 1)))
            delivered := and(ok, answer)
        }
    }
}
