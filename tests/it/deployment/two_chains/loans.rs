//! Messages of the register.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use contracts::bindings::credit_aggregator::CreditAggregator::{
    self as register, BorrowerSignatureInvalid, ProviderSignatureInvalid, Signatures,
};
use contracts::bindings::loans::Loans;
use contracts::digest::register::{
    Acceptance, Amendment, CollateralTerms, FundingReceipt, Instalment, NonceCancellation, Notice, Outcome,
    PaymentReceipt, Quote, RegisterMessage, RequestOpening, Terms, collateral_terms_hash, request_id, schedule_hash,
    terms_hash,
};

use super::super::chains::{PROVIDER_KEY, provider, signer};
use super::side::{DAY, Digests, Side, sign};

const BORROWER: &str = "borrower";
const PRINCIPAL: u64 = 1_000_000;
const RECEIPT: u8 = 2;
const FUNDED: u8 = 2;
const IMPAIRED: u8 = 3;

fn day(count: u64) -> u32 {
    u32::try_from(count * DAY).unwrap()
}

fn schedule() -> Vec<Instalment> {
    let row = |after, amount: u64| Instalment { dueAfter: after, amount: U256::from(amount) };
    vec![row(day(180), PRINCIPAL / 2), row(day(365), PRINCIPAL * 6 / 10)]
}

fn unsecured() -> CollateralTerms {
    CollateralTerms { book: Address::ZERO, debtId: B256::ZERO, assets: Vec::new(), amounts: Vec::new() }
}

impl Side {
    fn digests(&self, other: &Self, message: &impl RegisterMessage) -> Digests {
        Digests { here: self.register.digest(message), there: other.register.digest(message) }
    }

    fn quote(&self, now: u64) -> Quote {
        Quote {
            requestHash: keccak256("request"),
            providerId: provider(),
            borrower: signer(BORROWER).address(),
            lender: signer("lender").address(),
            fundingKind: RECEIPT,
            asset: self.node.token,
            principal: U256::from(PRINCIPAL),
            rateKind: 0,
            apr: U256::from(10).pow(U256::from(17)),
            term: day(365),
            scheduleHash: schedule_hash(&schedule()),
            feesHash: keccak256("fees"),
            collateralTermsHash: collateral_terms_hash(&unsecured()),
            impairGrace: day(30),
            defaultGrace: day(90),
            minScore: 0,
            scoreModel: B256::ZERO,
            scoreSubject: B256::ZERO,
            fundingChain: U256::ZERO,
            fundWithin: day(3),
            validAfter: now - 1,
            validUntil: now + DAY,
            nonce: U256::from(1),
        }
    }

    /// A loan from the request to its impairment.
    pub(super) async fn loan_signed_for(&self, other: &Self) {
        let quote = self.quote(self.now().await);
        self.open(other, &quote).await;
        let loan = self.accept(other, &quote).await;
        self.fund(other, loan, &quote).await;
        self.service(other, loan, &quote).await;
        let cancelled = NonceCancellation { providerId: provider(), word: U256::from(7), mask: U256::from(5) };
        let (at, key) = (self.deployed.layout.register, signer(PROVIDER_KEY).address());
        let digests = self.digests(other, &cancelled);
        self.only_here::<_, ProviderSignatureInvalid>(at, PROVIDER_KEY, digests, |signature| {
            register::cancelNoncesCall {
                providerId: provider(),
                key,
                word: cancelled.word,
                mask: cancelled.mask,
                signature,
            }
        })
        .await;
    }

    async fn open(&self, other: &Self, quote: &Quote) {
        let at = self.deployed.layout.register;
        let expires_at = self.now().await + 7 * DAY;
        let opening =
            RequestOpening { borrower: quote.borrower, requestHash: quote.requestHash, expiresAt: expires_at };
        let digests = self.digests(other, &opening);
        self.only_here::<_, BorrowerSignatureInvalid>(at, BORROWER, digests, |signature| register::openRequestCall {
            borrower: quote.borrower,
            requestHash: quote.requestHash,
            expiresAt: expires_at,
            signature,
        })
        .await;
        let outcome = self.outcome(quote);
        let call = register::commitOutcomesCall {
            requestId: outcome.requestId,
            root: outcome.leaf(),
            quotes: 1,
            refusals: 0,
            policyVersion: 1,
        };
        self.node.send(self.node.accounts[3], at, &call).await;
    }

    fn outcome(&self, quote: &Quote) -> Outcome {
        Outcome {
            chainId: U256::from(self.node.anvil.chain_id()),
            register: self.deployed.layout.register,
            requestId: request_id(quote.borrower, quote.requestHash),
            policyVersion: 1,
            kind: 0,
            providerId: quote.providerId,
            contentHash: self.register.digest(quote),
            rank: 1,
        }
    }

    async fn accept(&self, other: &Self, quote: &Quote) -> B256 {
        let at = self.deployed.layout.register;
        let signed = self.digests(other, quote);
        let acceptance = Acceptance {
            quoteDigest: signed.here,
            outcomesRoot: self.outcome(quote).leaf(),
            rank: 1,
            deadline: self.now().await + DAY,
        };
        let accepted = self.digests(other, &acceptance);
        let call = |quote_digest, acceptance_digest| register::acceptCall {
            quote: quote.clone(),
            collateral: unsecured(),
            acceptance: acceptance.clone(),
            signatures: both(quote_digest, acceptance_digest),
        };
        self.refused::<ProviderSignatureInvalid>(at, &call(signed.there, accepted.here)).await;
        self.refused::<BorrowerSignatureInvalid>(at, &call(signed.here, accepted.there)).await;
        self.relayed(at, call(signed.here, accepted.here)).await;
        signed.here
    }

    async fn fund(&self, other: &Self, loan: B256, quote: &Quote) {
        let at = self.deployed.layout.register;
        let receipt = FundingReceipt {
            loanId: loan,
            asset: quote.asset,
            amount: quote.principal,
            disbursedAt: self.now().await,
            referenceHash: keccak256("wire"),
        };
        let digests = self.digests(other, &receipt);
        let call = |provider, borrower| register::fundWithReceiptCall {
            receipt: receipt.clone(),
            signatures: both(provider, borrower),
        };
        self.refused::<ProviderSignatureInvalid>(at, &call(digests.there, digests.here)).await;
        self.refused::<BorrowerSignatureInvalid>(at, &call(digests.here, digests.there)).await;
        self.relayed(at, call(digests.here, digests.here)).await;
        let read = self.read(at, Loans::loanOfCall { loanId: loan }).await;
        assert_eq!(read.terms.borrower, quote.borrower);
        assert_eq!((read.hashes.scheduleHash, read.hashes.scoreSubject), (quote.scheduleHash, quote.scoreSubject));
        assert_eq!(read.amounts.principal, u128::from(PRINCIPAL));
        assert_eq!((read.terms.state, read.amounts.fundedAt, read.amounts.called), (FUNDED, receipt.disbursedAt, 0));
    }

    async fn service(&self, other: &Self, loan: B256, quote: &Quote) {
        let at = self.deployed.layout.register;
        let key = signer(PROVIDER_KEY).address();
        let terms = Terms {
            apr: quote.apr,
            term: quote.term,
            impairGrace: day(20),
            defaultGrace: quote.defaultGrace,
            scheduleHash: quote.scheduleHash,
            feesHash: quote.feesHash,
        };
        let deadline = self.now().await + DAY;
        let amendment = Amendment { loanId: loan, sequence: 1, termsHash: terms_hash(&terms), deadline };
        let digests = self.digests(other, &amendment);
        let call = |provider, borrower| register::amendCall {
            amendment: amendment.clone(),
            terms: terms.clone(),
            signatures: both(provider, borrower),
        };
        self.refused::<ProviderSignatureInvalid>(at, &call(digests.there, digests.here)).await;
        self.refused::<BorrowerSignatureInvalid>(at, &call(digests.here, digests.there)).await;
        self.relayed(at, call(digests.here, digests.here)).await;

        let receipt = PaymentReceipt {
            loanId: loan,
            sequence: 1,
            amount: U256::from(5),
            paidAt: self.now().await,
            closes: false,
            referenceHash: keccak256("payment"),
        };
        let digests = self.digests(other, &receipt);
        self.only_here::<_, ProviderSignatureInvalid>(at, PROVIDER_KEY, digests, |signature| {
            register::recordPaymentCall { receipt: receipt.clone(), key, signature }
        })
        .await;

        self.node.pass(201 * DAY).await;
        let deadline = self.now().await + DAY;
        let notice = Notice { loanId: loan, sequence: 1, state: IMPAIRED, reasonHash: keccak256("late"), deadline };
        let digests = self.digests(other, &notice);
        self.only_here::<_, ProviderSignatureInvalid>(at, PROVIDER_KEY, digests, |signature| {
            register::markImpairedCall { notice: notice.clone(), key, signature, schedule: schedule() }
        })
        .await;
    }
}

fn both(provider: B256, borrower: B256) -> Signatures {
    let signed: [Bytes; 2] = [sign(PROVIDER_KEY, provider), sign(BORROWER, borrower)];
    let [provider, borrower] = signed;
    Signatures { key: signer(PROVIDER_KEY).address(), provider, borrower }
}
