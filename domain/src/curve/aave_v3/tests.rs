//! Figures of the real contracts: `@aave/core-v3` 1.19.3 run on a local chain, `MathUtils` and `WadRayMath` behind a
//! wrapper compiled from its sources, `DefaultReserveInterestRateStrategy` from its published bytecode.

use std::str::FromStr;

use proptest::prelude::{any, prop, prop_assert, proptest};

use super::*;

fn big(text: &str) -> U256 {
    U256::from_str(text).unwrap()
}

fn percent(hundredths: u64) -> U256 {
    RAY * U256::from(hundredths) / U256::from(10_000)
}

fn strategy() -> Strategy {
    Strategy {
        optimal_usage_ratio: percent(9_000),
        base_variable_borrow_rate: percent(10),
        variable_rate_slope1: percent(400),
        variable_rate_slope2: percent(6_000),
        stable_rate_slope1: percent(50),
        stable_rate_slope2: percent(6_000),
        base_stable_rate_offset: percent(100),
        stable_rate_excess_offset: percent(800),
        optimal_stable_to_total_debt_ratio: percent(2_000),
    }
}

fn reserve() -> ReserveState {
    ReserveState {
        scaled_variable_debt: big("500000123456789012345678"),
        variable_borrow_index_ray: big("1034567890123456789012345678"),
        variable_borrow_rate_ray: big("31234567890123456789012345"),
        stable_debt_principal: U256::ZERO,
        average_stable_rate_ray: U256::ZERO,
        stable_debt_last_update: 0,
        available_liquidity: big("1000000000000000000000000"),
        unbacked: U256::ZERO,
        reserve_factor_bps: 1_000,
        last_update: 1_700_000_000,
    }
}

#[test]
fn rays_multiply_and_divide_as_the_contract_does() {
    assert_eq!(RAY, big("1000000000000000000000000000"));
    let products = [
        ("3", "500000000000000000000000000", "2"),
        ("1", "500000000000000000000000000", "1"),
        ("1", "499999999999999999999999999", "0"),
        ("123456789123456789", "1034567890123456789012345678", "127724429844871218"),
    ];
    for (a, b, expected) in products {
        assert_eq!(ray_mul(big(a), big(b)), Ok(big(expected)), "{a} {b}");
    }
    let quotients = [
        ("123456789123456789", "1034567890123456789012345678", "119331742558455468"),
        ("1", "3000000000000000000000000000", "0"),
        ("1", "2000000000000000000000000000", "1"),
        ("5", "3", "1666666666666666666666666667"),
    ];
    for (a, b, expected) in quotients {
        assert_eq!(ray_div(big(a), big(b)), Ok(big(expected)), "{a} {b}");
    }
    assert_eq!(ray_div(U256::ONE, U256::ZERO), Err(CurveError::DivisionByZero("rayDiv")));
    assert_eq!(ray_mul(U256::MAX, U256::from(2)), Err(CurveError::Overflow("rayMul")));
    assert_eq!(ray_mul(U256::MAX, U256::ZERO), Ok(U256::ZERO));
}

#[test]
fn compounded_interest_equals_the_contract() {
    let table = [
        ("30000000000000000000000000", 0, "1000000000000000000000000000"),
        ("30000000000000000000000000", 1, "1000000000951293759512937595"),
        ("30000000000000000000000000", 2, "1000000001902587519930835006"),
        ("30000000000000000000000000", 3, "1000000002853881281253692233"),
        ("31234567890123456789012345", 86_400, "1000085577820029010012603913"),
        ("31234567890123456789012345", 31_536_000, "1031722366990275746926828345"),
        ("4000000000000000000000000000", 94_608_000, "372999895543429577951075032000"),
        ("1", 31_536_000, "1000000000000000000000000001"),
    ];
    for (rate, seconds, expected) in table {
        assert_eq!(compounded_interest(big(rate), seconds), Ok(big(expected)), "{rate} for {seconds} s");
    }
    assert_eq!(linear_interest(percent(500), 15_768_000), Ok(RAY + percent(250)));
    let debt = debt_after(big("1000000000000000000"), big("31234567890123456789012345"), 31_536_000);
    assert_eq!(debt, Ok(big("1031722366990275747")));
}

#[test]
fn interest_rates_equal_the_contract() {
    // unbacked, liquidity taken, stable debt, variable debt, average stable rate, reserve factor;
    // then liquidity, stable and variable rate. The aToken holds 1e24.
    let table = [
        (["0", "0", "0", "0", "0"], 1_000, ["0", "50000000000000000000000000", "1000000000000000000000000"]),
        (
            ["0", "123456789012345678901234", "0", "500000123456789012345678", "0"],
            1_000,
            ["5604311058834213006509771", "52017937535377269104889028", "17143500283018152839112226"],
        ),
        (
            [
                "77000000000000000000000",
                "900000000000000000000000",
                "1234567890123456789012",
                "3456789012345678901234567",
                "61234567890123456789012345",
            ],
            2_000,
            ["359381182007832960201098313", "486367053514514382847834168", "472367053514514382847834168"],
        ),
        (
            [
                "5",
                "999999999999999999999999",
                "900000000000000000000000",
                "400000000000000000000001",
                "55000000000000000000000000",
            ],
            0,
            ["235307692307692307692305499", "704230769230769230769226102", "640999999999999999999995386"],
        ),
    ];
    for ([unbacked, taken, stable, variable, average], reserve_factor_bps, expected) in table {
        let usage = Usage {
            available_liquidity: big("1000000000000000000000000") - big(taken),
            unbacked: big(unbacked),
            total_stable_debt: big(stable),
            total_variable_debt: big(variable),
            average_stable_rate_ray: big(average),
            reserve_factor_bps,
        };
        let found = interest_rates(&strategy(), &usage).unwrap();
        let rates = [found.liquidity_rate_ray, found.stable_borrow_rate_ray, found.variable_borrow_rate_ray];
        assert_eq!(rates, expected.map(big));
    }
}

#[test]
fn a_borrow_accrues_first_then_mints_then_prices_what_is_left() {
    let amount = big("123456789012345678901234");
    let after = variable_rate_after_borrow(&reserve(), &strategy(), amount, 1_700_086_400).unwrap();
    // A day's growth as the contract has it, times the old index.
    let index = ray_mul(big("1000085577820029010012603913"), big("1034567890123456789012345678")).unwrap();
    assert_eq!(after.index_ray, index);
    let scaled = reserve().scaled_variable_debt + ray_div(amount, index).unwrap();
    let usage = Usage {
        available_liquidity: reserve().available_liquidity - amount,
        unbacked: U256::ZERO,
        total_stable_debt: U256::ZERO,
        total_variable_debt: ray_mul(scaled, index).unwrap(),
        average_stable_rate_ray: U256::ZERO,
        reserve_factor_bps: 1_000,
    };
    let rates = interest_rates(&strategy(), &usage).unwrap();
    assert_eq!(after.rate_ray, rates.variable_borrow_rate_ray);
    assert_eq!(after.utilisation_ray, rates.borrow_usage_ratio_ray);
}

#[test]
fn a_reserve_without_variable_debt_keeps_its_index() {
    let idle = ReserveState { scaled_variable_debt: U256::ZERO, ..reserve() };
    let after = variable_rate_after_borrow(&idle, &strategy(), big("1000"), 1_800_000_000).unwrap();
    assert_eq!(after.index_ray, idle.variable_borrow_index_ray);
}

#[test]
fn stable_debt_grows_to_the_moment_of_the_borrow() {
    let stable = ReserveState {
        stable_debt_principal: big("100000000000000000000000"),
        average_stable_rate_ray: percent(500),
        stable_debt_last_update: 1_690_000_000,
        ..reserve()
    };
    let now = variable_rate_after_borrow(&stable, &strategy(), big("1000"), 1_700_000_000).unwrap();
    let fresh = ReserveState { stable_debt_last_update: 1_700_000_000, ..stable };
    let without_growth = variable_rate_after_borrow(&fresh, &strategy(), big("1000"), 1_700_000_000).unwrap();
    assert!(now.utilisation_ray > without_growth.utilisation_ray);
}

#[test]
fn what_the_pool_would_revert_on_is_an_error() {
    let at = reserve().last_update;
    let borrow = |amount, at| variable_rate_after_borrow(&reserve(), &strategy(), amount, at);
    assert_eq!(borrow(U256::ZERO, at), Err(CurveError::AmountTooSmall));
    let available = reserve().available_liquidity;
    let amount = available + U256::ONE;
    assert_eq!(borrow(amount, at), Err(CurveError::InsufficientLiquidity { amount, available }));
    assert!(borrow(available, at).is_ok());
    assert_eq!(borrow(U256::ONE, at - 1), Err(CurveError::TimeBeforeUpdate { at: at - 1, last_update: at }));
    assert!(matches!(borrow(U256::MAX, at), Err(CurveError::Overflow(_))));
    let greedy = ReserveState { reserve_factor_bps: 10_001, ..reserve() };
    let refused = variable_rate_after_borrow(&greedy, &strategy(), U256::from(1_000), at);
    assert_eq!(refused, Err(CurveError::AboveWhole("reserve factor")));
    let bent = Strategy { optimal_usage_ratio: RAY, ..strategy() };
    assert!(variable_rate_after_borrow(&reserve(), &bent, available, at).is_ok());
}

proptest! {
    #[test]
    fn a_larger_borrow_never_has_a_lower_rate(a in 1u128..=1_000_000_000_000_000_000_000_000, b in 1u128..=1_000_000_000_000_000_000_000_000) {
        let (small, large) = (U256::from(a.min(b)), U256::from(a.max(b)));
        let at = reserve().last_update + 600;
        let rate = |amount| variable_rate_after_borrow(&reserve(), &strategy(), amount, at).map(|after| after.rate_ray);
        prop_assert!(rate(small).unwrap() <= rate(large).unwrap());
    }

    #[test]
    fn no_state_makes_the_curve_panic(limbs in prop::array::uniform16(any::<u64>()), bits in prop::array::uniform4(0usize..256), at in any::<u64>()) {
        let pick = |index: usize| U256::from_limbs([limbs[index], limbs[index + 1], limbs[index + 2], limbs[index + 3]]) >> bits[index / 4];
        let state = ReserveState {
            scaled_variable_debt: pick(0),
            variable_borrow_index_ray: pick(4),
            variable_borrow_rate_ray: pick(8),
            stable_debt_principal: pick(1),
            average_stable_rate_ray: pick(5),
            available_liquidity: pick(9),
            last_update: limbs[0],
            ..reserve()
        };
        let bent = Strategy { optimal_usage_ratio: pick(2), variable_rate_slope2: pick(6), ..strategy() };
        if let Ok(after) = variable_rate_after_borrow(&state, &bent, pick(12), at) {
            prop_assert!(at >= state.last_update);
            prop_assert!(pick(12) <= state.available_liquidity);
            prop_assert!(after.utilisation_ray <= RAY);
        }
    }
}
