// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A short list of assets in one word
/// @notice Up to eight ids of eight bits, the first in the lowest byte; an id of zero ends the list. A lock keeps its assets beside its book
/// in one slot this way, where a list of addresses would cost a slot for its length and one for each.
library AssetIds {
    uint256 internal constant MAX_LENGTH = 8;
    uint256 private constant BITS = 8;

    /// @notice The id at a position; 0 beyond the end.
    function idAt(uint64 ids, uint256 index) internal pure returns (uint8) {
        // The lowest byte is what is wanted.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint8(ids >> (BITS * index));
    }

    /// @notice How many ids there are.
    function length(uint64 ids) internal pure returns (uint256 count) {
        while (count < MAX_LENGTH && idAt(ids, count) != 0) ++count;
    }

    /// @notice Whether the id is in the list.
    function contains(uint64 ids, uint8 id) internal pure returns (bool) {
        for (; ids != 0; ids >>= BITS) {
            if (idAt(ids, 0) == id) return true;
        }
        return false;
    }

    /// @notice The list with an id at a position that is free.
    function with(uint64 ids, uint256 index, uint8 id) internal pure returns (uint64) {
        // An index is below eight.
        // forge-lint: disable-next-line(unsafe-typecast)
        return ids | (uint64(id) << uint64(BITS * index));
    }
}
