//! What the mathematics costs: `cargo bench -p domain`; `make bench-math` sets its rates beside those of others.

use std::error::Error;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::apr::us_reg_z::{self, UnitPeriodFlow};
use domain::apr::{DatedFlow, eu_ccd};
use domain::day_count::DayCount;
use domain::normalise::{AprMethod, normalise};
use domain::offer::{
    Assurance, Binding, Fee, FeeAmount, FeeKind, FeeTiming, Offer, Prepayment, Pricing, RateKind, Repayment,
};
use domain::period::{Frequency, Term, TermUnit};
use domain::rate::{Bps, Compounding, PeriodicRate, Rate};
use domain::schedule::Schedule;
use domain::{U256, asset::Asset, money::Money};
use jiff::Timestamp;
use jiff::civil::{Date, date};

const DRAWN_ON: Date = date(2026, 1, 1);

fn usd(text: &str) -> Result<Money, Box<dyn Error>> {
    Ok(Money::parse(text, &Asset::fiat("USD")?)?)
}

/// 10,000 USD over 36 months at 7.99 %.
fn offer(pricing: Pricing) -> Result<Offer, Box<dyn Error>> {
    Ok(Offer {
        reference: "offer-1".to_owned(),
        principal: usd("10000.00")?,
        pricing,
        repayment: Repayment::Annuity,
        term: Term { count: 36, unit: TermUnit::Months },
        frequency: Frequency::Monthly,
        first_due: None,
        fees: vec![Fee {
            kind: FeeKind::Origination,
            amount: FeeAmount::Fixed(usd("100.00")?),
            timing: FeeTiming::UpFront,
            in_apr: true,
        }],
        rate_kind: RateKind::Fixed,
        rate_index: None,
        reward_rate: None,
        binding: Binding::Firm,
        assurance: Assurance::Approved,
        sponsored: false,
        valid_until: Timestamp::UNIX_EPOCH,
        funding_hours: 24,
        prepayment: Prepayment { allowed: true, fee: None },
        collateral: Vec::new(),
        as_of: None,
        execution_plan: Vec::new(),
        issues: Vec::new(),
        disclosures: Vec::new(),
    })
}

/// 10,000.00 repaid by level payments at a little under 8 % a year.
struct Level {
    advance: DatedFlow,
    payments: Vec<DatedFlow>,
}

impl Level {
    fn try_new(months: u32, payment: u64) -> Result<Self, Box<dyn Error>> {
        let due_dates = Frequency::Monthly.due_dates_after(DRAWN_ON, months)?;
        let payment = U256::from(payment);
        Ok(Self {
            advance: DatedFlow { on: DRAWN_ON, amount: U256::from(1_000_000_u64) },
            payments: due_dates.into_iter().map(|on| DatedFlow { on, amount: payment }).collect(),
        })
    }

    fn counted(&self) -> ([UnitPeriodFlow; 1], Vec<UnitPeriodFlow>) {
        let at = |whole: u32, amount: U256| UnitPeriodFlow { amount, whole, fraction: 0.0 };
        let payments = (1..).zip(&self.payments).map(|(month, payment)| at(month, payment.amount)).collect();
        ([at(0, self.advance.amount)], payments)
    }
}

fn rates(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    for (months, payment) in [(36, 31_332), (360, 7_331)] {
        let level = Level::try_new(months, payment)?;
        let (advances, payments) = level.counted();
        criterion.bench_function(&format!("apr {months} counted"), |bench| {
            bench.iter(|| us_reg_z::from_times(black_box(&advances), black_box(&payments), 12.into()));
        });
        let advances = [level.advance];
        criterion.bench_function(&format!("apr {months} dated"), |bench| {
            bench.iter(|| us_reg_z::from_dates(black_box(&advances), black_box(&level.payments)));
        });
        criterion.bench_function(&format!("apr {months} dated eu"), |bench| {
            bench.iter(|| eu_ccd::from_dates(black_box(&advances), black_box(&level.payments)));
        });
    }
    Ok(())
}

fn years(criterion: &mut Criterion) {
    let (from, to) = (date(2025, 11, 30), date(2028, 3, 1));
    criterion.bench_function("year fraction", |bench| {
        bench.iter(|| DayCount::ActActIsda.year_fraction(black_box(from), black_box(to)));
    });
}

fn schedules(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let due_dates = Frequency::Monthly.due_dates_after(DRAWN_ON, 360)?;
    criterion.bench_function("due dates 360", |bench| {
        bench.iter(|| Frequency::Monthly.due_dates_after(black_box(DRAWN_ON), 360));
    });
    let (rate, principal) = (Rate::from_bps(Bps(799))?, U256::from(25_000_000_u64));
    let nominal = PeriodicRate::from_nominal(rate, Compounding::Monthly, Frequency::Monthly)?;
    let effective = PeriodicRate::from_effective(rate, Frequency::Monthly)?;
    for (name, rate) in [("annuity 360", nominal), ("annuity 360 effective", effective)] {
        criterion.bench_function(name, |bench| {
            bench.iter(|| {
                Schedule::annuity(black_box(principal), &rate, Frequency::Monthly, DRAWN_ON, black_box(&due_dates))
            });
        });
    }
    let terms = normalise(&offer(Pricing::EffectiveAnnual { rate })?, DRAWN_ON, AprMethod::UsRegZ)?;
    criterion.bench_function("lines of 36", |bench| bench.iter(|| black_box(&terms.schedule).lines(2)));
    Ok(())
}

fn offers(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let rate = Rate::from_bps(Bps(799))?;
    let nominal = offer(Pricing::Nominal { rate, compounding: Compounding::Monthly })?;
    let effective = offer(Pricing::EffectiveAnnual { rate })?;
    let flat = offer(Pricing::Flat { rate })?;
    let odd = Offer { first_due: Some(date(2026, 2, 16)), ..nominal.clone() };
    for (name, offer) in [("nominal", &nominal), ("effective", &effective), ("flat", &flat), ("odd", &odd)] {
        for (law, method) in [("us", AprMethod::UsRegZ), ("eu", AprMethod::EuCcd)] {
            criterion.bench_function(&format!("normalise {name} {law}"), |bench| {
                bench.iter(|| normalise(black_box(offer), DRAWN_ON, method));
            });
        }
    }
    Ok(())
}

fn all(criterion: &mut Criterion) {
    years(criterion);
    for group in [rates, schedules, offers] {
        assert!(group(criterion).is_ok(), "the figures to measure are not to be had");
    }
}

criterion_group!(math, all);
criterion_main!(math);
