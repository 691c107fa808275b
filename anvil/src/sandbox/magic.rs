//! Magic inputs: amounts that force an outcome, so that every way in which a lender can answer can be seen at will.
//!
//! One table says what each means, what the lender then does, and what a gateway must make of it. The behaviour, the
//! page in the documentation and the tests all come from it.

use std::borrow::Cow;

use domain::decline::DeclineReason;
use domain::money::Money;

/// What a lender is made to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Approve,
    Decline(DeclineReason),
    TimeOut,
    ServerError,
    RateLimited,
    CutJson,
    WrongCurrency,
    Late,
    OtherRequest,
    NegativeRate,
    Drip,
    EndlessBody,
    GzipBomb,
    BrokenUtf8,
    NotANumber,
    WrongSignature,
    BeyondFloat,
    AboveAsked,
    DuplicateKeys,
    Reset,
    Redirect,
    SlowHeaders,
    ClockOff,
    BrokenGzip,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MagicInput {
    /// The first two decimals of the amount.
    pub decimals: u8,
    pub outcome: Outcome,
    /// What the lender does, for people.
    pub does: Cow<'static, str>,
    /// The kind of outcome that a gateway records.
    pub gateway: &'static str,
}

/// The kind under which a gateway records an answer with offers.
pub const ANSWERED: &str = "answered";
/// Decimals of the first reason to decline; the others follow in the order of the catalogue.
const FIRST_DECLINE: u8 = 11;

const fn row(decimals: u8, outcome: Outcome, does: &'static str, gateway: &'static str) -> MagicInput {
    MagicInput { decimals, outcome, does: Cow::Borrowed(does), gateway }
}

const APPROVE: MagicInput = row(1, Outcome::Approve, "makes its offer without checking its own rules", ANSWERED);

const FAULTS: [MagicInput; 22] = [
    row(41, Outcome::TimeOut, "never answers", "timed_out"),
    row(42, Outcome::ServerError, "answers 500", "unavailable"),
    row(43, Outcome::RateLimited, "answers 429 with `Retry-After: 1`", "rate_limited"),
    row(44, Outcome::CutJson, "sends the first half of its JSON, signed", "malformed"),
    row(45, Outcome::WrongCurrency, "offers another currency", "malformed"),
    row(46, Outcome::Late, "answers correctly, after `X-Deadline`", "timed_out"),
    row(47, Outcome::OtherRequest, "answers with another request's id", "malformed"),
    row(48, Outcome::NegativeRate, "offers a rate of -5 %", "malformed"),
    row(49, Outcome::Drip, "sends its body at a byte a second", "timed_out"),
    row(50, Outcome::EndlessBody, "sends a body of 1 GiB", "malformed"),
    row(51, Outcome::GzipBomb, "sends 1 MB of gzip that unpacks to more than 1 GiB", "malformed"),
    row(52, Outcome::BrokenUtf8, "puts bytes that are no UTF-8 into a text", "malformed"),
    row(53, Outcome::NotANumber, "puts `NaN` where the rate stands", "malformed"),
    row(54, Outcome::WrongSignature, "signs another body than it sends", "malformed"),
    row(55, Outcome::BeyondFloat, "puts `1e309` where the rate stands", "malformed"),
    row(56, Outcome::AboveAsked, "offers more principal than was asked for", "malformed"),
    row(57, Outcome::DuplicateKeys, "states the term twice, differently", "malformed"),
    row(58, Outcome::Reset, "answers 200, sends half of its body and resets the connection", "unavailable"),
    row(59, Outcome::Redirect, "redirects to the address where clouds keep their machines' credentials", "unavailable"),
    row(60, Outcome::SlowHeaders, "sends its headers at a byte a second", "timed_out"),
    row(61, Outcome::ClockOff, "signs with a clock that is ten minutes slow", "malformed"),
    row(62, Outcome::BrokenGzip, "says that its body is gzip, which it is not", "malformed"),
];

impl MagicInput {
    /// The whole table, in the order of the decimals.
    pub fn all() -> impl Iterator<Item = Self> {
        let declines = (FIRST_DECLINE..).zip(DeclineReason::ALL).map(|(decimals, reason)| Self {
            decimals,
            outcome: Outcome::Decline(*reason),
            does: Cow::Owned(format!("declines: `{}`", reason.code())),
            gateway: "declined",
        });
        std::iter::once(APPROVE).chain(declines).chain(FAULTS)
    }

    /// What `amount` forces upon the lender with this number: `None` for most amounts.
    #[must_use]
    pub fn outcome(amount: &Money, lender: u8) -> Option<Outcome> {
        let text = amount.amount();
        let (whole, fraction) = text.split_once('.')?;
        let decimals: u8 = fraction.get(..2)?.parse().ok()?;
        let addressed = whole.bytes().last()?.checked_sub(b'0')?;
        if decimals == 0 || (addressed != 0 && addressed != lender) {
            return None;
        }
        Self::all().find(|input| input.decimals == decimals).map(|input| input.outcome)
    }

    /// The amount of `whole` (a multiple of ten) major units that forces this upon the lender with this number, 0 for
    /// every lender.
    #[must_use]
    pub fn amount(&self, whole: u32, lender: u8) -> String {
        format!("{}.{:02}", whole.saturating_add(u32::from(lender)), self.decimals)
    }
}

const INTRODUCTION: &str = "\
# Magic inputs

<!-- Generated: `devnet lenders --magic-page > docs/magic-inputs.md`. -->

The sandbox lenders (`devnet lenders`) price what they are asked, each in its own way. Some amounts force an outcome
instead, so that every way in which a lender can answer can be seen, and handled, at will.

- The **first two decimals** of the amount choose the outcome, from the table below. `.00`, and any decimals that are
  not in the table, leave the lender to its own pricing.
- The **last digit before the point** chooses the lender: `0` is every lender, `1` to `6` is that one alone, and the
  others price as usual. `7` to `9` is none.

So `10000.42` makes every lender fail with a 500, and `10004.42` only the fourth.

";

const NOTES: &str = "
A forced outcome goes before the lender's own rules, but not before the gateway's: a lender that the gateway knows not
to serve the amount, term, purpose or country is not asked at all. What failed on the way (`unavailable`) is tried again
within the deadline, and a lender that keeps failing is left alone for a while: its outcome is then `breaker_open`. After
a 429 it is left alone for as long as it asked.

Of every three distinct questions, Flaky Finance fails to answer the first two with a 503, however often they are
repeated, unless an outcome is forced.
";

/// The page of the documentation.
#[must_use]
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("| digit | lender |\n|---|---|\n| `0` | every lender |\n");
    for profile in &super::profile::PROFILES {
        page.push_str(&format!("| `{}` | {} |\n", profile.number, profile.name));
    }
    page.push_str("\n| amount | the lender | outcome at the gateway |\n|---|---|---|\n");
    for input in MagicInput::all() {
        page.push_str(&format!("| `….{:02}` | {} | `{}` |\n", input.decimals, input.does, input.gateway));
    }
    page.push_str(NOTES);
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::asset::Asset;

    use super::*;

    fn outcome(amount: &str, lender: u8) -> Option<Outcome> {
        MagicInput::outcome(&Money::parse(amount, &Asset::fiat("USD").unwrap()).unwrap(), lender)
    }

    #[test]
    fn no_two_inputs_share_their_decimals_or_outcome() {
        let inputs: Vec<_> = MagicInput::all().collect();
        assert_eq!(inputs.iter().map(|input| input.decimals).collect::<BTreeSet<_>>().len(), inputs.len());
        assert!(
            inputs.windows(2).all(|pair| pair[0].decimals < pair[1].decimals && pair[0].outcome != pair[1].outcome)
        );
    }

    #[test]
    fn the_last_digit_addresses_every_lender_one_or_none() {
        assert_eq!(
            (outcome("10000.42", 1), outcome("0.42", 6)),
            (Some(Outcome::ServerError), Some(Outcome::ServerError))
        );
        assert_eq!((outcome("10004.42", 4), outcome("10004.42", 3)), (Some(Outcome::ServerError), None));
        for ordinary in ["10000", "10000.00", "10000.02", "10000.99", "10007.42"] {
            assert!((1..=6).all(|lender| outcome(ordinary, lender).is_none()), "{ordinary}");
        }
    }

    #[test]
    fn the_amount_of_an_input_forces_it() {
        for input in MagicInput::all() {
            for lender in 0..=6 {
                assert_eq!(outcome(&input.amount(10_000, lender), lender.max(1)), Some(input.outcome));
            }
        }
    }
}
