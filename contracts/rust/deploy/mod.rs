//! Deploying the contracts, wiring them as a manifest says, handing them over, and verifying what stands on a chain.
//!
//! Nothing is remembered between steps: each is done where the chain does not show it done. So a deployment that was cut
//! short goes on where it stopped, a second run sends nothing, and verifying is the same walk without sending. While the
//! deployer administers, it mends what differs; afterwards only the two lanes can, and are told which calls do.

mod beside;
mod chain;
mod difference;
mod governance;
mod lanes;
mod layout;
mod manifest;
mod record;
mod reverts;
mod settings;

pub use chain::{Chain, ChainError};
pub use difference::{Call, Difference, Findings, Lane};
pub use layout::{Creation, FACTORY, Layout};
pub use manifest::{
    Amount, Asset, Escrow, Governance, KeyKind, Manifest, ManifestError, Oracle, Policy, ProviderKey, Register, Route,
    Units,
};
pub use record::{Record, RecordError, Recorded};

use std::collections::BTreeSet;
use std::path::Path;

use alloy::network::TransactionBuilder as _;
use alloy::primitives::{Address, Bytes, address};
use alloy::rpc::types::TransactionRequest;
use alloy::sol;

use crate::creation::{CodeError, Contract};
use governance::Governance as Observed;

/// The first ten accounts of the mnemonic "test test test test test test test test test test test junk".
const PUBLIC_TEST_ACCOUNTS: [Address; 10] = [
    address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
    address!("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
    address!("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"),
    address!("0x90F79bf6EB2c4f870365E785982E1f101E93b906"),
    address!("0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"),
    address!("0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc"),
    address!("0x976EA74026E726554dB657fA54763abd0C3a0aa9"),
    address!("0x14dC79964da2C08b23698B3D3cc7Ca32193d9955"),
    address!("0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f"),
    address!("0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"),
];

sol! {
    /// Every governed contract names its manager.
    function authority() external view returns (address);
}

#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("chain_id: the manifest says {manifest}, the node {node}")]
    OtherChain { manifest: u64, node: u64 },
    #[error("the chain has no deployment factory at {FACTORY}; send its published transaction first")]
    NoFactory,
    #[error("{who}: {account} is of the mnemonic that every tutorial prints; only a development node may have it")]
    PublicKey { who: String, account: Address },
    #[error("governance.{lane}: the deployer hands everything over and cannot be the {lane}")]
    DeployerGoverns { lane: &'static str },
    #[error("{deployer} no longer administers and mends nothing: {} differences are left", .differences.len())]
    HandedOver { deployer: Address, differences: Vec<Difference> },
    #[error("{} differences are left", .0.len())]
    Left(Vec<Difference>),
}

/// Whether to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Send,
    DryRun,
}

/// What was done, or in a dry run would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Create { contract: Contract, address: Address },
    Mend(Difference),
}

/// A deployment under way.
struct Deployment<'a> {
    chain: &'a Chain,
    manifest: &'a Manifest,
    layout: Layout,
    record: Record,
    /// No record was found.
    is_new: bool,
}

/// Makes the chain what the manifest says, as far as the sender may, and keeps the record in `folder`. `done` hears of each
/// step after it, in a dry run instead of it.
///
/// # Errors
/// Where a transaction is refused, with the contract's reason; in both modes where the sender no longer administers and
/// something differs, or something differs that no call mends; where a record is of other code. What was done stays, and
/// the next run goes on.
pub async fn deploy(
    chain: &Chain,
    manifest: &Manifest,
    folder: &Path,
    mode: Mode,
    mut done: impl FnMut(&Step),
) -> Result<Record, DeployError> {
    let of = Deployment::begin(chain, manifest, folder).await?;
    of.checked().await?;
    if mode == Mode::Send {
        // Before anything is sent, so that no event lies in an earlier block than the record says.
        of.record.write(&Record::path(folder, manifest.chain_id))?;
    }
    of.create(mode, &mut done).await?;
    let governance = of.observed().await?;
    if !governance.administers(chain.sender()) {
        let differences = of.compared(&governance).await?.differences;
        let deployer = chain.sender();
        return if differences.is_empty() {
            Ok(of.record)
        } else {
            Err(DeployError::HandedOver { deployer, differences })
        };
    }
    let mut left = of.mend(of.set().await?.differences, mode, &mut done).await?;
    left.extend(of.mend(of.roles(&governance), mode, &mut done).await?);
    if mode == Mode::Send {
        left = of.findings().await?.differences;
    }
    if left.is_empty() { Ok(of.record) } else { Err(DeployError::Left(left)) }
}

/// Everything on the chain that is not as the manifest and the record say, and what else who verifies should know.
///
/// # Errors
/// Where there is no record, or it is of other code, or the node does not answer.
pub async fn verify(chain: &Chain, manifest: &Manifest, folder: &Path) -> Result<Findings, DeployError> {
    let of = Deployment::begin(chain, manifest, folder).await?;
    if of.is_new {
        return Err(RecordError::None(Record::path(folder, manifest.chain_id)).into());
    }
    Ok(of.findings().await?)
}

/// What a record says that there is, and for what is not there yet the manifest: a constructor that refused what a record
/// has must not be given it for ever.
async fn followed(chain: &Chain, manifest: &Manifest, record: Record) -> Result<(Layout, Record), DeployError> {
    let recorded = Layout::recorded(&record)?;
    let mut made = BTreeSet::new();
    for creation in &recorded.creations {
        if chain.has_code(creation.address).await? {
            made.insert(creation.contract);
        }
    }
    if made.len() == recorded.creations.len() {
        return Ok((recorded, record));
    }
    let layout = Layout::begun(&record, &made, manifest)?;
    let record = Record::of(&layout, record.chain_id, record.deployer, record.first_block);
    Ok((layout, record))
}

impl<'a> Deployment<'a> {
    async fn begin(chain: &'a Chain, manifest: &'a Manifest, folder: &Path) -> Result<Self, DeployError> {
        let node = chain.id().await?;
        if node != manifest.chain_id {
            return Err(DeployError::OtherChain { manifest: manifest.chain_id, node });
        }
        let found = Record::read(&Record::path(folder, node))?;
        let is_new = found.is_none();
        if let Some(record) = found {
            if record.chain_id != node {
                return Err(RecordError::OtherChain { recorded: record.chain_id, wanted: node }.into());
            }
            let (layout, record) = followed(chain, manifest, record).await?;
            return Ok(Self { chain, manifest, layout, record, is_new });
        }
        let layout = Layout::of(manifest, chain.sender())?;
        // Without a record, what stands there already may be of any age.
        let known = chain.has_code(layout.access_manager).await?;
        let first_block = if known { 0 } else { chain.head().await? };
        let record = Record::of(&layout, node, chain.sender(), first_block);
        Ok(Self { chain, manifest, layout, record, is_new })
    }

    async fn checked(&self) -> Result<(), DeployError> {
        let (given, recorded) = (self.chain.sender(), self.record.deployer);
        if given != recorded {
            return Err(RecordError::OtherDeployer { recorded, given }.into());
        }
        self.no_public_keys().await?;
        let governance = &self.manifest.governance;
        for (lane, holder) in [("guardian", governance.guardian), ("multisig", governance.multisig)] {
            if holder == given {
                return Err(DeployError::DeployerGoverns { lane });
            }
        }
        if self.chain.has_code(FACTORY).await? { Ok(()) } else { Err(DeployError::NoFactory) }
    }

    /// Keys that everyone knows hold nothing of value.
    async fn no_public_keys(&self) -> Result<(), DeployError> {
        let mut parties = self.manifest.parties();
        parties.push(("the deployer".to_owned(), self.chain.sender()));
        let public = parties.into_iter().find(|(_, account)| PUBLIC_TEST_ACCOUNTS.contains(account));
        match public {
            Some((who, account)) if !self.chain.is_development().await? => Err(DeployError::PublicKey { who, account }),
            _ => Ok(()),
        }
    }

    async fn create(&self, mode: Mode, done: &mut impl FnMut(&Step)) -> Result<(), DeployError> {
        for creation in &self.layout.creations {
            let Creation { contract, address, .. } = *creation;
            if self.chain.has_code(address).await? {
                continue;
            }
            if mode == Mode::Send {
                self.make(creation).await?;
            }
            done(&Step::Create { contract, address });
        }
        Ok(())
    }

    async fn make(&self, creation: &Creation) -> Result<(), DeployError> {
        let what = format!("making {}", creation.contract);
        // The factory does not pass on why a constructor reverts; making the contract without it does.
        let plain = TransactionRequest::default().with_deploy_code(creation.code.clone());
        self.chain.simulate(&what, plain).await?;
        let data: Bytes = [self.layout.salt.as_slice(), &creation.code].concat().into();
        self.chain.send(&what, FACTORY, data).await?;
        Ok(())
    }

    /// Mends what calls can, and answers with the rest.
    async fn mend(
        &self,
        differences: Vec<Difference>,
        mode: Mode,
        done: &mut impl FnMut(&Step),
    ) -> Result<Vec<Difference>, DeployError> {
        let (mendable, rest): (Vec<_>, Vec<_>) = differences.into_iter().partition(|one| !one.calls.is_empty());
        for difference in mendable {
            if mode == Mode::Send {
                for call in &difference.calls {
                    self.chain.send(&difference.what, call.to, call.data.clone()).await?;
                }
            }
            done(&Step::Mend(difference));
        }
        Ok(rest)
    }

    async fn observed(&self) -> Result<Observed, ChainError> {
        let manager = self.layout.access_manager;
        if self.chain.has_code(manager).await? {
            Observed::observe(self.chain, manager, self.record.first_block).await
        } else {
            Ok(Observed::at_first(self.record.deployer))
        }
    }

    fn roles(&self, governance: &Observed) -> Vec<Difference> {
        governance.differences(&self.layout, self.manifest, self.record.deployer)
    }

    /// What is set, beside what the manifest says of it and beside the manifest.
    async fn set(&self) -> Result<Findings, ChainError> {
        let differences = settings::differences(self.chain, &self.layout, self.manifest).await?;
        let mut findings = Findings { differences, facts: Vec::new() };
        findings.add(beside::examine(self.chain, &self.layout, self.manifest, self.record.first_block).await?);
        Ok(findings)
    }

    /// All that is found of the contracts that are there.
    async fn compared(&self, governance: &Observed) -> Result<Findings, ChainError> {
        let mut findings = Findings { differences: self.authorities().await?, facts: Vec::new() };
        findings.add(self.set().await?);
        findings.add(Findings { differences: self.roles(governance), facts: governance.not_in_force() });
        Ok(findings)
    }

    async fn findings(&self) -> Result<Findings, ChainError> {
        let mut findings = Findings { differences: self.absent().await?, facts: Vec::new() };
        findings.add(self.compared(&self.observed().await?).await?);
        Ok(findings)
    }

    async fn absent(&self) -> Result<Vec<Difference>, ChainError> {
        let mut absent = Vec::new();
        for creation in &self.layout.creations {
            if !self.chain.has_code(creation.address).await? {
                absent.push(Difference {
                    what: creation.contract.to_string(),
                    wanted: format!("code at {}", creation.address),
                    found: "none".to_owned(),
                    calls: Vec::new(),
                });
            }
        }
        Ok(absent)
    }

    /// The manager can give a contract to another, which would make all roles of this one void.
    async fn authorities(&self) -> Result<Vec<Difference>, ChainError> {
        let layout = &self.layout;
        let mut differences = Vec::new();
        for at in [layout.policy, layout.escrow, layout.oracle, layout.register] {
            // What is not there is told as absent.
            let Some(found) = self.chain.read(at, &authorityCall {}).await? else { continue };
            if found != layout.access_manager {
                differences.push(Difference {
                    what: format!("authority of {at}"),
                    wanted: layout.access_manager.to_string(),
                    found: found.to_string(),
                    calls: Vec::new(),
                });
            }
        }
        Ok(differences)
    }
}
