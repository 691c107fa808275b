//! Keys behind a policy. Nothing is signed that the policy has not seen, and nothing for a chain other than the one at hand.

mod policy;

use std::fmt;
use std::sync::Arc;

use alloy::consensus::{SignableTransaction, TypedTransaction};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, B256, Bytes, TxKind};

use crate::registry::Chain;

pub use policy::{Allowed, Policy, PolicyRefusal, Selector};

#[derive(Debug, thiserror::Error)]
pub enum SignError {
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    #[error("the transaction is for chain {found}, not for {wanted}")]
    WrongChain { wanted: u64, found: String },
    #[error("the key could not be asked: {0}")]
    Key(#[source] alloy::signers::Error),
}

/// A transaction as it goes onto the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub raw: Bytes,
    pub hash: B256,
}

/// A key and what it may be used for.
#[derive(Clone)]
pub struct Signer {
    key: Arc<dyn alloy::signers::Signer + Send + Sync>,
    policy: Arc<Policy>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("address", &self.address()).finish_non_exhaustive()
    }
}

impl Signer {
    pub fn new(key: Arc<dyn alloy::signers::Signer + Send + Sync>, policy: Policy) -> Self {
        Self { key, policy: Arc::new(policy) }
    }

    #[must_use]
    pub fn address(&self) -> Address {
        self.key.address()
    }

    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Signs for this chain. A transfer of nothing to the signer itself, which cancels or fills a nonce, is always allowed.
    ///
    /// # Errors
    /// When the policy refuses, the transaction is for another chain, or the key cannot be asked.
    pub async fn sign(&self, chain: &Chain, transaction: TypedTransaction) -> Result<Signed, SignError> {
        use alloy::consensus::Transaction as _;
        let found = transaction.chain_id();
        if found != Some(chain.number) {
            let found = found.map_or_else(|| "any chain".to_owned(), |number| number.to_string());
            return Err(SignError::WrongChain { wanted: chain.number, found });
        }
        let TxKind::Call(to) = transaction.kind() else { return Err(PolicyRefusal::Creation.into()) };
        let nothing = to == self.address() && transaction.value().is_zero() && transaction.input().is_empty();
        if !nothing {
            self.policy.check(&chain.id, to, transaction.input(), transaction.value())?;
        }
        let signature = self.key.sign_hash(&transaction.signature_hash()).await.map_err(SignError::Key)?;
        let envelope = alloy::consensus::TxEnvelope::from(transaction.into_signed(signature));
        Ok(Signed { raw: envelope.encoded_2718().into(), hash: *envelope.tx_hash() })
    }
}
