//! Answers as they are stored: MessagePack with the names of its fields, one answer after another, packed by LZ4.
//!
//! Ten lenders' answers say nearly the same thing ten times. Packed they are a fifth of their size, which saves Postgres
//! more of its time (in its log, its pages and its disk) than the packing costs here. The names stay, so that a row can be
//! read without this program; MessagePack takes half the time of JSON to write them.

use serde::Deserialize;

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
    // Texts, numbers, lists and checked schedules always have this form, and a vector always has room.
    drop(rmp_serde::encode::write_named(&mut encoded, answer));
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
        answers.push(Answer::deserialize(&mut rmp_serde::Deserializer::new(&mut rest))?);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::capabilities::ProviderKind;
    use domain::ids::ProviderId;
    use domain::ranking::standing_of_refusal;
    use domain::refusal::Refusal;
    use jiff::Timestamp;

    use super::*;
    use crate::quotes::snapshot::OutcomeRow;
    use crate::quotes::view::{OutcomeView, ProviderView, RefusalView};

    fn answer(number: u128) -> Answer {
        let (id, at) = (ProviderId::new(uuid::Uuid::from_u128(number)), Timestamp::UNIX_EPOCH);
        let provider = ProviderView { id: id.to_string(), name: format!("lender {number}"), kind: ProviderKind::Bank };
        let view = OutcomeView {
            provider: Arc::new(provider),
            outcome: Refusal::Unknown.kind().to_owned(),
            elapsed_ms: 17,
            refusal: Some(RefusalView::new(&Refusal::Unknown, at)),
            quotes: Vec::new(),
            rank: None,
        };
        let standing = Some(standing_of_refusal(&Refusal::Unknown, id));
        Answer { outcome: OutcomeRow { provider_id: id, seq: 0, view, standing, created_at: at }, quotes: Vec::new() }
    }

    #[test]
    fn what_was_packed_is_unpacked_and_nothing_else() {
        let encoded: Vec<_> = (0..50).map(|number| encode(&answer(number))).collect();
        let packed = pack(encoded.iter().map(Vec::as_slice));
        assert!(packed.len() * 5 < encoded.concat().len(), "{}", packed.len());
        let again: Vec<_> = unpack(&packed).unwrap().iter().map(encode).collect();
        assert_eq!(again, encoded);
        assert!(unpack(&pack(std::iter::empty())).unwrap().is_empty());
        let cut = pack(std::iter::once(&encoded[0][..encoded[0].len() - 1]));
        for broken in [&[][..], &[1], &packed[..packed.len() - 1], &cut] {
            assert!(unpack(broken).is_err(), "{broken:?}");
        }
    }
}
