//! From names and texts to typed terms, one group after the other.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::period::MonthEnd;

use super::super::conventions::{Conventions, Side};
use super::super::{ActusError, ContractType};
use super::named::Named;
use super::{Base, Fee, FeeBasis, Interest, Penalty, Prepayment, Principal, Recurrence, Reset, Scaling, Terms, Trade};

pub(super) fn read(terms: impl IntoIterator<Item = (String, String)>) -> Result<Terms, ActusError> {
    let mut named = Named::new(terms);
    let contract_type = named.needed_text("contractType")?.parse()?;
    // The specification has formulas for interest at the end of its period and resets at the beginning of theirs alone.
    refuse_other(&mut named, "cyclePointOfInterestPayment", "E")?;
    refuse_other(&mut named, "cyclePointOfRateReset", "B")?;
    refuse_other(&mut named, "contractPerformance", "PF")?;
    let exchange = named.needed_date("initialExchangeDate")?;
    let conventions = conventions(&mut named)?;
    let mut reader = Reader { month_end: month_end(&mut named)?, named, exchange };
    let terms = Terms {
        contract_type,
        side: Side::by_role(&reader.named.needed_text("contractRole")?)?,
        currency: reader.named.needed_text("currency")?,
        settlement_currency: reader.named.text("settlementCurrency"),
        status: reader.named.needed_date("statusDate")?,
        exchange,
        maturity: reader.named.date("maturityDate")?,
        conventions,
        principal: reader.principal()?,
        interest: reader.interest()?,
        reset: reader.reset()?,
        base: match contract_type {
            // Its interest accrues on the principal and on nothing else.
            ContractType::PrincipalAtMaturity => reader.base().map(|_| Base::Follows { start: None })?,
            _ => reader.base()?,
        },
        scaling: reader.scaling()?,
        fee: reader.fee()?,
        purchase: reader.trade("purchaseDate", "priceAtPurchaseDate")?,
        termination: reader.trade("terminationDate", "priceAtTerminationDate")?,
        prepayment: reader.prepayment()?,
    };
    reader.named.finish()?;
    Ok(terms)
}

fn refuse_other(named: &mut Named, term: &'static str, only: &str) -> Result<(), ActusError> {
    match named.text(term) {
        Some(found) if found != only => Err(unsupported(term, found)),
        _ => Ok(()),
    }
}

fn unsupported(term: &str, found: String) -> ActusError {
    ActusError::Unsupported { term: term.to_owned(), found }
}

fn conventions(named: &mut Named) -> Result<Conventions, ActusError> {
    let business_days = named.text("businessDayConvention");
    let calendar = named.text("calendar");
    let day_count = named.needed_text("dayCountConvention")?;
    Conventions::try_new(business_days.as_deref(), calendar.as_deref(), &day_count)
}

fn month_end(named: &mut Named) -> Result<MonthEnd, ActusError> {
    match named.text("endOfMonthConvention").as_deref() {
        None | Some("SD") => Ok(MonthEnd::SameDay),
        Some("EOM") => Ok(MonthEnd::LastDay),
        Some(other) => Err(unsupported("endOfMonthConvention", other.to_owned())),
    }
}

struct Reader {
    named: Named,
    exchange: DateTime,
    month_end: MonthEnd,
}

impl Reader {
    fn number_or(&mut self, term: &'static str, default: Decimal) -> Result<Decimal, ActusError> {
        Ok(self.named.number(term)?.unwrap_or(default))
    }

    /// A cycle without an anchor begins one step after the initial exchange.
    fn recurrence(&mut self, anchor: &'static str, cycle: &'static str) -> Result<Option<Recurrence>, ActusError> {
        let date = self.named.date(anchor)?;
        let step = self.named.cycle(cycle, self.month_end)?;
        match (date, step) {
            (Some(anchor), cycle) => Ok(Some(Recurrence { anchor, cycle })),
            (None, Some(step)) => {
                let first = step.nth_time(self.exchange, 1);
                let anchor = first.ok_or(ActusError::Rule { term: cycle, rule: "leads out of the calendar" })?;
                Ok(Some(Recurrence { anchor, cycle: Some(step) }))
            }
            (None, None) => Ok(None),
        }
    }

    fn principal(&mut self) -> Result<Principal, ActusError> {
        Ok(Principal {
            notional: self.named.needed_number("notionalPrincipal")?,
            premium: self.number_or("premiumDiscountAtIED", Decimal::ZERO)?,
            redemption: self.recurrence("cycleAnchorDateOfPrincipalRedemption", "cycleOfPrincipalRedemption")?,
            payment: self.named.number("nextPrincipalRedemptionPayment")?,
            amortization: self.named.date("amortizationDate")?,
        })
    }

    fn interest(&mut self) -> Result<Interest, ActusError> {
        Ok(Interest {
            rate: self.named.number("nominalInterestRate")?,
            accrued: self.named.number("accruedInterest")?,
            payment: self.recurrence("cycleAnchorDateOfInterestPayment", "cycleOfInterestPayment")?,
            capitalized_until: self.named.date("capitalizationEndDate")?,
        })
    }

    fn reset(&mut self) -> Result<Reset, ActusError> {
        let code = self.named.text("marketObjectCodeOfRateReset");
        // An older name of the same term.
        let code = code.or(self.named.text("marketObjectCodeRateReset"));
        Ok(Reset {
            dates: self.recurrence("cycleAnchorDateOfRateReset", "cycleOfRateReset")?,
            code,
            multiplier: self.number_or("rateMultiplier", Decimal::ONE)?,
            spread: self.number_or("rateSpread", Decimal::ZERO)?,
            next_rate: self.named.number("nextResetRate")?,
            life_floor: self.named.number("lifeFloor")?,
            life_cap: self.named.number("lifeCap")?,
            // Written by some with the sign of the change, by others without.
            period_floor: self.named.number("periodFloor")?.map(|floor| floor.abs()),
            period_cap: self.named.number("periodCap")?,
        })
    }

    fn base(&mut self) -> Result<Base, ActusError> {
        let start = self.named.number("interestCalculationBaseAmount")?;
        let fixing = self.recurrence("cycleAnchorDateOfInterestCalculationBase", "cycleOfInterestCalculationBase")?;
        match self.named.text("interestCalculationBase").as_deref() {
            None | Some("NT" | "NTSD") => Ok(Base::Follows { start: None }),
            Some("NTIED") => Ok(Base::Follows { start }),
            Some("NTL") => Ok(Base::Lags { start, fixing }),
            Some(other) => Err(unsupported("interestCalculationBase", other.to_owned())),
        }
    }

    fn scaling(&mut self) -> Result<Option<Scaling>, ActusError> {
        let dates = self.recurrence("cycleAnchorDateOfScalingIndex", "cycleOfScalingIndex")?;
        let code = self.named.text("marketObjectCodeOfScalingIndex");
        let dealt = self.named.number("scalingIndexAtContractDealDate")?;
        let index = dealt.or(self.named.number("scalingIndexAtStatusDate")?);
        let interest_multiplier = self.number_or("interestScalingMultiplier", Decimal::ONE)?;
        let notional_multiplier = self.number_or("notionalScalingMultiplier", Decimal::ONE)?;
        let effect = self.named.text("scalingEffect").unwrap_or_else(|| "000".to_owned());
        // The reference tests write the letter O for zero.
        let (interest, notional) = match effect.replace('O', "0").as_str() {
            "000" => return Ok(None),
            "I00" => (true, false),
            "0N0" => (false, true),
            "IN0" => (true, true),
            _ => return Err(unsupported("scalingEffect", effect)),
        };
        Ok(Some(Scaling {
            interest,
            notional,
            interest_multiplier,
            notional_multiplier,
            dates,
            code: code.ok_or(ActusError::Missing { term: "marketObjectCodeOfScalingIndex" })?,
            index: index.ok_or(ActusError::Missing { term: "scalingIndexAtContractDealDate" })?,
        }))
    }

    fn fee(&mut self) -> Result<Option<Fee>, ActusError> {
        let basis = match self.named.text("feeBasis").as_deref() {
            None | Some("N") => FeeBasis::Notional,
            Some("A") => FeeBasis::Absolute,
            Some(other) => return Err(unsupported("feeBasis", other.to_owned())),
        };
        let rate = self.number_or("feeRate", Decimal::ZERO)?;
        let accrued = self.named.number("feeAccrued")?;
        let payment = self.recurrence("cycleAnchorDateOfFee", "cycleOfFee")?;
        Ok((!rate.is_zero()).then_some(Fee { basis, rate, accrued, payment }))
    }

    fn trade(&mut self, at: &'static str, price: &'static str) -> Result<Option<Trade>, ActusError> {
        let price = self.number_or(price, Decimal::ZERO)?;
        Ok(self.named.date(at)?.map(|at| Trade { at, price }))
    }

    fn prepayment(&mut self) -> Result<Prepayment, ActusError> {
        let dates = self.recurrence("cycleAnchorDateOfOptionality", "cycleOfOptionality")?;
        let code = self.named.text("objectCodeOfPrepaymentModel");
        let code = code.or(self.named.text("marketObjectCodeOfPrepaymentModel"));
        let dates = match self.named.text("prepaymentEffect").as_deref() {
            None | Some("N") => None,
            // The other effect, A, lowers the payments that follow: the specification has no formula for it.
            Some("M") => {
                let dates = dates.ok_or(ActusError::Missing { term: "cycleOfOptionality" })?;
                Some((dates, code.ok_or(ActusError::Missing { term: "objectCodeOfPrepaymentModel" })?))
            }
            Some(other) => return Err(unsupported("prepaymentEffect", other.to_owned())),
        };
        let rate = self.number_or("penaltyRate", Decimal::ZERO)?;
        let penalty = match self.named.text("penaltyType").as_deref() {
            None | Some("O" | "0") => None,
            Some("A") => Some(Penalty::Absolute(rate)),
            Some("N") => Some(Penalty::Notional(rate)),
            Some("I") => Some(Penalty::RateDifference),
            Some(other) => return Err(unsupported("penaltyType", other.to_owned())),
        };
        Ok(Prepayment { dates, penalty })
    }
}
