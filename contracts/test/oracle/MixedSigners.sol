// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {Report} from "../../src/oracle/OracleTypes.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice An oracle one of whose signers is not a key with an address.
abstract contract MixedSigners is OracleFixture {
    /// @dev An oracle of two keys and this signer, any two of which sign; the bitmap is that of the signer and one key.
    function _withSigner(bytes memory signer) internal returns (uint64 bitmap, uint256 index) {
        uint256[] memory two = _sortedKeys("beside", 2);
        bytes[] memory signers = new bytes[](3);
        (signers[0], signers[1], signers[2]) =
        (abi.encodePacked(vm.addr(two[0])), abi.encodePacked(vm.addr(two[1])), signer);
        signers = _sorted(signers);
        oracle = new CreditScoringOracle(address(manager), signers, 2, _bounds());
        keys = new uint256[](3);
        uint256 next;
        for (uint256 i = 0; i < 3; ++i) {
            if (keccak256(signers[i]) == keccak256(signer)) index = i;
            else keys[i] = two[next++];
        }
        bitmap = SafeCast.toUint64(2 ** index | 2 ** (index == 0 ? 1 : 0));
        assertEq(abi.encode(oracle.signers()), abi.encode(signers));
    }

    function _submitWith(Report memory report, uint64 bitmap, uint256 index, bytes memory signature, bytes memory why)
        internal
    {
        uint256 other = index == 0 ? 1 : 0;
        bytes memory mine = _prefixed(signature);
        bytes memory beside = _prefixed(_signature(keys[other], _digest(_hash(report))));
        bytes memory signatures = index < other ? bytes.concat(mine, beside) : bytes.concat(beside, mine);
        if (why.length != 0) vm.expectRevert(why);
        oracle.submitReport(report, bitmap, signatures);
    }
}
