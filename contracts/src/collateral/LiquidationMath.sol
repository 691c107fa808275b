// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Health} from "./Health.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";

/// @title How much is repaid and seized
/// @notice What is seized is rounded down and what must be repaid for it up, so that what is seized is never worth more than
/// `repaid * (1 + bonus)`. For a seized asset c and the debt asset d:
///
///     base     = floor(repaid * price_d / 10^decimals_d)
///     seized   = floor(floor(base * (10^4 + bonusBps_c) / 10^4) * 10^decimals_c / price_c)
///     cover_c  = ceil(ceil(amount_c * price_c / 10^decimals_c) * 10^4 / (10^4 + bonusBps_c))
///     forAll_c = ceil(cover_c * 10^decimals_d / price_d)
///
/// `cover` is what must be repaid, in value, for all of an asset. Since `threshold * (1 + bonus) < 1` for every asset, a loan with
/// health of at least one is always covered; and in a loan that is covered, as a whole, some asset can be seized without lowering
/// health. A loan that is not covered can end only in bad debt, and is sold whole.
library LiquidationMath {
    /// @notice At or below this health, in WAD, all of the debt may be repaid at once.
    uint256 internal constant FULL_CLOSE_HEALTH = 0.95e18;

    /// @notice What of a debt may be repaid in one liquidation: all where health is at most 0.95, where the debt is worth less than
    /// twice the dust threshold (half of it would be dust), where collateral does not cover it, or where it is one unit, which has no half;
    /// otherwise half, rounded down.
    function closeable(uint256 debt, uint256 debtValue, uint256 health, uint256 dust, bool covered)
        internal
        pure
        returns (uint256)
    {
        if (health <= FULL_CLOSE_HEALTH || debtValue < 2 * dust || !covered || debt == 1) return debt;
        return debt / 2;
    }

    /// @notice What is seized of an asset for what was repaid.
    function seizedFor(uint256 repaid, uint256 debtPrice, uint8 debtDecimals, IRiskPolicy.Terms memory terms)
        internal
        pure
        returns (uint256)
    {
        uint256 base = Health.valueDown(repaid, debtPrice, debtDecimals);
        uint256 value = Math.mulDiv(base, Health.BPS + terms.bonusBps, Health.BPS);
        return Math.mulDiv(value, 10 ** terms.decimals, terms.price);
    }

    /// @notice The value that must be repaid for all of an amount, in WAD.
    function coverOf(uint256 amount, IRiskPolicy.Terms memory terms) internal pure returns (uint256) {
        uint256 value = Health.valueUp(amount, terms.price, terms.decimals);
        return Math.mulDiv(value, Health.BPS, Health.BPS + terms.bonusBps, Math.Rounding.Ceil);
    }

    /// @notice The amount of the debt asset that is worth a value, rounded up.
    function amountUp(uint256 value, uint256 price, uint8 decimals) internal pure returns (uint256) {
        return Math.mulDiv(value, 10 ** decimals, price, Math.Rounding.Ceil);
    }
}
