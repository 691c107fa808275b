//! The lender: eligibility gates, the rate after the borrower's own borrow, and the offer that follows.
//!
//! The rate is that of the block in which the borrow would be mined: the pinned state, accrued by the chain's block
//! time. The debt of a variable rate is stated as one payment at the end of the term, grown the way the pool grows it,
//! at a rate that does not change; the warning says that it can.

use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::Address;
use domain::asset::Asset;
use domain::caip::ChainId;
use domain::capabilities::Capabilities;
use domain::curve::aave_v3::{AfterBorrow, CurveError, debt_after, variable_rate_after_borrow};
use domain::deadline::{Clock, Deadline};
use domain::decline::DeclineReason;
use domain::money::Money;
use domain::offer::{
    Assurance, Binding, ChainState, CollateralTerms, Fee, FeeAmount, FeeKind, FeeTiming, Issue, Offer, Prepayment,
    Pricing, RateKind, Repayment,
};
use domain::rate::{Bps, Rate};
use domain::refusal::Refusal;
use domain::{Decimal, U256};
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;

use super::plan::{Borrowing, gas_of};
use super::position::{Position, Share, power_of_ten};
use super::reader::{ReadError, Reader};
use super::reading::{Market, Reading, Subject};
use crate::provider::{Provider, QuoteCall};

/// How long an offer stands: the state it was computed from is soon another.
const VALID: Duration = Duration::from_secs(60);
/// Currency of the prices that Aave's oracle gives.
const BASE_CURRENCY: &str = "USD";
const WEI: u8 = 18;
const SECONDS_A_DAY: u64 = 86_400;

#[derive(Debug)]
pub struct AaveLenderConfig {
    pub capabilities: Capabilities,
    pub chain: ChainId,
    pub rpc_url: String,
    /// From the pinned block to the one in which a borrow would be mined.
    pub inclusion_delay: Duration,
    pub pool_addresses_provider: String,
    pub data_provider: String,
    /// The token that the oracle prices the chain's own coin by, for the cost of gas.
    pub wrapped_native: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum AaveLenderError {
    #[error("rpc_url is not an http or https address")]
    RpcUrl,
    #[error("`{0}` is not an EVM address")]
    Address(String),
    #[error("{0} is not an ERC-20 token on {1}")]
    Asset(String, ChainId),
}

#[derive(Debug)]
pub struct AaveLender {
    capabilities: Capabilities,
    chain: ChainId,
    reader: Reader,
    market: Market,
    wrapped_native: Option<Address>,
    inclusion_delay: Duration,
    clock: Arc<dyn Clock>,
}

fn address(text: &str) -> Result<Address, AaveLenderError> {
    text.parse().map_err(|_| AaveLenderError::Address(text.to_owned()))
}

fn token_on(asset: &Asset, chain: &ChainId) -> Result<Address, AaveLenderError> {
    let token = asset.token().filter(|token| token.id.chain() == chain);
    let reference = token.and_then(|token| token.id.erc20_address());
    reference.and_then(|text| text.parse().ok()).ok_or_else(|| AaveLenderError::Asset(asset.to_string(), chain.clone()))
}

impl AaveLender {
    /// # Errors
    /// When an address is malformed, or an asset lent or taken is no token of the chain.
    pub fn try_new(config: AaveLenderConfig, clock: Arc<dyn Clock>) -> Result<Self, AaveLenderError> {
        let url: reqwest::Url = config.rpc_url.parse().map_err(|_| AaveLenderError::RpcUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AaveLenderError::RpcUrl);
        }
        let lent = config.capabilities.amounts.iter().map(|range| range.min.asset());
        for asset in lent.chain(&config.capabilities.collateral) {
            token_on(asset, &config.chain)?;
        }
        Ok(Self {
            market: Market {
                addresses_provider: address(&config.pool_addresses_provider)?,
                data_provider: address(&config.data_provider)?,
            },
            wrapped_native: config.wrapped_native.as_deref().map(address).transpose()?,
            capabilities: config.capabilities,
            chain: config.chain,
            reader: Reader::new(url),
            inclusion_delay: config.inclusion_delay,
            clock,
        })
    }

    async fn ask(&self, call: QuoteCall) -> Result<Vec<Offer>, Refusal> {
        let given: Vec<&Money> = call
            .request
            .collateral
            .iter()
            .filter(|money| self.capabilities.collateral.contains(money.asset()))
            .collect();
        let subject = self.subject(&call, &given)?;
        let reading = Reading::take(&self.reader, self.market, &subject).await?;
        let quoting = Quoting { lender: self, call: &call, given: &given, subject: &subject, reading: &reading };
        Ok(vec![quoting.offer()?])
    }

    fn subject(&self, call: &QuoteCall, given: &[&Money]) -> Result<Subject, Refusal> {
        let token = |asset| token_on(asset, &self.chain).map_err(|error| unreadable(&error));
        let wallets = &call.request.borrower.wallets;
        let wallet = wallets.iter().find(|wallet| *wallet.chain() == self.chain);
        Ok(Subject {
            debt_asset: token(call.ask.asset())?,
            collateral: given
                .iter()
                .map(|money| Ok((token(money.asset())?, money.units())))
                .collect::<Result<_, Refusal>>()?,
            wallet: wallet.and_then(|wallet| wallet.address().parse().ok()),
            wrapped_native: self.wrapped_native,
        })
    }
}

fn unreadable(error: &dyn std::error::Error) -> Refusal {
    Refusal::ChainUnavailable { detail: error.to_string() }
}

fn out_of_range(what: &'static str) -> Refusal {
    ReadError::Range(what).into()
}

fn declined(reason: DeclineReason) -> Refusal {
    Refusal::Declined { reasons: vec![reason] }
}

/// One question against one reading of the market.
struct Quoting<'a> {
    lender: &'a AaveLender,
    call: &'a QuoteCall,
    given: &'a [&'a Money],
    subject: &'a Subject,
    reading: &'a Reading,
}

impl Quoting<'_> {
    fn offer(&self) -> Result<Offer, Refusal> {
        self.check_gates()?;
        let shares = self.shares()?;
        let position = Position::new(self.reading, &shares).ok_or_else(|| out_of_range("collateral value"))?;
        let principal = self.principal(&position)?;
        let after = self.after_borrow(principal.units())?;
        let due = self.call.request.term.end_from(self.call.request.drawn_on);
        let due = due.map_err(|_| declined(DeclineReason::TermNotOffered))?;
        let repaid = debt_after(principal.units(), after.rate_ray, seconds_until(self.call.request.drawn_on, due));
        let repaid = repaid.map_err(|error| unreadable(&error))?;
        let rate = rate_of(after.rate_ray)?;
        let more_debt = self.base_value(principal.units())?;
        let valid_from = self.lender.clock.now();
        Ok(Offer {
            reference: format!("{}@{}", self.reading.pool, self.reading.pin.number),
            pricing: Pricing::Flows { payments: vec![(due, repaid)], stated_rate: Some(rate) },
            repayment: Repayment::Bullet,
            term: self.call.request.term,
            frequency: self.call.request.frequency,
            first_due: None,
            fees: self.gas_fee(&principal, shares.len())?,
            rate_kind: RateKind::Variable,
            rate_index: Some("Aave v3 variable borrow rate".to_owned()),
            reward_rate: None,
            binding: Binding::Indicative,
            assurance: Assurance::Approved,
            sponsored: false,
            valid_until: Deadline::after(valid_from, VALID).at(),
            funding_hours: self.lender.capabilities.funding_hours,
            prepayment: Prepayment { allowed: true, fee: None },
            collateral: self.collateral_terms(&shares, &position.with_debt(more_debt)),
            as_of: Some(self.chain_state()?),
            execution_plan: self.plan(&principal),
            issues: self.issues(),
            disclosures: self.disclosures(&after)?,
            principal,
        })
    }

    /// What closes the reserve to this borrower, whatever the amount.
    fn check_gates(&self) -> Result<(), Refusal> {
        let (debt, account) = (&self.reading.debt, &self.reading.account);
        let open = debt.active && !debt.frozen && !debt.paused && debt.borrowing_enabled;
        // A siloed asset cannot be borrowed beside other debts; an e-mode admits only its own category.
        let alone = !self.reading.siloed || account.debt.is_zero();
        let in_mode = account.e_mode.is_zero() || account.e_mode == self.reading.e_mode_category;
        if open && alone && in_mode { Ok(()) } else { Err(declined(DeclineReason::AmountNotOffered)) }
    }

    fn shares(&self) -> Result<Vec<Share>, Refusal> {
        let mut shares = Vec::with_capacity(self.given.len());
        for (money, reading) in self.given.iter().zip(&self.reading.collateral) {
            let share = Share::new(*reading, money.asset().decimals());
            let share = share.ok_or_else(|| out_of_range("collateral value"))?;
            match share.refused() {
                Some(reason) => return Err(declined(reason)),
                None => shares.push(share),
            }
        }
        Ok(shares)
    }

    /// The amount asked for, or as much of it as the collateral, the cap and the pool's liquidity allow.
    fn principal(&self, position: &Position) -> Result<Money, Refusal> {
        let ask = &self.call.ask;
        let decimals = ask.asset().decimals();
        let secured = position.most(self.reading.debt.price, decimals);
        if secured.is_zero() {
            return Err(declined(DeclineReason::CollateralInsufficient));
        }
        let cap = match self.reading.debt.borrow_cap {
            cap if cap.is_zero() => U256::MAX,
            cap => cap.saturating_mul(power_of_ten(decimals)).saturating_sub(self.reading.total_debt),
        };
        let most = secured.min(cap).min(self.reading.reserve.available_liquidity).min(ask.units());
        if most.is_zero() {
            return Err(declined(DeclineReason::AmountNotOffered));
        }
        Ok(ask.with_units(most))
    }

    fn after_borrow(&self, amount: U256) -> Result<AfterBorrow, Refusal> {
        let at = self.reading.pin.time.saturating_add(self.lender.inclusion_delay.as_secs());
        variable_rate_after_borrow(&self.reading.reserve, &self.reading.strategy, amount, at).map_err(|error| {
            match error {
                CurveError::InsufficientLiquidity { .. } | CurveError::AmountTooSmall => {
                    declined(DeclineReason::AmountNotOffered)
                }
                error => unreadable(&error),
            }
        })
    }

    /// In the oracle's base currency, rounded up.
    fn base_value(&self, units: U256) -> Result<U256, Refusal> {
        let scaled = units.checked_mul(self.reading.debt.price).ok_or_else(|| out_of_range("price"))?;
        Ok(scaled.div_ceil(power_of_ten(self.call.ask.asset().decimals())))
    }

    /// What the calls cost in gas, in the asset borrowed; none where the chain's own coin has no price here.
    fn gas_fee(&self, principal: &Money, collateral: usize) -> Result<Vec<Fee>, Refusal> {
        let (Some(native), false) = (self.reading.native_price, self.reading.debt.price.is_zero()) else {
            return Ok(Vec::new());
        };
        let wei = gas_of(collateral).checked_mul(U256::from(self.reading.gas_price_wei));
        let units = wei
            .and_then(|wei| wei.checked_mul(native))
            .and_then(|value| value.checked_mul(power_of_ten(principal.asset().decimals())))
            .zip(power_of_ten(WEI).checked_mul(self.reading.debt.price))
            .map(|(value, price)| value.div_ceil(price));
        let units = units.ok_or_else(|| out_of_range("gas price"))?;
        Ok(vec![Fee {
            kind: FeeKind::NetworkGas,
            amount: FeeAmount::Fixed(principal.with_units(units)),
            timing: FeeTiming::Separate,
            in_apr: true,
        }])
    }

    fn collateral_terms(&self, shares: &[Share], position: &Position) -> Vec<CollateralTerms> {
        let terms = |(money, share): (&&Money, &Share)| CollateralTerms {
            amount: (*money).clone(),
            ltv_bps: position.ltv(),
            liquidation_threshold_bps: Bps(
                u32::try_from(share.reading.gates.liquidation_threshold_bps).unwrap_or(u32::MAX)
            ),
            liquidation_price: position.liquidation_price(share),
            price_currency: BASE_CURRENCY.to_owned(),
            oracle: Some(format!("{:#x}", self.reading.oracle)),
            health_factor: position.health_factor(),
        };
        self.given.iter().zip(shares).map(terms).collect()
    }

    fn chain_state(&self) -> Result<ChainState, Refusal> {
        let pin = &self.reading.pin;
        let time = i64::try_from(pin.time).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        Ok(ChainState {
            chain: self.lender.chain.clone(),
            block: pin.number,
            block_hash: format!("{:#x}", pin.hash),
            time: time.ok_or_else(|| out_of_range("block time"))?,
        })
    }

    fn plan(&self, principal: &Money) -> Vec<domain::offer::PlannedCall> {
        let Some(wallet) = self.subject.wallet else { return Vec::new() };
        let named = self.given.iter().zip(&self.subject.collateral);
        let borrowing = Borrowing {
            chain: &self.lender.chain,
            pool: self.reading.pool,
            wallet,
            collateral: named.map(|(money, (asset, units))| (*asset, *units, money.asset().symbol())).collect(),
            debt: (self.subject.debt_asset, principal.units(), principal.asset().symbol()),
        };
        borrowing.plan()
    }

    fn issues(&self) -> Vec<Issue> {
        if self.subject.wallet.is_none() {
            return vec![Issue::WalletMissing];
        }
        let short = |held: fn(&(U256, U256)) -> U256| {
            let mut readings = self.reading.collateral.iter();
            readings.any(|one| one.balance.as_ref().is_some_and(|balance| held(balance) < one.offered))
        };
        let mut issues = Vec::new();
        if short(|(balance, _)| *balance) {
            issues.push(Issue::BalanceMissing);
        }
        if short(|(_, allowance)| *allowance) {
            issues.push(Issue::AllowanceMissing);
        }
        issues
    }

    fn disclosures(&self, after: &AfterBorrow) -> Result<Vec<String>, Refusal> {
        let strategy = &self.reading.strategy;
        let highest = strategy
            .base_variable_borrow_rate
            .checked_add(strategy.variable_rate_slope1)
            .and_then(|rate| rate.checked_add(strategy.variable_rate_slope2))
            .ok_or_else(|| out_of_range("strategy"))?;
        let percent = |ray| Ok::<_, Refusal>(rate_of(ray)?.percent(2));
        Ok(vec![
            format!(
                "The rate follows the pool's use: it is {} % a year after this borrow, at {} % of the liquidity lent.",
                percent(after.rate_ray)?,
                percent(after.utilisation_ray)?,
            ),
            format!("Were all liquidity lent, it would be {} % a year.", percent(highest)?),
            "The protocol sets no term: the cost is for holding the debt until the date shown.".to_owned(),
        ])
    }
}

fn seconds_until(from: Date, to: Date) -> u64 {
    let days = from.until(to).map_or(0, |span| span.get_days());
    u64::try_from(days).unwrap_or(0).saturating_mul(SECONDS_A_DAY)
}

/// A ray has 27 places. A decimal holds all of them up to a rate of 79; a larger rate is cut to 18.
const RAY_PLACES: u32 = 27;
const CUT_PLACES: u32 = 18;

fn rate_of(ray: U256) -> Result<Rate, Refusal> {
    let decimal = |digits: U256, places| {
        let digits = i128::try_from(digits).ok()?;
        Decimal::try_from_i128_with_scale(digits, places).ok()
    };
    let cut = || decimal(ray.checked_div(power_of_ten(9))?, CUT_PLACES);
    let rate = decimal(ray, RAY_PLACES).or_else(cut).and_then(|decimal| Rate::try_new(decimal).ok());
    rate.ok_or_else(|| out_of_range("rate"))
}

impl Provider for AaveLender {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn quote(&self, call: QuoteCall) -> BoxFuture<'_, Result<Vec<Offer>, Refusal>> {
        Box::pin(self.ask(call))
    }
}
