//! How long one offer takes from the lender's words to the lines of its schedule: `cargo bench -p domain`. Means over batches, the
//! least of them, in nanoseconds; a name as argument runs what contains it. Criterion is not used: its tree would be the
//! largest of the workspace for eight numbers.

use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

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
const BATCHES: u32 = 60;
const BATCH: Duration = Duration::from_millis(10);

fn usd(text: &str) -> Result<Money, Box<dyn std::error::Error>> {
    Ok(Money::parse(text, &Asset::fiat("USD")?)?)
}

/// 10,000 USD over 36 months at 7.99 %.
fn offer(pricing: Pricing) -> Result<Offer, Box<dyn std::error::Error>> {
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

/// The least mean of the batches: what the work costs when nothing else runs.
fn measure<T>(name: &str, mut work: impl FnMut() -> T) -> std::io::Result<()> {
    if !std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).all(|wanted| name.contains(&wanted)) {
        return Ok(());
    }
    let mut least = f64::INFINITY;
    for _ in 0..BATCHES {
        let (start, mut runs) = (Instant::now(), 0_u32);
        while start.elapsed() < BATCH {
            for _ in 0..8 {
                black_box(work());
            }
            runs = runs.saturating_add(8);
        }
        least = least.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(runs.max(1)));
    }
    writeln!(std::io::stdout(), "{name:<32} {least:>9.0} ns")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rate = Rate::from_bps(Bps(799))?;
    let nominal = offer(Pricing::Nominal { rate, compounding: Compounding::Monthly })?;
    let effective = offer(Pricing::EffectiveAnnual { rate })?;
    let flat = offer(Pricing::Flat { rate })?;
    let odd = Offer { first_due: Some(date(2026, 2, 16)), ..nominal.clone() };
    for (name, offer) in [("nominal", &nominal), ("effective", &effective), ("flat", &flat), ("odd", &odd)] {
        measure(&format!("normalise {name} us"), || normalise(black_box(offer), DRAWN_ON, AprMethod::UsRegZ))?;
        measure(&format!("normalise {name} eu"), || normalise(black_box(offer), DRAWN_ON, AprMethod::EuCcd))?;
    }

    let due_dates = Frequency::Monthly.due_dates_after(DRAWN_ON, 360)?;
    measure("due dates 360", || Frequency::Monthly.due_dates_after(black_box(DRAWN_ON), 360))?;
    let principal = U256::from(25_000_000_u64);
    let annuity = |rate: &PeriodicRate| {
        Schedule::annuity(black_box(principal), rate, Frequency::Monthly, DRAWN_ON, black_box(&due_dates))
    };
    measure("annuity 360 nominal", || {
        PeriodicRate::from_nominal(black_box(rate), Compounding::Monthly, Frequency::Monthly).map(|rate| annuity(&rate))
    })?;
    measure("annuity 360 effective", || {
        PeriodicRate::from_effective(black_box(rate), Frequency::Monthly).map(|rate| annuity(&rate))
    })?;
    let (monthly, root) = (
        PeriodicRate::from_nominal(rate, Compounding::Monthly, Frequency::Monthly)?,
        PeriodicRate::from_effective(rate, Frequency::Monthly)?,
    );
    measure("annuity 360 nominal, rate given", || annuity(&monthly))?;
    measure("annuity 360 effective, rate given", || annuity(&root))?;

    let terms = normalise(&nominal, DRAWN_ON, AprMethod::UsRegZ)?;
    measure("lines of the schedule", || black_box(&terms.schedule).lines(2))?;
    Ok(())
}
