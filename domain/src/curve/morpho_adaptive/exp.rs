//! `ExpLib.wExp`: e^x in wad, as the model has it and not as it is. x is 2^q times a remainder of at most ln(2)/2 either way,
//! and the remainder's exponential is cut off after its square, so that the result is up to 1 % off and jumps a little
//! where q does. A market is charged by these very figures.

use ruint::aliases::U256;
use ruint::uint;

use super::WAD_INT;

/// `LN_2_INT`.
const LN_2: i128 = 693_147_180_559_945_309;

/// `LN_WEI_INT`: ln(1e-18), below which e^x is nothing.
const LN_WEI: i128 = -41_446_531_673_892_822_312;

/// `WEXP_UPPER_BOUND`, from which on the exponential no longer grows.
const UPPER_BOUND: i128 = 93_859_467_695_000_404_319;

/// `WEXP_UPPER_VALUE`.
const UPPER_VALUE: U256 = uint!(57716089161558943949701069502944508345128422502756744429568_U256);

/// e^x for any x in wad.
pub(super) fn w_exp(x: i128) -> U256 {
    if x < LN_WEI {
        return U256::ZERO;
    }
    if x >= UPPER_BOUND {
        return UPPER_VALUE;
    }
    // Below 2^67 from here on: nothing can overflow.
    let half = if x < 0 { -(LN_2 / 2) } else { LN_2 / 2 };
    let q = (x + half) / LN_2;
    let r = x - q * LN_2;
    let exp_r = U256::from((WAD_INT + r + r * r / WAD_INT / 2).unsigned_abs());
    let places = q.unsigned_abs();
    if q >= 0 { exp_r << places } else { exp_r >> places }
}
