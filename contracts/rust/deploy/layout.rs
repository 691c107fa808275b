//! Where each contract of a deployment will be, and what makes it be there.
//!
//! Contracts are made through the factory that most chains have at the same address ([its source and
//! history](https://github.com/Arachnid/deterministic-deployment-proxy)), which derives an address from a salt and the
//! creation code. So addresses are known before anything is sent, code at one of them proves what it was made of, and a
//! deployment that was cut short goes on where it stopped.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, Bytes, U256, address};
use alloy::sol_types::SolConstructor as _;

use super::manifest::Manifest;
use super::record::{Record, RecordError};
use crate::bindings::access_manager::AccessManager;
use crate::bindings::collateral_manager::CollateralManager;
use crate::bindings::credit_aggregator::CreditAggregator;
use crate::bindings::credit_scoring_oracle::CreditScoringOracle;
use crate::bindings::risk_policy::RiskPolicy;
use crate::bindings::score_feed_factory::ScoreFeedFactory;
use crate::bindings::signed_debt_book::SignedDebtBook;
use crate::creation::{CodeError, Contract};

/// The factory. Given a salt of 32 bytes and creation code, it makes the contract and answers with the address.
pub const FACTORY: Address = address!("0x4e59b44847b379578588920cA78FbF26c0B4956C");

/// What is made, in the order in which it can be.
const ORDER: [Contract; 11] = [
    Contract::AccessManager,
    Contract::CreditScoringOracle,
    Contract::ScoreFeedFactory,
    Contract::RiskPolicy,
    Contract::CollateralManager,
    Contract::QuoteLogic,
    Contract::ArrearsLogic,
    Contract::FundingLogic,
    Contract::RequestLogic,
    Contract::CreditAggregator,
    Contract::SignedDebtBook,
];

/// A contract that the deployment has.
#[derive(Debug, Clone)]
pub struct Creation {
    pub contract: Contract,
    pub address: Address,
    pub(super) arguments: Bytes,
    pub(super) code: Bytes,
}

/// A deployment: the same on any chain where the same deployer makes it from the same manifest.
#[derive(Debug, Clone)]
pub struct Layout {
    /// In the order in which they can be made.
    pub creations: Vec<Creation>,
    pub salt: B256,
    pub access_manager: Address,
    pub oracle: Address,
    pub policy: Address,
    pub escrow: Address,
    pub register: Address,
    pub debt_book: Address,
}

type Addresses = BTreeMap<Contract, Address>;

impl Layout {
    /// What `deployer`, who administers until everything is handed over, makes from a manifest.
    ///
    /// # Errors
    /// Only if the artifacts of this crate are broken.
    pub fn of(manifest: &Manifest, deployer: Address) -> Result<Self, CodeError> {
        Self::built(manifest.salt(), |contract, so_far| Ok(arguments(contract, manifest, deployer, so_far)))
    }

    /// What a record says that there is.
    ///
    /// # Errors
    /// When a recorded address is not that of this version's code.
    pub fn recorded(record: &Record) -> Result<Self, super::DeployError> {
        let layout = Self::built(record.salt, |contract, _| match record.contracts.get(contract.name()) {
            Some(recorded) => Ok(recorded.arguments.to_vec()),
            None => Err(super::DeployError::from(RecordError::Missing(contract.name()))),
        })?;
        for creation in &layout.creations {
            let (contract, computed) = (creation.contract.name(), creation.address);
            let recorded = record.contracts.get(contract).map_or(Address::ZERO, |recorded| recorded.address);
            if recorded != computed {
                let contract = contract.to_owned();
                return Err(RecordError::OtherCode { contract, recorded, computed }.into());
            }
        }
        Ok(layout)
    }

    /// What a record says of the contracts that are `made`, and the manifest of the others.
    ///
    /// # Errors
    /// Only if the artifacts of this crate are broken.
    pub(super) fn begun(record: &Record, made: &BTreeSet<Contract>, manifest: &Manifest) -> Result<Self, CodeError> {
        Self::built(record.salt, |contract, so_far| {
            let recorded = record.contracts.get(contract.name()).filter(|_| made.contains(&contract));
            let given = || arguments(contract, manifest, record.deployer, so_far);
            Ok(recorded.map_or_else(given, |recorded| recorded.arguments.to_vec()))
        })
    }

    fn built<E: From<CodeError>>(
        salt: B256,
        arguments: impl Fn(Contract, &Addresses) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let (mut at, mut creations) = (Addresses::new(), Vec::new());
        for contract in ORDER {
            let arguments = arguments(contract, &at)?;
            let code = contract.creation_code(&at, &arguments)?;
            let address = FACTORY.create2_from_code(salt, &code);
            at.insert(contract, address);
            creations.push(Creation { contract, address, arguments: arguments.into(), code });
        }
        let of = |contract| known(&at, contract);
        Ok(Self {
            creations,
            salt,
            access_manager: of(Contract::AccessManager),
            oracle: of(Contract::CreditScoringOracle),
            policy: of(Contract::RiskPolicy),
            escrow: of(Contract::CollateralManager),
            register: of(Contract::CreditAggregator),
            debt_book: of(Contract::SignedDebtBook),
        })
    }
}

/// The address of what comes earlier in [`ORDER`]; zero, which every constructor refuses, if it did not.
fn known(at: &Addresses, contract: Contract) -> Address {
    at.get(&contract).copied().unwrap_or_default()
}

/// What the constructor of a contract is given, ABI-encoded.
fn arguments(contract: Contract, manifest: &Manifest, deployer: Address, at: &Addresses) -> Vec<u8> {
    let of = |contract| known(at, contract);
    let authority = of(Contract::AccessManager);
    match contract {
        Contract::AccessManager => AccessManager::constructorCall { initialAdmin: deployer }.abi_encode(),
        Contract::CreditScoringOracle => oracle_arguments(manifest, authority),
        Contract::ScoreFeedFactory => {
            ScoreFeedFactory::constructorCall { oracle_: of(Contract::CreditScoringOracle) }.abi_encode()
        }
        Contract::RiskPolicy => RiskPolicy::constructorCall {
            authority,
            sequencer: manifest.escrow.sequencer_feed.unwrap_or_default(),
            graceSeconds: U256::from(manifest.escrow.sequencer_grace_seconds),
            dust: U256::from(manifest.escrow.dust.0),
        }
        .abi_encode(),
        Contract::CollateralManager => {
            CollateralManager::constructorCall { authority, first: of(Contract::RiskPolicy) }.abi_encode()
        }
        Contract::CreditAggregator => CreditAggregator::constructorCall {
            authority,
            escrow_: of(Contract::CollateralManager),
            scores_: of(Contract::CreditScoringOracle),
            gateway_: manifest.register.gateway,
        }
        .abi_encode(),
        Contract::SignedDebtBook => {
            SignedDebtBook::constructorCall { escrow_: of(Contract::CollateralManager) }.abi_encode()
        }
        Contract::ArrearsLogic | Contract::FundingLogic | Contract::QuoteLogic | Contract::RequestLogic => Vec::new(),
        // Not part of a deployment.
        Contract::FreshFeed | Contract::GatedLender | Contract::PlainToken => Vec::new(),
    }
}

fn oracle_arguments(manifest: &Manifest, authority: Address) -> Vec<u8> {
    let oracle = &manifest.oracle;
    CreditScoringOracle::constructorCall {
        authority,
        signers_: oracle.signers_in_order(),
        threshold: oracle.threshold,
        bounds: oracle.bounds(),
    }
    .abi_encode()
}
