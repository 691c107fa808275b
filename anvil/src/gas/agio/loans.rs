//! A loan, from its request to its money: what is signed, and the calls that carry it.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::{Eip712Domain, SolStruct};
use contracts::bindings::collateral_manager::CollateralManager;
use contracts::bindings::credit_aggregator::CreditAggregator::{self, Acceptance, CollateralTerms, Quote, Signatures};

use super::quorum::model;
use super::set_up::{Agio, POLICY_VERSION, provider_id};
use crate::gas::GasError;
use crate::gas::chain::Actor;
use crate::gas::stage::{BORROWED, Stage, cents, whole};

const YEAR: u32 = 365 * 24 * 3_600;
const DAY: u64 = 24 * 3_600;
/// 10 %, in 1e18ths.
const APR: u64 = 100_000_000_000_000_000;
/// `FundingKind.Token`, `RateKind.Fixed`.
const TOKEN: u8 = 0;
const FIXED: u8 = 0;
const MIN_SCORE: u16 = 600;
/// What the gateway commits: as many quotes and refusals as a request may well get.
const QUOTES: u16 = 4;
const REFUSALS: u16 = 2;

/// Who may send an acceptance.
pub(super) enum Sender<'a> {
    Borrower,
    /// With the borrower's signature; the borrower pays no gas.
    Relayer(&'a Actor),
}

/// A quote that waits for its borrower's yes.
pub(super) struct Loan<'a> {
    stage: &'a Stage,
    agio: &'a Agio,
    pub(super) borrower: Actor,
    pub(super) id: B256,
    quote: Quote,
    terms: CollateralTerms,
}

impl<'a> Loan<'a> {
    /// Quoted for `tokens` of collateral; `subject` where the provider asks for a score.
    pub(super) async fn quoted(
        stage: &'a Stage,
        agio: &'a Agio,
        borrower: Actor,
        (nonce, tokens): (u64, u64),
        subject: Option<B256>,
    ) -> Result<Self, GasError> {
        let terms = CollateralTerms {
            book: agio.register,
            debtId: B256::ZERO,
            assets: vec![stage.collateral],
            amounts: vec![whole(tokens)],
        };
        let mut quote = Quote {
            requestHash: keccak256(borrower.address),
            providerId: provider_id(),
            borrower: borrower.address,
            lender: agio.lender.address,
            fundingKind: TOKEN,
            asset: stage.debt,
            principal: cents(BORROWED),
            rateKind: FIXED,
            apr: U256::from(APR),
            term: YEAR,
            scheduleHash: keccak256("schedule"),
            feesHash: keccak256("fees"),
            collateralTermsHash: terms.eip712_hash_struct(),
            impairGrace: YEAR / 12,
            defaultGrace: YEAR / 4,
            minScore: 0,
            scoreModel: B256::ZERO,
            scoreSubject: B256::ZERO,
            fundingChain: U256::from(stage.chain.id()),
            fundWithin: YEAR / 365,
            validAfter: 0,
            validUntil: stage.chain.now().await? + DAY,
            nonce: U256::from(nonce),
        };
        if let Some(subject) = subject {
            (quote.minScore, quote.scoreModel, quote.scoreSubject) = (MIN_SCORE, model(), subject);
        }
        let digest = CreditAggregator::quoteDigestCall { quote: quote.clone() };
        let id = stage.chain.read(agio.register, &digest).await?;
        Ok(Self { stage, agio, borrower, id, quote, terms })
    }

    pub(super) async fn deposit(&self, amount: U256) -> Result<u64, GasError> {
        let asset = self.stage.collateral;
        self.escrow(&CollateralManager::depositCall { asset, amount }).await
    }

    pub(super) async fn lock(&self) -> Result<u64, GasError> {
        let book = self.agio.register;
        let (assets, amounts) = (self.terms.assets.clone(), self.terms.amounts.clone());
        self.escrow(&CollateralManager::lockCall { loanId: self.id, book, assets, amounts }).await
    }

    /// The same in one transaction.
    pub(super) async fn deposit_and_lock(&self) -> Result<u64, GasError> {
        let (loan, book, asset) = (self.id, self.agio.register, self.stage.collateral);
        let amount = self.terms.amounts.iter().sum();
        self.escrow(&CollateralManager::depositAndLockCall { loanId: loan, book, asset, amount }).await
    }

    /// What the borrower asks the escrow for.
    pub(super) async fn escrow<C: alloy::sol_types::SolCall>(&self, call: &C) -> Result<u64, GasError> {
        self.stage.send(&self.borrower, self.agio.escrow, call).await
    }

    pub(super) async fn open_request(&self) -> Result<u64, GasError> {
        let call = CreditAggregator::openRequestCall {
            borrower: self.borrower.address,
            requestHash: self.quote.requestHash,
            expiresAt: self.quote.validUntil,
            signature: Bytes::new(),
        };
        self.stage.send(&self.borrower, self.agio.register, &call).await
    }

    pub(super) async fn commit_outcomes(&self) -> Result<u64, GasError> {
        let borrower = self.borrower.address;
        let id = CreditAggregator::requestIdOfCall { borrower, requestHash: self.quote.requestHash };
        let call = CreditAggregator::commitOutcomesCall {
            requestId: self.stage.chain.read(self.agio.register, &id).await?,
            root: self.outcomes(),
            quotes: QUOTES,
            refusals: REFUSALS,
            policyVersion: POLICY_VERSION,
        };
        self.stage.send(&self.agio.gateway, self.agio.register, &call).await
    }

    pub(super) async fn accept(&self, sender: Sender<'_>) -> Result<u64, GasError> {
        let acceptance = Acceptance {
            quoteDigest: self.id,
            outcomesRoot: self.outcomes(),
            rank: 1,
            deadline: self.quote.validUntil,
        };
        let (sender, borrower) = match sender {
            Sender::Borrower => (&self.borrower, Bytes::new()),
            Sender::Relayer(relayer) => (relayer, self.borrower.sign(acceptance.eip712_signing_hash(&self.domain()))?),
        };
        let key = &self.agio.provider_key;
        let signatures = Signatures { key: key.address, provider: key.sign(self.id)?, borrower };
        let (quote, collateral) = (self.quote.clone(), self.terms.clone());
        let call = CreditAggregator::acceptCall { quote, collateral, acceptance, signatures };
        self.stage.send(sender, self.agio.register, &call).await
    }

    pub(super) async fn fund(&self) -> Result<u64, GasError> {
        let call = CreditAggregator::fundWithTokenCall { loanId: self.id, collateral: self.terms.clone() };
        self.stage.send(&self.agio.lender, self.agio.register, &call).await
    }

    pub(super) async fn repay(&self, amount: U256) -> Result<u64, GasError> {
        let call = CreditAggregator::repayCall { loanId: self.id, amount };
        self.stage.send(&self.borrower, self.agio.register, &call).await
    }

    /// Everything up to the money; what accepting cost.
    pub(super) async fn run(&self, sender: Sender<'_>) -> Result<u64, GasError> {
        let (asset, escrow) = (self.stage.collateral, self.agio.escrow);
        self.stage.approve_plenty(&self.borrower, asset, escrow).await?;
        self.deposit_and_lock().await?;
        self.open_request().await?;
        self.commit_outcomes().await?;
        let gas = self.accept(sender).await?;
        self.fund().await?;
        Ok(gas)
    }

    pub(super) fn register(&self) -> Address {
        self.agio.register
    }

    pub(super) fn escrow_address(&self) -> Address {
        self.agio.escrow
    }

    /// Accepting compares the root with the one that was committed and looks no further.
    fn outcomes(&self) -> B256 {
        keccak256([self.id, keccak256("outcomes")].concat())
    }

    fn domain(&self) -> Eip712Domain {
        let name = Some("Agio Credit Aggregator".into());
        let chain = Some(U256::from(self.stage.chain.id()));
        Eip712Domain::new(name, Some("1".into()), chain, Some(self.agio.register), None)
    }
}
