//! Ramps, rules and prices.

use super::*;
use crate::secured::{ArithmeticError, PriceRefusal, RAMP_S, Ramp, RiskRefusal, Route, Source, check_risk};

const START: u64 = 1_750_000_000;

#[test]
fn a_threshold_moves_along_a_straight_line_over_two_days() {
    let down = Ramp { from_bps: 8_000, to_bps: 7_500, start: START };
    // 500 × 345 / 172,800 = 0.998…, 500 × 346 / 172,800 = 1.001…
    for (after, expected) in
        [(0, 8_000), (345, 8_000), (346, 7_999), (86_400, 7_750), (RAMP_S - 1, 7_501), (RAMP_S, 7_500)]
    {
        assert_eq!(down.threshold_at(START + after), Ok(expected), "after {after} s");
    }
    let up = Ramp { from_bps: 7_500, to_bps: 8_000, ..down };
    for (after, expected) in
        [(0, 7_500), (345, 7_500), (346, 7_501), (RAMP_S - 1, 7_999), (RAMP_S, 8_000), (u64::MAX - START, 8_000)]
    {
        assert_eq!(up.threshold_at(START + after), Ok(expected), "after {after} s");
    }
    assert_eq!(up.threshold_at(START - 1), Err(ArithmeticError::BelowZero("seconds of the ramp")));
}

#[test]
fn a_ramp_over_the_whole_scale_stays_within_it() {
    let ramp = Ramp { from_bps: 0, to_bps: u16::MAX, start: 0 };
    assert_eq!(ramp.threshold_at(RAMP_S - 1), Ok(65_534));
    let back = Ramp { from_bps: u16::MAX, to_bps: 0, start: 0 };
    assert_eq!(back.threshold_at(RAMP_S - 1), Ok(1));
}

#[test]
fn shares_are_checked_at_both_ends_of_the_ramp() {
    assert_eq!(check_risk(7_500, 8_000, 7_501, 500), Ok(()));
    let refused = RiskRefusal::LtvNotBelowThreshold { ltv_bps: 7_500, threshold_bps: 7_500 };
    assert_eq!(check_risk(7_500, 8_000, 7_500, 500), Err(refused));
    assert_eq!(check_risk(7_500, 7_500, 8_000, 500), Err(refused));
    // 9,500 × 10,526 = 99,997,000 and 9,500 × 10,527 = 100,006,500, against 10^8.
    assert_eq!(check_risk(7_500, 9_500, 8_000, 526), Ok(()));
    let refused = RiskRefusal::BonusTooHigh { threshold_bps: 9_500, bonus_bps: 527 };
    assert_eq!(check_risk(7_500, 8_000, 9_500, 527), Err(refused));
    assert_eq!(check_risk(0, 1, 10_000, 0), Err(RiskRefusal::BonusTooHigh { threshold_bps: 10_000, bonus_bps: 0 }));
}

fn source(answer: u128, decimals: u8) -> Source {
    Source { answer: U256::from(answer), decimals, updated_at: U256::from(START), heartbeat_s: 3_600 }
}

fn route() -> Route {
    let (primary, secondary) = (source(200_000_000_000, 8), source(2_010, 0));
    Route { primary, secondary, min: 10_u128.pow(18), max: 10_u128.pow(22), max_deviation_bps: 50 }
}

#[test]
fn a_price_is_the_primarys_scaled_to_eighteen_places() {
    // 10 / 2,000 is 50 basis points.
    assert_eq!(route().price_at(START), Ok(wad(2_000)));
    let tighter = Route { max_deviation_bps: 49, ..route() };
    let refused = PriceRefusal::SourcesDisagree { primary: wad(2_000), secondary: wad(2_010) };
    assert_eq!(tighter.price_at(START), Err(refused));
}

#[test]
fn a_price_on_a_bound_is_refused() {
    for (min, max) in [(wad(2_000), wad(3_000)), (wad(1_000), wad(2_000))] {
        let bounded = Route { min: min.to(), max: max.to(), ..route() };
        let refused = PriceRefusal::OutOfBounds { price: wad(2_000), min: min.to(), max: max.to() };
        assert_eq!(bounded.price_at(START), Err(refused));
    }
    let beyond = Route { primary: Source { answer: U256::ONE << 128, ..route().primary }, ..route() };
    assert!(matches!(beyond.price_at(START), Err(PriceRefusal::OutOfBounds { .. })));
}

#[test]
fn an_answer_must_be_positive_and_of_now() {
    let with = |primary| Route { primary, ..route() }.price_at(START);
    for answer in [U256::ZERO, U256::MAX, U256::ONE << 255] {
        assert_eq!(with(Source { answer, ..route().primary }), Err(PriceRefusal::AnswerNotPositive));
    }
    let late = U256::from(START + 1);
    let refused = Err(PriceRefusal::AnswerFromFuture { updated_at: late });
    assert_eq!(with(Source { updated_at: late, ..route().primary }), refused);
    let stale = Err(PriceRefusal::AnswerStale { updated_at: U256::from(START), heartbeat_s: 3_600 });
    assert!(route().price_at(START + 3_600).is_ok());
    assert_eq!(route().price_at(START + 3_601), stale);
}
