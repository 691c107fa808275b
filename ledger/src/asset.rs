//! The number that stands for an asset in every row.

/// Of an asset in this database: rows carry it in place of a name of up to 250 letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct AssetNumber(pub i32);
