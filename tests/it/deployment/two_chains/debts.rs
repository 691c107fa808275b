//! Messages of the book of signed debts.

use alloy::primitives::{Address, U256};
use alloy::sol;
use contracts::bindings::collateral_manager::CollateralManager as escrow;
use contracts::bindings::plain_token::PlainToken as token;
use contracts::bindings::signed_debt_book::SignedDebtBook::{self as book, SignatureInvalid};
use contracts::digest::debt_book::{DebtAcknowledgement, DebtBookMessage, DebtStatement, DebtTerms, collateral_hash};

use super::super::chains::signer;
use super::side::{DAY, Digests, Side};

sol! {
    function approve(address spender, uint256 amount) external returns (bool);
}

const LENDER: &str = "lender elsewhere";
const DEBTOR: &str = "debtor";

impl Side {
    fn stated(&self, other: &Self, message: &impl DebtBookMessage) -> Digests {
        Digests { here: self.book.digest(message), there: other.book.digest(message) }
    }

    /// Locks collateral for a loan.
    async fn lock(&self, borrower: Address, loan: alloy::primitives::B256, assets: &[Address], amounts: &[U256]) {
        let layout = &self.deployed.layout;
        self.node.send(borrower, assets[0], &token::mintCall { to: borrower, amount: amounts[0] }).await;
        let approve = approveCall { spender: layout.escrow, amount: amounts[0] };
        self.node.send(borrower, assets[0], &approve).await;
        let deposit = escrow::depositCall { asset: assets[0], amount: amounts[0] };
        self.node.send(borrower, layout.escrow, &deposit).await;
        let lock = escrow::lockCall {
            loanId: loan,
            book: layout.debt_book,
            assets: assets.to_vec(),
            amounts: amounts.to_vec(),
        };
        self.node.send(borrower, layout.escrow, &lock).await;
    }

    pub(super) async fn debt_signed_for(&self, other: &Self) {
        let at = self.deployed.layout.debt_book;
        let borrower = self.lend_account(DEBTOR).await;
        let (assets, amounts) = (vec![self.node.token], vec![U256::from(10).pow(U256::from(18))]);
        let now = self.now().await;
        let terms = DebtTerms {
            lender: signer(LENDER).address(),
            payee: signer(LENDER).address(),
            borrower,
            asset: self.node.token,
            principal: 1_000,
            rateBps: 1_000,
            fundBy: now + DAY,
            maturity: u64::MAX,
            collateralHash: collateral_hash(&assets, &amounts),
            nonce: U256::from(1),
        };
        let digests = self.stated(other, &terms);
        let loan = digests.here;
        self.lock(borrower, loan, &assets, &amounts).await;
        self.only_here::<_, SignatureInvalid>(at, LENDER, digests, |signature| book::commitCall {
            terms: terms.clone(),
            assets: assets.clone(),
            amounts: amounts.clone(),
            lenderSignature: signature,
        })
        .await;
        let digests = self.stated(other, &DebtAcknowledgement { loanId: loan });
        self.only_here::<_, SignatureInvalid>(at, DEBTOR, digests, |signature| book::acknowledgeCall {
            loanId: loan,
            borrowerSignature: signature,
        })
        .await;
        let stated_at = self.now().await;
        let statement = DebtStatement {
            loanId: loan,
            amount: 900,
            repaid: 0,
            sequence: 1,
            statedAt: stated_at,
            validUntil: stated_at + DAY,
        };
        let digests = self.stated(other, &statement);
        self.only_here::<_, SignatureInvalid>(at, LENDER, digests, |signature| book::stateDebtCall {
            statement: statement.clone(),
            lenderSignature: signature,
        })
        .await;
    }
}
