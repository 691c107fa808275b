// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title How fast a stated debt may grow
/// @notice Simple interest, in the smallest unit of the debt's asset, rounded up:
/// `grown = amount + ceil(amount * rateBps * elapsed / (10^4 * 365 days))`. A debt is never more than the principal grown since funding,
/// less what was repaid here.
library DebtGrowth {
    uint256 internal constant BPS = 1e4;
    uint256 internal constant YEAR = 365 days;

    /// @notice An amount with the interest of so many seconds.
    function grown(uint256 amount, uint256 rateBps, uint256 elapsed) internal pure returns (uint256) {
        return amount + Math.mulDiv(amount, rateBps * elapsed, BPS * YEAR, Math.Rounding.Ceil);
    }

    /// @notice The most that may be owed so many seconds after funding.
    function cap(uint256 principal, uint256 rateBps, uint256 elapsed, uint256 repaid) internal pure returns (uint256) {
        return Math.saturatingSub(grown(principal, rateBps, elapsed), repaid);
    }
}
