//! The trial balance: every account's balance on its side, asset by asset, and whether the sides are equal.

use domain::ids::TenantId;

use super::lines::{self, Detail, ReportLine, by_asset};
use super::sums::{Net, Sums};
use super::{AsOf, ReadError, snapshot};
use crate::account::Side;
use crate::ledger::Ledger;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    pub as_of: AsOf,
    pub assets: Vec<TrialOfAsset>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialOfAsset {
    pub asset: String,
    pub lines: Vec<ReportLine>,
    /// Of balances that are on the debit side, and of those on the credit side.
    pub totals: Sums,
}

impl TrialOfAsset {
    fn try_new(asset: String, lines: Vec<ReportLine>) -> Result<Self, ReadError> {
        let mut totals = Sums::default();
        for line in &lines {
            totals = totals.checked_add(&sides(line)).ok_or(ReadError::TooLarge)?;
        }
        Ok(Self { asset, lines, totals })
    }

    /// Zero, or the books are broken.
    #[must_use]
    pub fn difference(&self) -> Net {
        self.totals.on(Side::Debit)
    }
}

/// An account's balance on the side where it stands, and nothing on the other.
pub(super) fn sides(line: &ReportLine) -> Sums {
    let balance = line.sums.on(Side::Debit);
    if balance.is_below_zero() {
        Sums { credits: balance.amount(), ..Sums::default() }
    } else {
        Sums { debits: balance.amount(), ..Sums::default() }
    }
}

impl Ledger {
    /// With `sub_accounts`, what stands under control accounts is told line by line in their place.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn trial_balance(
        &self,
        tenant: TenantId,
        as_of: AsOf,
        sub_accounts: bool,
    ) -> Result<TrialBalance, ReadError> {
        let detail = if sub_accounts { Detail::SubAccounts } else { Detail::Control };
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        let lines = lines::as_of(&mut transaction, as_of, detail).await?;
        let assets = by_asset(lines).into_iter().map(|(asset, lines)| TrialOfAsset::try_new(asset, lines));
        Ok(TrialBalance { as_of, assets: assets.collect::<Result<_, _>>()? })
    }
}
