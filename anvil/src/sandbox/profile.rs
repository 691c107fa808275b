//! The six lenders, as data: who they lend to, how they price, in which convention they say it.

use std::time::Duration;

use domain::capabilities::ProviderKind;
use domain::offer::{Assurance, Binding, FeeKind, FeeTiming};
use domain::period::Frequency;
use domain::request::Purpose;

/// One lender. Rates and shares are in basis points, so that pricing is integer arithmetic throughout.
#[derive(Debug)]
pub struct Profile {
    /// 1 to 6: the digit that addresses it in a magic amount.
    pub number: u8,
    pub name: &'static str,
    /// A UUIDv7 that never changes, so that a configuration can name the lender for good.
    pub id: u128,
    pub kind: ProviderKind,
    pub countries: &'static [&'static str],
    pub amounts: &'static [AmountLimits],
    /// All when empty.
    pub purposes: &'static [Purpose],
    pub min_term_days: i32,
    pub max_term_days: i32,
    /// Longest term that it lends for; a longer request within its limits is answered with an offer of this one.
    pub longest_offer_months: u32,
    pub affordability: Affordability,
    pub price: Price,
    pub convention: Convention,
    pub frequency: Frequency,
    pub fee: Option<FeeRule>,
    /// Days from the drawdown to the first payment, when that is not one regular period.
    pub first_due_days: Option<i32>,
    pub binding: Binding,
    pub assurance: Assurance,
    pub sponsored: bool,
    pub valid_hours: i64,
    pub funding_hours: u32,
    pub prepayment: PrepaymentRule,
    pub disclosure: &'static str,
    /// How long it takes to answer.
    pub latency: Duration,
    /// Of every three distinct questions, how many of the first it fails to answer.
    pub fails_of_three: u64,
}

/// What it lends of one currency, in major units.
#[derive(Debug)]
pub struct AmountLimits {
    pub currency: &'static str,
    pub min: &'static str,
    pub max: &'static str,
}

/// When a borrower is thought able to pay. Shares are of declared gross income; "burden" is what existing debts and an
/// equal part of this principal take of it each month.
#[derive(Debug)]
pub struct Affordability {
    /// Whether it declines who declares no income.
    pub income_required: bool,
    pub max_debts_bps: u32,
    pub max_burden_bps: u32,
}

/// The figure it quotes, as a sum: a yearly rate in most conventions, what is repaid on top in a factor.
#[derive(Debug)]
pub struct Price {
    pub base_bps: u32,
    /// For each month of the term.
    pub per_month_bps: u32,
    /// For each tenth of income that the burden takes.
    pub per_burden_tenth_bps: u32,
    /// Instead of that, when no income is declared.
    pub undeclared_bps: u32,
    /// For an amount of less than a tenth of the most it lends.
    pub small_amount_bps: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// Yearly, compounded monthly.
    Nominal,
    EffectiveAnnual,
    Flat,
    Factor,
    /// The payments themselves: equal parts of the principal, each with the interest of its period.
    Flows,
}

#[derive(Debug)]
pub struct FeeRule {
    pub kind: FeeKind,
    pub size: FeeSize,
    pub timing: FeeTiming,
}

#[derive(Debug, Clone, Copy)]
pub enum FeeSize {
    Bps(u32),
    /// In major units of the currency lent.
    Fixed(&'static str),
}

#[derive(Debug)]
pub struct PrepaymentRule {
    pub allowed: bool,
    pub fee_bps: Option<u32>,
}

const US: &[&str] = &["US"];
const EU_AND_US: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "US",
];
const BUSINESS: &[Purpose] = &[Purpose::WorkingCapital, Purpose::Equipment, Purpose::Inventory];
const FREE_PREPAYMENT: PrepaymentRule = PrepaymentRule { allowed: true, fee_bps: None };

/// A bank's price in the way of banks: a nominal rate, and 1 % kept back from what is paid out.
const PRIME_BANK: Profile = Profile {
    number: 1,
    name: "Prime Bank",
    id: 0x019a_5b0e_7c01_7a10_8001_5a6e_d0b0_0001,
    kind: ProviderKind::Bank,
    countries: US,
    amounts: &[AmountLimits { currency: "USD", min: "1000", max: "250000" }],
    purposes: &[],
    min_term_days: 180,
    max_term_days: 2_558,
    longest_offer_months: 84,
    affordability: Affordability { income_required: true, max_debts_bps: 3_600, max_burden_bps: 4_300 },
    price: Price {
        base_bps: 689,
        per_month_bps: 4,
        per_burden_tenth_bps: 30,
        undeclared_bps: 200,
        small_amount_bps: 15,
    },
    convention: Convention::Nominal,
    frequency: Frequency::Monthly,
    fee: Some(FeeRule { kind: FeeKind::Origination, size: FeeSize::Bps(100), timing: FeeTiming::UpFront }),
    first_due_days: None,
    binding: Binding::Firm,
    assurance: Assurance::Preapproved,
    sponsored: false,
    valid_hours: 72,
    funding_hours: 48,
    prepayment: FREE_PREPAYMENT,
    disclosure: "The origination fee of 1 % is kept back from the amount paid out.",
    latency: Duration::from_millis(80),
    fails_of_three: 0,
};

/// Fast and dear: a factor, weekly payments, and at most two years whatever up to three was asked for. It pays to be
/// shown, which must never make it rank better.
const SWIFT_CAPITAL: Profile = Profile {
    number: 2,
    name: "Swift Capital",
    id: 0x019a_5b0e_7c02_7a10_8002_5a6e_d0b0_0002,
    kind: ProviderKind::Fintech,
    countries: US,
    amounts: &[AmountLimits { currency: "USD", min: "1000", max: "100000" }],
    purposes: &[],
    min_term_days: 180,
    max_term_days: 1_100,
    longest_offer_months: 24,
    affordability: Affordability { income_required: false, max_debts_bps: 4_500, max_burden_bps: 5_000 },
    price: Price {
        base_bps: 250,
        per_month_bps: 95,
        per_burden_tenth_bps: 25,
        undeclared_bps: 110,
        small_amount_bps: 30,
    },
    convention: Convention::Factor,
    frequency: Frequency::Weekly,
    fee: None,
    first_due_days: None,
    binding: Binding::Firm,
    assurance: Assurance::Approved,
    sponsored: true,
    valid_hours: 24,
    funding_hours: 24,
    prepayment: FREE_PREPAYMENT,
    disclosure: "Early repayment does not lower what is repaid on top of the principal.",
    latency: Duration::from_millis(30),
    fails_of_three: 0,
};

/// The lowest rate and no fee, but slow to answer and not yet binding.
const HARBOR_CREDIT_UNION: Profile = Profile {
    number: 3,
    name: "Harbor Credit Union",
    id: 0x019a_5b0e_7c03_7a10_8003_5a6e_d0b0_0003,
    kind: ProviderKind::Bank,
    countries: US,
    amounts: &[AmountLimits { currency: "USD", min: "500", max: "50000" }],
    purposes: &[],
    min_term_days: 180,
    max_term_days: 2_192,
    longest_offer_months: 72,
    affordability: Affordability { income_required: false, max_debts_bps: 3_500, max_burden_bps: 4_000 },
    price: Price {
        base_bps: 640,
        per_month_bps: 4,
        per_burden_tenth_bps: 25,
        undeclared_bps: 250,
        small_amount_bps: 10,
    },
    convention: Convention::Nominal,
    frequency: Frequency::Monthly,
    fee: None,
    first_due_days: None,
    binding: Binding::Indicative,
    assurance: Assurance::Prequalified,
    sponsored: false,
    valid_hours: 240,
    funding_hours: 96,
    prepayment: FREE_PREPAYMENT,
    disclosure: "Membership is required before the credit is paid out.",
    latency: Duration::from_millis(600),
    fails_of_three: 0,
};

/// States an effective annual rate, as European lenders must, and lends its fee along with the principal.
const BANQUE_LUMIERE: Profile = Profile {
    number: 4,
    name: "Banque Lumière",
    id: 0x019a_5b0e_7c04_7a10_8004_5a6e_d0b0_0004,
    kind: ProviderKind::Bank,
    countries: EU_AND_US,
    amounts: &[
        AmountLimits { currency: "EUR", min: "1000", max: "75000" },
        AmountLimits { currency: "USD", min: "1000", max: "75000" },
    ],
    purposes: &[],
    min_term_days: 180,
    max_term_days: 3_653,
    longest_offer_months: 120,
    affordability: Affordability { income_required: true, max_debts_bps: 3_300, max_burden_bps: 3_500 },
    price: Price {
        base_bps: 690,
        per_month_bps: 3,
        per_burden_tenth_bps: 20,
        undeclared_bps: 200,
        small_amount_bps: 20,
    },
    convention: Convention::EffectiveAnnual,
    frequency: Frequency::Monthly,
    fee: Some(FeeRule { kind: FeeKind::Origination, size: FeeSize::Bps(150), timing: FeeTiming::Financed }),
    first_due_days: None,
    binding: Binding::Firm,
    assurance: Assurance::Preapproved,
    sponsored: false,
    valid_hours: 336,
    funding_hours: 72,
    prepayment: PrepaymentRule { allowed: true, fee_bps: Some(100) },
    disclosure: "Early repayment costs 1 % of the amount repaid early.",
    latency: Duration::from_millis(120),
    fails_of_three: 0,
};

/// Lends to merchants at a rate on the original principal, with a fee in each instalment and a late first one.
const MERCHANT_ADVANCE: Profile = Profile {
    number: 5,
    name: "Merchant Advance",
    id: 0x019a_5b0e_7c05_7a10_8005_5a6e_d0b0_0005,
    kind: ProviderKind::Fintech,
    countries: US,
    amounts: &[AmountLimits { currency: "USD", min: "2500", max: "150000" }],
    purposes: BUSINESS,
    min_term_days: 90,
    max_term_days: 1_100,
    longest_offer_months: 36,
    affordability: Affordability { income_required: false, max_debts_bps: 5_000, max_burden_bps: 6_000 },
    price: Price {
        base_bps: 850,
        per_month_bps: 2,
        per_burden_tenth_bps: 20,
        undeclared_bps: 90,
        small_amount_bps: 40,
    },
    convention: Convention::Flat,
    frequency: Frequency::Monthly,
    fee: Some(FeeRule { kind: FeeKind::Instalment, size: FeeSize::Fixed("4.50"), timing: FeeTiming::PerInstalment }),
    first_due_days: Some(45),
    binding: Binding::Firm,
    assurance: Assurance::Preapproved,
    sponsored: false,
    valid_hours: 48,
    funding_hours: 36,
    prepayment: PrepaymentRule { allowed: false, fee_bps: None },
    disclosure: "Interest is charged on the original principal throughout.",
    latency: Duration::from_millis(60),
    fails_of_three: 0,
};

/// States the payments and no rate, and is down most of the time.
const FLAKY_FINANCE: Profile = Profile {
    number: 6,
    name: "Flaky Finance",
    id: 0x019a_5b0e_7c06_7a10_8006_5a6e_d0b0_0006,
    kind: ProviderKind::Fintech,
    countries: US,
    amounts: &[AmountLimits { currency: "USD", min: "1000", max: "80000" }],
    purposes: &[],
    min_term_days: 89,
    max_term_days: 1_827,
    longest_offer_months: 60,
    affordability: Affordability { income_required: false, max_debts_bps: 4_000, max_burden_bps: 5_000 },
    price: Price {
        base_bps: 1_090,
        per_month_bps: 4,
        per_burden_tenth_bps: 30,
        undeclared_bps: 150,
        small_amount_bps: 25,
    },
    convention: Convention::Flows,
    frequency: Frequency::Quarterly,
    fee: None,
    first_due_days: None,
    binding: Binding::Firm,
    assurance: Assurance::Preapproved,
    sponsored: false,
    valid_hours: 48,
    funding_hours: 48,
    prepayment: FREE_PREPAYMENT,
    disclosure: "Payments fall with the balance.",
    latency: Duration::from_millis(40),
    fails_of_three: 2,
};

/// In the order of their numbers.
pub static PROFILES: [Profile; 6] =
    [PRIME_BANK, SWIFT_CAPITAL, HARBOR_CREDIT_UNION, BANQUE_LUMIERE, MERCHANT_ADVANCE, FLAKY_FINANCE];
