//! Ids of transfers: UUIDs of version 7, ascending within a batch.

use domain::ids::TransferId;
use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// Bits that number the transfers of one batch. The 42 random bits above them tell batches of one millisecond apart.
const NUMBER: u128 = 0xffff_ffff;

/// Ids of this moment, each above the one before.
pub(crate) fn from(now: Timestamp) -> impl Iterator<Item = TransferId> {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    let first = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)).as_u128() & !NUMBER;
    (0..=NUMBER).map(move |number| TransferId::new(Uuid::from_u128(first | number)))
}
