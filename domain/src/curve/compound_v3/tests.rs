//! Figures of the real contract: Comet run on a local chain (`defi.json` of the reference figures), and beside it the same
//! functions of `Comet.sol` and `CometCore.sol` compiled alone, for states that a market is not easily brought to.

use std::str::FromStr;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::*;

const WHOLE: u64 = 1_000_000_000_000_000_000;

fn big(text: &str) -> U256 {
    U256::from_str(text).unwrap()
}

/// Percent of a year, in hundredths.
fn yearly(kink: u64, base: u64, low: u64, high: u64) -> Curve {
    let wad = |hundredths: u64| hundredths * (WHOLE / 10_000);
    Curve::from_yearly(YearlyCurve {
        kink_wad: wad(kink),
        base_wad: wad(base),
        slope_low_wad: wad(low),
        slope_high_wad: wad(high),
    })
}

fn usdc_like() -> Curve {
    yearly(8_000, 150, 350, 2_500)
}

fn curves() -> Curves {
    Curves { supply: yearly(8_500, 0, 390, 10_000), borrow: yearly(8_500, 0, 540, 11_550) }
}

fn market() -> Market {
    Market {
        base_supply_index: 1_034_567_890_123_456,
        base_borrow_index: 1_056_789_012_345_678,
        total_supply_base: 400_000_000_000_000,
        total_borrow_base: 330_000_000_000_000,
        last_accrual: 1_700_000_000,
    }
}

#[test]
fn yearly_rates_become_rates_per_second_as_the_constructor_does() {
    assert_eq!(
        usdc_like(),
        Curve {
            kink_wad: 800_000_000_000_000_000,
            base_per_second_wad: 475_646_879,
            slope_low_per_second_wad: 1_109_842_719,
            slope_high_per_second_wad: 7_927_447_995,
        }
    );
    let below_a_year = YearlyCurve { kink_wad: 1, base_wad: 31_535_999, slope_low_wad: 31_536_000, slope_high_wad: 0 };
    let curve = Curve::from_yearly(below_a_year);
    assert_eq!((curve.base_per_second_wad, curve.slope_low_per_second_wad), (0, 1));
}

/// `comet-2` to `comet-32` of `defi.json`, and the compiled functions at utilisations beside them.
#[test]
fn rates_equal_the_contract_on_both_sides_of_the_kink() {
    let table = [
        (usdc_like(), "0", 475_646_879),
        (usdc_like(), "1", 475_646_879),
        (usdc_like(), "123456789012345678", 612_664_497),
        (usdc_like(), "799999999999999999", 1_363_521_054),
        (usdc_like(), "800000000000000000", 1_363_521_054),
        (usdc_like(), "800000000000000001", 1_363_521_054),
        (usdc_like(), "900000000000000000", 2_156_265_853),
        (usdc_like(), "1000000000000000000", 2_949_010_653),
        (usdc_like(), "1050000000000000000", 3_345_383_052),
        (usdc_like(), "1180591620717411303424", 9_354_100_239_228),
        (yearly(9_000, 100, 555, 20_000), "900000000000000001", 1_901_002_028),
        (yearly(9_000, 100, 555, 20_000), "1050000000000000000", 11_413_939_623),
        (yearly(8_500, 0, 540, 11_550), "1", 0),
        (yearly(8_500, 0, 540, 11_550), "849999999999999999", 1_455_479_451),
        (yearly(8_500, 0, 540, 11_550), "1000000000000000000", 6_949_200_912),
    ];
    for (curve, utilisation, expected) in table {
        assert_eq!(curve.rate_per_second(big(utilisation)), Ok(expected), "{utilisation}");
    }
}

#[test]
fn a_rate_that_the_contract_cannot_hold_is_an_error_and_the_largest_that_it_can_is_not() {
    let steepest = Curve::from_yearly(YearlyCurve {
        kink_wad: WHOLE,
        base_wad: u64::MAX,
        slope_low_wad: u64::MAX,
        slope_high_wad: u64::MAX,
    });
    assert_eq!(steepest.rate_per_second(big("31535999000000000000000000")), Ok(18_446_744_073_707_280_000));
    let found = big("18446744073707280000000");
    let wide = CurveError::TooWide { argument: "rate per second", bits: 64, found };
    assert_eq!(steepest.rate_per_second(big("31535999999000000000000000000")), Err(wide));
    assert_eq!(steepest.rate_per_second(U256::MAX), Err(CurveError::Overflow("high slope")));
    let flat = Curve { kink_wad: u64::MAX, base_per_second_wad: u64::MAX, ..steepest };
    assert!(matches!(flat.rate_per_second(U256::from(WHOLE)), Err(CurveError::TooWide { bits: 64, .. })));
    assert_eq!(flat.rate_per_second(U256::ZERO), Ok(u64::MAX));
}

#[test]
fn utilisation_is_borrowed_over_supplied_cut_off() {
    let table =
        [(0, 0, 0), (5, 0, 0), (0, 7, 0), (1, 3, 333_333_333_333_333_333), (7, 7, WHOLE), (9, 6, WHOLE / 2 * 3)];
    for (borrowed, supplied, expected) in table {
        let found = utilisation(U256::from(borrowed), U256::from(supplied));
        assert_eq!(found, Ok(U256::from(expected)), "{borrowed} / {supplied}");
    }
    assert_eq!(utilisation(U256::MAX, U256::ONE), Err(CurveError::Overflow("utilisation")));
}

#[test]
fn an_own_borrow_moves_the_rate_that_it_pays() {
    let curve = usdc_like();
    let (supplied, borrowed) = (U256::from(1_000_000), U256::from(700_000));
    let after = |amount: u64| curve.rate_after_borrow(borrowed, supplied, U256::from(amount));
    assert_eq!(after(0), curve.rate_per_second(U256::from(WHOLE / 10 * 7)));
    assert_eq!(after(200_000), Ok(2_156_265_853));
    assert_eq!(after(350_000), Ok(3_345_383_052));
    let all = curve.rate_after_borrow(U256::MAX, supplied, U256::ONE);
    assert_eq!(all, Err(CurveError::Overflow("total borrow")));
}

#[test]
fn indices_grow_linearly_from_one_accrual_to_the_next() {
    assert_eq!(index_after(1_000_000_000_000_000, 1_363_521_054, 0), Ok(1_000_000_000_000_000));
    // 1e15 · 1,363,521,054 · 86,400 / 1e18 is 117,808,219,065.6.
    assert_eq!(index_after(1_000_000_000_000_000, 1_363_521_054, 86_400), Ok(1_000_117_808_219_065));
    assert_eq!(index_after(WHOLE - 1, 1, 1), Ok(WHOLE - 1));
    assert_eq!(index_after(WHOLE, 1, 1), Ok(WHOLE + 1));
    assert_eq!(index_after(u64::MAX, 0, 1), Ok(u64::MAX));
    assert_eq!(index_after(u64::MAX, WHOLE, 1), Err(CurveError::Overflow("index")));
    let found = U256::from(u64::MAX) * U256::from(2);
    let wide = CurveError::TooWide { argument: "index growth", bits: 64, found };
    assert_eq!(index_after(u64::MAX, WHOLE, 2), Err(wide));
    assert_eq!(index_after(0, u64::MAX, u64::MAX), Ok(0));
}

#[test]
fn present_values_are_cut_off_and_principals_round_in_the_pools_favour() {
    let index = 1_034_567_890_123_456;
    assert_eq!(present_value(1, 1_000_000_000_000_000), Ok(U256::from(1)));
    assert_eq!(present_value(999, 1_000_000_000_000_001), Ok(U256::from(999)));
    let most = (1u128 << 104) - 1;
    assert_eq!(present_value(most, u64::MAX), Ok(big("374144419156711147039860907571698335")));
    let found = U256::from(1) << 104;
    assert_eq!(present_value(most + 1, 1), Err(CurveError::TooWide { argument: "principal", bits: 104, found }));
    let table = [
        (0u64, 0, 0),
        (1, 1, 0),
        (1_000_000, 966_588, 966_587),
        (1_034_567_890_123_456, 1_000_000_000_000_000, 1_000_000_000_000_000),
        (1_034_567_890_123_457, 1_000_000_000_000_001, 1_000_000_000_000_000),
    ];
    for (present, borrowed, supplied) in table {
        assert_eq!(borrow_principal(U256::from(present), index), Ok(borrowed), "{present}");
        assert_eq!(supply_principal(U256::from(present), index), Ok(supplied), "{present}");
    }
    assert_eq!(borrow_principal(U256::from(most), 1_000_000_000_000_000), Ok(most));
    let wide = borrow_principal(found, 1_000_000_000_000_000);
    assert_eq!(wide, Err(CurveError::TooWide { argument: "principal", bits: 104, found }));
    assert_eq!(borrow_principal(U256::ONE, 0), Err(CurveError::ZeroIndex("borrow index")));
    assert_eq!(supply_principal(U256::ONE, 0), Err(CurveError::ZeroIndex("supply index")));
    assert_eq!(supply_principal(U256::MAX, 1), Err(CurveError::Overflow("principal")));
}

/// Seconds since the accrual, amount; supply index, borrow index, principal, utilisation and rate after.
#[test]
fn a_borrow_accrues_first_then_adds_its_principal_then_is_priced() {
    let table: [(u64, u64, [u64; 5]); 6] = [
        (0, 0, [1_034_567_890_123_456, 1_056_789_012_345_678, 0, 842_719_886_735_653_970, 1_443_013_504]),
        (0, 1, [1_034_567_890_123_456, 1_056_789_012_345_678, 1, 842_719_886_735_656_387, 1_443_013_504]),
        (1, 1, [1_034_567_891_201_658, 1_056_789_013_870_638, 1, 842_719_887_073_449_406, 1_443_013_505]),
        (86_400, 0, [1_034_661_046_798_628, 1_056_920_768_960_153, 0, 842_749_069_456_203_744, 1_443_063_474]),
        (
            86_400,
            500_000_000_000,
            [1_034_661_046_798_628, 1_056_920_768_960_153, 473_072_357_630, 843_957_194_574_925_144, 1_445_132_182],
        ),
        (
            31_536_000,
            123_456_789_012,
            [1_068_570_076_561_427, 1_104_880_176_629_392, 111_737_717_468, 853_322_405_046_181_518, 1_577_161_903],
        ),
    ];
    for (elapsed, amount, expected) in table {
        let at = market().last_accrual + elapsed;
        let after = market().after_borrow(&curves(), U256::from(amount), at).unwrap();
        let principal = u64::try_from(after.principal).unwrap();
        let utilisation = u64::try_from(after.utilisation_wad).unwrap();
        let Market { base_supply_index, base_borrow_index, total_supply_base, last_accrual, .. } = after.market;
        let found = [base_supply_index, base_borrow_index, principal, utilisation, after.rate_per_second_wad];
        assert_eq!(found, expected, "{amount} after {elapsed} s");
        assert_eq!((last_accrual, total_supply_base), (at, market().total_supply_base));
        assert_eq!(after.market.total_borrow_base, market().total_borrow_base + after.principal);
    }
    let drained = market().after_borrow(&curves(), big("100000000000000"), market().last_accrual).unwrap();
    assert_eq!(drained.utilisation_wad, big("1084366667373865636"));
    assert_eq!((drained.principal, drained.rate_per_second_wad), (94_626_267_714_534, 10_039_114_053));
}

#[test]
fn a_debt_left_alone_bears_simple_interest_and_one_that_is_touched_more() {
    let start = market().last_accrual;
    let after = market().after_borrow(&curves(), U256::from(500_000_000_000u64), start).unwrap();
    // A new debt may be a unit above what was borrowed: its principal was rounded up.
    assert_eq!(after.debt_at(&curves(), start), Ok(U256::from(500_000_000_000u64)));
    let (half, year) = (start + 15_768_000, start + 31_536_000);
    let alone = after.debt_at(&curves(), year).unwrap();
    let touched = AfterBorrow { market: after.market.accrued(&curves(), half).unwrap(), ..after };
    let touched = touched.debt_at(&curves(), year).unwrap();
    // Untouched it is the APR of the moment, to the unit that the index cuts off.
    let factor = U256::from(after.rate_per_second_wad) * U256::from(31_536_000u64);
    let simple = U256::from(500_000_000_000u64) * factor / FACTOR_SCALE + U256::from(500_000_000_000u64);
    assert!(alone.abs_diff(simple) <= U256::from(1), "{alone} {simple}");
    assert!(touched > alone);
}

#[test]
fn what_the_contract_would_revert_on_is_an_error() {
    let last_accrual = market().last_accrual;
    let at = last_accrual - 1;
    let early = CurveError::TimeBeforeAccrual { at, last_accrual };
    assert_eq!(market().accrued(&curves(), at), Err(early));
    assert_eq!(market().accrued(&curves(), last_accrual), Ok(market()));
    assert!(market().accrued(&curves(), (1 << 40) - 1).is_ok());
    let late = market().accrued(&curves(), 1 << 40);
    assert_eq!(late, Err(CurveError::TooWide { argument: "time", bits: 40, found: U256::from(1u64 << 40) }));

    // A borrower's principal has one bit less than the total's: the first that does not fit, and the last that does.
    let plain = Market { base_borrow_index: 1_000_000_000_000_000, total_borrow_base: 0, ..market() };
    let borrow = |market: Market, amount: u128| market.after_borrow(&curves(), U256::from(amount), last_accrual);
    let found = U256::from(1) << 103;
    let wide = Err(CurveError::TooWide { argument: "principal", bits: 103, found });
    assert_eq!(borrow(plain, 1 << 103), wide);
    let supplied = Market { total_supply_base: (1 << 104) - 1, ..plain };
    assert!(borrow(supplied, (1 << 103) - 1).is_ok());
    // The total's sum has 104 bits too.
    let full = Market { total_borrow_base: (1 << 104) - 1, ..supplied };
    assert!(borrow(full, 0).is_ok());
    assert!(matches!(borrow(full, 1), Err(CurveError::TooWide { argument: "principal", bits: 104, .. })));
    let overflowing = Market { total_borrow_base: u128::MAX, ..supplied };
    assert_eq!(borrow(overflowing, 1), Err(CurveError::Overflow("total borrow")));
    let unset = Market { base_borrow_index: 0, ..market() };
    assert_eq!(borrow(unset, 1), Err(CurveError::ZeroIndex("borrow index")));
    let everything = market().after_borrow(&curves(), U256::MAX, last_accrual);
    assert_eq!(everything, Err(CurveError::Overflow("principal")));
}

#[test]
fn an_empty_market_is_not_utilised_whatever_it_is_owed() {
    let empty = Market { total_supply_base: 0, ..market() };
    let after = empty.after_borrow(&curves(), U256::from(5), empty.last_accrual + 60).unwrap();
    assert_eq!((after.utilisation_wad, after.rate_per_second_wad), (U256::ZERO, 0));
    assert_eq!(empty.total_supply(), Ok(U256::ZERO));
    assert_eq!(empty.total_borrow(), Ok(big("348740374074073")));
    assert_eq!(market().total_supply(), Ok(big("413827156049382")));
}

proptest! {
    #[test]
    fn a_higher_utilisation_never_has_a_lower_rate(a in 0u64..3_000_000_000_000_000_000, b in 0u64..3_000_000_000_000_000_000, kink in 0u64..=WHOLE) {
        let curve = Curve { kink_wad: kink, ..usdc_like() };
        let rate = |utilisation: u64| curve.rate_per_second(U256::from(utilisation)).unwrap();
        prop_assert!(rate(a.min(b)) <= rate(a.max(b)));
        prop_assert!(rate(a) >= curve.base_per_second_wad);
    }

    #[test]
    fn a_larger_borrow_never_has_a_lower_rate(a in 0u64..1_000_000_000_000_000, b in 0u64..1_000_000_000_000_000, elapsed in 0u64..10_000_000) {
        let rate = |amount: u64| market().after_borrow(&curves(), U256::from(amount), market().last_accrual + elapsed).unwrap().rate_per_second_wad;
        prop_assert!(rate(a.min(b)) <= rate(a.max(b)));
    }

    #[test]
    fn a_borrow_is_owed_at_least_and_no_more_than_a_unit_of_principal_above(amount in any::<u64>(), index in 1_000_000_000_000_000u64..) {
        let principal = borrow_principal(U256::from(amount), index).unwrap();
        let owed = present_value(principal, index).unwrap();
        prop_assert!(owed >= U256::from(amount));
        prop_assert!(owed <= U256::from(amount) + U256::from(index / 1_000_000_000_000_000));
        let supplied = present_value(supply_principal(U256::from(amount), index).unwrap(), index).unwrap();
        prop_assert!(supplied <= U256::from(amount));
    }

    #[test]
    fn two_accruals_never_yield_less_than_one(first in 0u64..31_536_000, second in 0u64..31_536_000) {
        let start = market().last_accrual;
        let once = market().accrued(&curves(), start + first + second).unwrap();
        let twice = market().accrued(&curves(), start + first).unwrap().accrued(&curves(), start + first + second).unwrap();
        // Each accrual cuts off less than one unit of the index; utilisation rises while borrowers pay more than suppliers earn.
        prop_assert!(twice.base_borrow_index + 2 >= once.base_borrow_index);
        prop_assert_eq!((twice.total_borrow_base, twice.last_accrual), (once.total_borrow_base, once.last_accrual));
    }

    #[test]
    fn no_state_makes_the_curve_panic(words in any::<[u64; 10]>(), totals in any::<[u128; 2]>(), shift in 0u32..128, amount in any::<[u64; 4]>(), width in 0usize..256) {
        let curve = |at: usize| Curve { kink_wad: words[at], base_per_second_wad: words[at + 1], slope_low_per_second_wad: words[at + 2], slope_high_per_second_wad: words[at + 3] >> (shift % 64) };
        let curves = Curves { supply: curve(0), borrow: curve(4) };
        let market = Market {
            base_supply_index: words[8],
            base_borrow_index: words[9],
            total_supply_base: totals[0] >> shift,
            total_borrow_base: totals[1] >> shift,
            last_accrual: words[2] >> 30,
        };
        let at = words[3] >> 24;
        if let Ok(after) = market.after_borrow(&curves, U256::from_limbs(amount) >> width, at) {
            prop_assert!(at >= market.last_accrual && at < 1 << 40);
            prop_assert!(after.market.base_borrow_index >= market.base_borrow_index);
            let _ = after.debt_at(&curves, at.saturating_add(words[5] >> 24));
        }
    }
}
