// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";

/// @title What collateral counts for
/// @notice Values are in 1e18ths of the unit of account ("WAD"). Collateral is rounded down and debt up, so that each rounding is
/// against whoever asks for more. Over the collateral assets i and the debt asset d, with amounts in smallest units, prices in WAD a
/// whole token and shares in basis points:
///
///     value_i  = floor(amount_i * price_i / 10^decimals_i)
///     weight   = sum_i floor(value_i * thresholdBps_i / 10^4)
///     power    = sum_i floor(value_i * ltvBps_i * (10^4 - haircutBps_i) / 10^8)
///     debt     = ceil(amount_d * price_d / 10^decimals_d)
///     health   = floor(weight * 10^18 / debt), at most 2^256 - 1, which is also the health where nothing is owed
///
/// A debt opens where `power >= debt`. It may be liquidated where `health < 10^18`. The products are taken in 512 bits and each
/// formula is divided once, so that a model with big integers gives the same figure to the unit.
/// @dev The haircut does not enter the health factor: the guardian may raise it at once, and nothing done at once may liquidate.
library Health {
    uint256 internal constant WAD = 1e18;
    uint256 internal constant BPS = 1e4;
    uint256 internal constant BPS_SQUARED = 1e8;

    /// @notice `floor(amount * price / 10^decimals)`.
    function valueDown(uint256 amount, uint256 price, uint8 decimals) internal pure returns (uint256) {
        return Math.mulDiv(amount, price, 10 ** decimals);
    }

    /// @notice `ceil(amount * price / 10^decimals)`.
    function valueUp(uint256 amount, uint256 price, uint8 decimals) internal pure returns (uint256) {
        return Math.mulDiv(amount, price, 10 ** decimals, Math.Rounding.Ceil);
    }

    /// @notice What an amount adds to the weight.
    function weightOf(uint256 amount, IRiskPolicy.Terms memory terms) internal pure returns (uint256) {
        return Math.mulDiv(valueDown(amount, terms.price, terms.decimals), terms.thresholdBps, BPS);
    }

    /// @notice What an amount adds to the power.
    function powerOf(uint256 amount, IRiskPolicy.Terms memory terms) internal pure returns (uint256) {
        uint256 share = uint256(terms.ltvBps) * (BPS - terms.haircutBps);
        return Math.mulDiv(valueDown(amount, terms.price, terms.decimals), share, BPS_SQUARED);
    }

    /// @notice The health factor in WAD.
    function factor(uint256 weight, uint256 debt) internal pure returns (uint256) {
        if (debt == 0 || weight / debt >= type(uint256).max / WAD) return type(uint256).max;
        return Math.mulDiv(weight, WAD, debt);
    }
}
