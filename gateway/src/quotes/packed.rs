//! Answers as they are stored: MessagePack with the names of its fields, one answer after another, packed by LZ4.
//!
//! Ten lenders' answers say nearly the same thing ten times. Packed they are a fifth of their size, which saves Postgres
//! more of its time (in its log, its pages and its disk) than the packing costs here. The names stay, so that a row can be
//! read without this program; MessagePack takes half the time of JSON to write them.

use serde::{Deserialize, Serialize};

use super::snapshot::Answer;

/// What one answer with one quote takes, so that it is written without being moved.
const ENCODED_BYTES: usize = 4_096;

/// The bytes are not answers that were packed here.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("not LZ4: {0}")]
    Lz4(#[from] lz4_flex::block::DecompressError),
    #[error("not an answer: {0}")]
    Form(#[from] rmp_serde::decode::Error),
}

/// One answer. Its schedules must be such as [`super::stored_schedule::check`] lets pass.
#[must_use]
pub fn encode(answer: &Answer) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(ENCODED_BYTES);
    let mut serializer = rmp_serde::Serializer::new(&mut encoded).with_struct_map().with_human_readable();
    // Texts, numbers, lists and checked schedules always have this form, and a vector always has room.
    drop(answer.serialize(&mut serializer));
    encoded
}

#[must_use]
pub fn pack<'a>(encoded: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    lz4_flex::block::compress_prepend_size(&encoded.collect::<Vec<_>>().concat())
}

/// # Errors
/// When the bytes are not what [`pack`] makes.
pub fn unpack(packed: &[u8]) -> Result<Vec<Answer>, UnpackError> {
    let unpacked = lz4_flex::block::decompress_size_prepended(packed)?;
    let mut rest = unpacked.as_slice();
    let mut answers = Vec::new();
    while !rest.is_empty() {
        answers.push(Answer::deserialize(&mut rmp_serde::Deserializer::new(&mut rest).with_human_readable())?);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use adapters::protocol::wire;
    use domain::U256;
    use domain::asset::Asset;
    use domain::capabilities::ProviderKind;
    use domain::ids::{CreditRequestId, ProviderId, QuoteId};
    use domain::money::Money;
    use domain::normalise::{AprMethod, normalise};
    use domain::offer::{Assurance, Binding, Offer, Prepayment, Pricing, RateKind, Repayment};
    use domain::period::{Frequency, Term, TermUnit};
    use domain::quote::{ProviderRef, Quote};
    use domain::ranking::{Assessment, Standing, standing_of_refusal};
    use domain::rate::{Compounding, Rate};
    use domain::refusal::Refusal;
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    use crate::quotes::snapshot::{OutcomeRow, QuoteRow};
    use crate::quotes::view::{OutcomeView, ProviderView, QuoteView, RefusalView};

    fn provider(id: ProviderId) -> Arc<ProviderView> {
        Arc::new(ProviderView { id: id.to_string(), name: "A lender".to_owned(), kind: ProviderKind::Bank })
    }

    fn offer() -> Offer {
        Offer {
            reference: "offer-1".to_owned(),
            principal: Money::parse("10000.00", &Asset::fiat("USD").unwrap()).unwrap(),
            pricing: Pricing::Nominal {
                rate: Rate::try_new("0.0799".parse().unwrap()).unwrap(),
                compounding: Compounding::Monthly,
            },
            repayment: Repayment::Annuity,
            term: Term { count: 36, unit: TermUnit::Months },
            frequency: Frequency::Monthly,
            first_due: None,
            fees: Vec::new(),
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
            disclosures: vec!["A disclosure.".to_owned()],
        }
    }

    fn quote(provider_id: ProviderId) -> QuoteRow {
        let request = CreditRequestId::with_room_for_quotes(uuid::Uuid::from_u128(1 << 80));
        let terms = normalise(&offer(), date(2026, 11, 2), AprMethod::UsRegZ).unwrap();
        let quote = Quote {
            id: QuoteId::numbered(request, 1),
            credit_request_id: request,
            provider: ProviderRef { id: provider_id, name: "A lender".to_owned(), kind: ProviderKind::Bank },
            created_at: Timestamp::UNIX_EPOCH,
            offer: offer(),
            terms,
        };
        let standing = Standing::Full {
            adjusted_cost: U256::MAX,
            binding: Binding::Firm,
            assurance: Assurance::Approved,
            funding_hours: 24,
            provider: provider_id,
            reference: "offer-1".to_owned(),
        };
        let assessment = Assessment {
            standing: standing.clone(),
            components: Vec::new(),
            adjusted_cost: quote.terms.total_cost.clone(),
            warnings: Vec::new(),
        };
        let view = QuoteView::new(&quote, provider(provider_id), &assessment, "2026-11").unwrap();
        QuoteRow { quote_id: quote.id, provider_id, seq: 0, view, standing, schedule: quote.terms.schedule }
    }

    fn answer(refusal: Option<Refusal>) -> Answer {
        let (id, at) = (ProviderId::new(uuid::Uuid::from_u128(7)), Timestamp::UNIX_EPOCH);
        let view = OutcomeView {
            provider: provider(id),
            outcome: refusal.as_ref().map_or("answered", Refusal::kind).to_owned(),
            elapsed_ms: 17,
            refusal: refusal.as_ref().map(|refusal| RefusalView::new(refusal, at)),
            quotes: Vec::new(),
            rank: None,
        };
        let standing = refusal.as_ref().map(|refusal| standing_of_refusal(refusal, id));
        let quotes = if refusal.is_none() { vec![quote(id)] } else { Vec::new() };
        Answer { outcome: OutcomeRow { provider_id: id, seq: 0, view, standing, created_at: at }, quotes }
    }

    #[test]
    fn a_quote_is_unpacked_as_it_was_packed() {
        let (offered, refused) = (answer(None), answer(Some(Refusal::Unknown)));
        let packed = pack([encode(&offered), encode(&refused)].iter().map(Vec::as_slice));
        let read = unpack(&packed).unwrap();
        let [with_quote, without] = read.as_slice() else { panic!("{} answers", read.len()) };
        assert_eq!(without.outcome.view, refused.outcome.view);
        assert_eq!(without.outcome.standing, refused.outcome.standing);
        let (quote, expected) = (&with_quote.quotes[0], &offered.quotes[0]);
        assert_eq!(quote.view, expected.view);
        assert_eq!(quote.standing, expected.standing);
        assert_eq!(quote.schedule, expected.schedule);
        assert_eq!(quote.view.principal, wire::Money::from(&offer().principal));
    }

    #[test]
    fn equal_answers_take_a_fifth_of_their_size_and_what_is_cut_is_not_read() {
        let encoded = encode(&answer(None));
        let packed = pack(std::iter::repeat_n(encoded.as_slice(), 50));
        assert!(packed.len() * 5 < encoded.len() * 50, "{}", packed.len());
        assert_eq!(unpack(&packed).unwrap().len(), 50);
        assert!(unpack(&pack(std::iter::empty())).unwrap().is_empty());
        let cut = pack(std::iter::once(&encoded[..encoded.len() - 1]));
        for broken in [&[][..], &[1], &packed[..packed.len() - 1], &cut] {
            assert!(unpack(broken).is_err(), "{broken:?}");
        }
    }
}
