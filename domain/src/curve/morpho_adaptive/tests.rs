//! Figures of the real contracts: Morpho Blue with AdaptiveCurveIrm run on a local chain (`defi.json` of the reference
//! figures), and beside it the same functions of `AdaptiveCurveIrm.sol`, `ExpLib.sol` and `Morpho.sol` compiled alone.

use std::num::NonZeroU32;
use std::str::FromStr;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::*;

const TOKEN: u128 = 1_000_000_000_000_000_000;
const START: u64 = 1_700_000_000;

fn big(text: &str) -> U256 {
    U256::from_str(text).unwrap()
}

fn market(supplied: u128, borrowed: u128, rate_at_target_wad: u64) -> Market {
    Market { total_supply_assets: supplied, total_borrow_assets: borrowed, rate_at_target_wad, last_update: START }
}

/// A million supplied, so many thousandths of it borrowed.
fn million(thousandths: u128) -> Market {
    market(1_000_000 * TOKEN, 1_000 * thousandths * TOKEN, INITIAL_RATE_AT_TARGET)
}

fn times(accruals: u32) -> NonZeroU32 {
    NonZeroU32::new(accruals).unwrap()
}

#[test]
fn the_constants_are_the_contracts() {
    assert_eq!(ADJUSTMENT_SPEED, 1_585_489_599_188);
    let rates = [INITIAL_RATE_AT_TARGET, MIN_RATE_AT_TARGET, MAX_RATE_AT_TARGET];
    assert_eq!(rates, [1_268_391_679, 31_709_791, 63_419_583_967]);
}

#[test]
fn the_exponential_equals_the_contracts_at_every_edge() {
    let table = [
        (i128::MIN, "0"),
        (-41_446_531_673_892_822_313, "0"),
        (-41_446_531_673_892_822_312, "0"),
        (-1_039_720_770_839_917_964, "351657554254936957"),
        (-1_039_720_770_839_917_963, "356741518229901261"),
        (-1_000_000_000_000_000_000, "370113253479550356"),
        (-693_147_180_559_945_309, "500000000000000000"),
        (-346_573_590_279_972_656, "703315108509873915"),
        (-346_573_590_279_972_655, "703315108509873915"),
        (-346_573_590_279_972_654, "713483036459802523"),
        (-1, "999999999999999999"),
        (0, "1000000000000000000"),
        (1, "1000000000000000001"),
        (346_573_590_279_972_654, "1406630217019747831"),
        (346_573_590_279_972_655, "1426966072919605046"),
        (346_573_590_279_972_656, "1426966072919605048"),
        (693_147_180_559_945_309, "2000000000000000000"),
        (1_000_000_000_000_000_000, "2707864291678420188"),
        (50_000_000_000_000_000_000, "5184048924743137478796379646651944402944"),
        (93_859_467_695_000_404_318, "57716089161558943862588783571184261698504523000224082296832"),
        (93_859_467_695_000_404_319, "57716089161558943949701069502944508345128422502756744429568"),
        (i128::MAX, "57716089161558943949701069502944508345128422502756744429568"),
    ];
    for (x, expected) in table {
        assert_eq!(w_exp(x), big(expected), "{x}");
    }
}

/// `morpho-irm-1` to `morpho-irm-44` of `defi.json`: rate at target, supplied, borrowed, rate.
#[test]
fn the_rate_of_an_instant_equals_the_contract() {
    let table = [
        (1_268_389_667, "1000000000000000000000000", "0", 317_097_416),
        (1_268_389_667, "1000000000000000000000000", "600000000000000000000000", 951_292_250),
        (1_268_389_667, "1000000000000000000000000", "899000000000000000000000", 1_267_332_675),
        (1_268_389_667, "1000000000000000000000000", "900000000000000000000000", 1_268_389_667),
        (1_268_389_667, "1000000000000000000000000", "901000000000000000000000", 1_306_441_357),
        (1_268_389_667, "1000000000000000000000000", "1000000000000000000000000", 5_073_558_668),
        (1_265_978_740, "1000002052841455709800000", "899001845504468683110200", 1_264_923_757),
        (1_246_856_379, "1000081662491299437244079", "950077579366734465381875", 3_117_140_947),
        (2_017_833_717, "1002393049387484402491146", "903156137498123446644522", 2_078_368_728),
        (15_827_134_276, "1048419265468148248572995", "1048419265468148248572995", 63_308_537_104),
    ];
    for (rate_at_target, supplied, borrowed, expected) in table {
        let market = market(supplied.parse().unwrap(), borrowed.parse().unwrap(), rate_at_target);
        let found = market.borrow_rate(0).unwrap();
        let expected = BorrowRate { average_per_second_wad: expected, rate_at_target_wad: rate_at_target };
        assert_eq!(found, expected, "{rate_at_target} {borrowed}");
    }
}

/// Supplied, borrowed, rate at target, seconds; average rate, rate at target after.
#[test]
fn the_average_over_time_and_its_clamps_equal_the_contract() {
    let wad = TOKEN;
    let mio = 1_000_000 * TOKEN;
    let initial = INITIAL_RATE_AT_TARGET;
    let table = [
        (0, 0, initial, 0, 317_097_919, initial),
        (mio, mio / 10 * 9, initial, 31_536_000, initial, initial),
        (mio, mio / 10 * 9 - 1, initial, 1, initial, initial),
        (mio, mio / 10 * 9 + 1, initial, 1, initial, initial),
        (wad, wad / 10 * 9 + 1, initial, 1, initial, initial),
        (mio, 0, initial, u64::MAX, 85_220_065, MIN_RATE_AT_TARGET),
        (mio, mio, initial, u64::MAX, 191_527_143_580, MAX_RATE_AT_TARGET),
        (mio, 0, MIN_RATE_AT_TARGET, 86_400, 7_927_447, MIN_RATE_AT_TARGET),
        (mio, mio, MAX_RATE_AT_TARGET, 86_400, 253_678_335_868, MAX_RATE_AT_TARGET),
        (mio, mio / 20 * 19, 0, 86_400, 3_170_979_197, initial),
        (mio, mio / 20 * 19, initial, 86_401, 3_282_364_955, 1_358_244_106),
        (mio, mio / 10, initial, 7_777_777, 113_626_754, MIN_RATE_AT_TARGET),
        (3, 1, initial, 100_000, 637_266_201, 1_148_091_836),
    ];
    for (supplied, borrowed, start, elapsed, average, end) in table {
        let found = market(supplied, borrowed, start).borrow_rate(elapsed);
        let expected = BorrowRate { average_per_second_wad: average, rate_at_target_wad: end };
        assert_eq!(found, Ok(expected), "{borrowed} of {supplied} for {elapsed} s");
    }
}

#[test]
fn compounding_is_three_terms_each_cut_off() {
    let table = [
        ("0", 5, "0"),
        ("5", 0, "0"),
        ("1268391679", 1, "1268391679"),
        ("1268391679", 31_536_000, "40810666655159581"),
        ("1000000000000000000", 1, "1666666666666666666"),
        ("1000000000000000000", 3, "12000000000000000000"),
    ];
    for (rate, seconds, expected) in table {
        assert_eq!(w_taylor_compounded(big(rate), seconds), Ok(big(expected)), "{rate} for {seconds} s");
    }
    let overflow = Err(CurveError::Overflow("compounded interest"));
    for (rate, seconds) in [(U256::MAX, 2), (U256::ONE << 128, 1), (U256::ONE << 110, 1)] {
        assert_eq!(w_taylor_compounded(rate, seconds), overflow, "{rate} for {seconds} s");
    }
}

/// Supplied, borrowed, rate at target, seconds; interest and rate at target after. The first three are `morpho-accrue-9`, `-27`
/// and `-45` of `defi.json`.
#[test]
fn accrued_interest_equals_the_contract() {
    let table = [
        (
            "1000000000000000000000000",
            "600000000000000000000000",
            1_268_389_667,
            3_600,
            "2052841455709800000",
            1_265_978_740,
        ),
        (
            "1000081662491299437244079",
            "950081662491299437244079",
            1_246_856_379,
            604_800,
            "2311386896184965247067",
            2_017_833_717,
        ),
        (
            "1048419265468148248572995",
            "998419265468148248572995",
            15_827_134_276,
            86_400,
            "3643526553003704956868",
            17_001_882_676,
        ),
        ("1000000000000000000000000", "0", 1_268_391_679, 86_400, "0", 1_106_540_235),
        ("1000000000000000000000000", "950000000000000000000000", 0, 86_400, "260309629714648250000", 1_268_391_679),
        (
            "1000000000000000000000000",
            "950000000000000000000000",
            1_268_391_679,
            31_536_000,
            "18873014192098209070950000",
            63_419_583_967,
        ),
    ];
    for (supplied, borrowed, start, elapsed, interest, end) in table {
        let before = market(supplied.parse().unwrap(), borrowed.parse().unwrap(), start);
        let accrual = before.accrued(START + elapsed).unwrap();
        assert_eq!(accrual.interest.to_string(), interest, "{borrowed} for {elapsed} s");
        let expected = Market {
            total_supply_assets: before.total_supply_assets + accrual.interest,
            total_borrow_assets: before.total_borrow_assets + accrual.interest,
            rate_at_target_wad: end,
            last_update: START + elapsed,
        };
        assert_eq!(accrual.market, expected);
        assert_eq!(accrual.rate_per_second_wad, before.borrow_rate(elapsed).unwrap().average_per_second_wad);
    }
}

#[test]
fn no_time_is_no_accrual_even_where_the_model_has_never_been_asked() {
    let fresh = market(10, 5, 0);
    let accrual = fresh.accrued(START).unwrap();
    assert_eq!((accrual.market, accrual.interest), (fresh, 0));
}

#[test]
fn a_borrow_is_priced_after_the_interest_of_the_old_utilisation() {
    let day = START + 86_400;
    let after = million(700).after_borrow(U256::from(250_000 * TOKEN), day).unwrap();
    assert_eq!(after.rate_per_second_wad, 3_076_035_593);
    assert_eq!(after.utilisation_wad, big("950003148195121895"));
    let accrued = million(700).accrued(day).unwrap().market;
    let expected = Market { total_borrow_assets: accrued.total_borrow_assets + 250_000 * TOKEN, ..accrued };
    assert_eq!(after.market, expected);

    let available = 300_000 * TOKEN;
    let all = million(700).after_borrow(U256::from(available), day).unwrap();
    assert_eq!((all.rate_per_second_wad, all.utilisation_wad), (4_921_471_024, WAD));
    for amount in [U256::from(available + 1), U256::MAX] {
        let refused = million(700).after_borrow(amount, day);
        assert_eq!(refused, Err(CurveError::InsufficientLiquidity { amount, available }));
    }
    let nothing = million(700).after_borrow(U256::ZERO, START).unwrap();
    assert_eq!(nothing.rate_per_second_wad, million(700).borrow_rate(0).unwrap().average_per_second_wad);
}

/// The same market accrued once and four times by the compiled contract.
#[test]
fn a_term_costs_what_its_accruals_charge() {
    let once = million(700).over_term(86_400, times(1)).unwrap();
    assert_eq!(once.average_per_second_wad, 1_041_088_545);
    assert_eq!(once.end, million(700).accrued(START + 86_400).unwrap().market);
    let four = million(700).over_term(86_400, times(4)).unwrap();
    assert_eq!(four.average_per_second_wad, 1_041_075_999);
    assert_eq!(four.end.total_borrow_assets.to_string(), "700062967108335577284734");
    assert_eq!((four.end.rate_at_target_wad, four.end.last_update), (1_230_363_534, START + 86_400));
    // 0.0000899528… of 7 tokens, rounded up.
    assert_eq!(once.debt(U256::from(7 * TOKEN)), Ok(big("7000629678671405490")));
    assert_eq!(once.debt(U256::from(700_000 * TOKEN)), Ok(U256::from(once.end.total_borrow_assets)));
    assert_eq!(once.debt(U256::ONE), Ok(U256::from(2)));
    assert_eq!(once.debt(U256::ZERO), Ok(U256::ZERO));
    assert_eq!(once.debt(U256::MAX), Err(CurveError::Overflow("debt")));
    let idle = million(0).over_term(60, times(1)).unwrap();
    assert_eq!(idle.debt(U256::ONE), Err(CurveError::Overflow("debt")));
}

#[test]
fn a_term_is_cut_evenly_and_its_parts_without_time_charge_nothing() {
    let none = million(950).over_term(0, times(3)).unwrap();
    assert_eq!((none.start, none.end), (million(950), million(950)));
    assert_eq!(none.average_per_second_wad, million(950).borrow_rate(0).unwrap().average_per_second_wad);
    // Ten seconds in four accruals end after 2, 5, 7 and 10.
    let mut market = million(950);
    for offset in [2, 5, 7, 10] {
        market = market.accrued(START + offset).unwrap().market;
    }
    assert_eq!(million(950).over_term(10, times(4)).unwrap().end, market);
    let crowded = million(950).over_term(3, times(100)).unwrap();
    assert_eq!(crowded, million(950).over_term(3, times(3)).unwrap());
    assert!(million(950).over_term(86_400, times(MAX_ACCRUALS)).is_ok());
    let many = million(950).over_term(86_400, times(MAX_ACCRUALS + 1));
    assert_eq!(many, Err(CurveError::TooManyAccruals(2_209)));
    assert_eq!(million(950).over_term(u64::MAX, times(1)), Err(CurveError::Overflow("term")));
}

#[test]
fn what_the_contract_never_reaches_or_reverts_on_is_an_error() {
    let above = market(10, 11, INITIAL_RATE_AT_TARGET);
    let refused = CurveError::BorrowAboveSupply { borrowed: 11, supplied: 10 };
    assert_eq!(above.borrow_rate(0), Err(refused));
    assert_eq!(above.accrued(START), Err(refused));
    assert!(market(11, 11, INITIAL_RATE_AT_TARGET).borrow_rate(0).is_ok());
    for rate in [1, MIN_RATE_AT_TARGET - 1, MAX_RATE_AT_TARGET + 1, u64::MAX] {
        assert_eq!(market(10, 5, rate).borrow_rate(0), Err(CurveError::RateAtTargetOutOfBounds(rate)), "{rate}");
    }
    let early = CurveError::TimeBeforeUpdate { at: START - 1, last_update: START };
    assert_eq!(million(500).accrued(START - 1), Err(early));
    let full = market(u128::MAX, u128::MAX, MAX_RATE_AT_TARGET);
    assert_eq!(full.accrued(START + 3_600), Err(CurveError::Overflow("total supply")));
    assert!(matches!(full.accrued(START + 31_536_000), Err(CurveError::TooWide { argument: "interest", .. })));
    assert_eq!(full.accrued(u64::MAX), Err(CurveError::Overflow("interest")));
    assert_eq!(full.utilisation(), Ok(WAD));
    assert_eq!(market(0, 0, 0).utilisation(), Ok(U256::ZERO));
    assert_eq!(market(3, 2, 0).utilisation(), Ok(big("666666666666666666")));
}

proptest! {
    #[test]
    fn a_higher_utilisation_never_has_a_lower_rate(a in 0u64..=1_000_000_000_000_000_000, b in 0u64..=1_000_000_000_000_000_000, rate in MIN_RATE_AT_TARGET..=MAX_RATE_AT_TARGET, elapsed in 0u64..100_000_000) {
        let rate = |borrowed: u64| market(TOKEN, u128::from(borrowed), rate).borrow_rate(elapsed).unwrap();
        let (low, high) = (rate(a.min(b)), rate(a.max(b)));
        prop_assert!(low.average_per_second_wad <= high.average_per_second_wad);
        prop_assert!(low.rate_at_target_wad <= high.rate_at_target_wad);
    }

    #[test]
    fn the_rate_at_target_stays_within_its_bounds_and_the_rate_within_the_curves(borrowed in 0u64..=1_000_000_000_000_000_000, rate in MIN_RATE_AT_TARGET..=MAX_RATE_AT_TARGET, elapsed in any::<u64>()) {
        let found = market(TOKEN, u128::from(borrowed), rate).borrow_rate(elapsed).unwrap();
        prop_assert!((MIN_RATE_AT_TARGET..=MAX_RATE_AT_TARGET).contains(&found.rate_at_target_wad));
        prop_assert!(found.average_per_second_wad >= MIN_RATE_AT_TARGET / 4);
        prop_assert!(found.average_per_second_wad <= MAX_RATE_AT_TARGET * 4);
        let off = i128::from(borrowed) - TARGET_UTILISATION;
        let towards = if off > 0 { found.rate_at_target_wad >= rate } else { found.rate_at_target_wad <= rate };
        prop_assert!(towards);
    }

    #[test]
    fn the_exponential_grows_and_is_right_to_one_percent(x in -41_000_000_000_000_000_000i128..93_000_000_000_000_000_000, step in 1i128..1_000_000_000_000_000_000) {
        prop_assert!(w_exp(x) <= w_exp(x + step));
        // e^x·e^-x is 1 but for two errors of a percent and what the smaller has lost of its places.
        if (-20_000_000_000_000_000_000..20_000_000_000_000_000_000).contains(&x) {
            let product = w_exp(x) * w_exp(-x) / WAD;
            prop_assert!(product.abs_diff(WAD) <= WAD / U256::from(50), "{} {}", x, product);
        }
    }

    #[test]
    fn interest_is_added_to_both_totals_and_never_lowers_utilisation(supplied in 1u64.., share in 0u64..=1_000, rate in MIN_RATE_AT_TARGET..=MAX_RATE_AT_TARGET, elapsed in 0u64..31_536_000) {
        let before = market(u128::from(supplied), u128::from(supplied) * u128::from(share) / 1_000, rate);
        let after = before.accrued(START + elapsed).unwrap();
        prop_assert_eq!(after.market.total_supply_assets - before.total_supply_assets, after.interest);
        prop_assert_eq!(after.market.total_borrow_assets - before.total_borrow_assets, after.interest);
        prop_assert!(after.market.utilisation().unwrap() >= before.utilisation().unwrap());
    }

    #[test]
    fn no_state_makes_the_model_panic(totals in any::<[u128; 2]>(), shift in 0u32..128, rate in any::<u64>(), bits in 0u32..64, times in any::<[u64; 2]>(), amount in any::<[u64; 4]>(), width in 0usize..256) {
        let rate_at_target_wad = rate >> bits;
        let state = Market { total_supply_assets: totals[0], total_borrow_assets: totals[1] >> shift, rate_at_target_wad, last_update: times[0] >> bits };
        if let Ok(after) = state.after_borrow(U256::from_limbs(amount) >> width, times[1]) {
            prop_assert!(after.utilisation_wad <= WAD);
            prop_assert!(after.rate_per_second_wad <= MAX_RATE_AT_TARGET * 4);
            let _ = after.market.over_term(times[1] >> bits, NonZeroU32::MIN);
        }
    }

    #[test]
    fn no_argument_makes_the_exponential_or_compounding_panic(x in any::<i128>(), bits in 0u32..128, rate in any::<[u64; 4]>(), width in 0usize..256, seconds in any::<u64>()) {
        let _ = w_exp(x >> bits);
        let _ = w_taylor_compounded(U256::from_limbs(rate) >> width, seconds);
    }
}
