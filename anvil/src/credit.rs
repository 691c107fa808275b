//! Our own contracts on a local chain: deployed as an operator would, from a manifest, by the deployer of `agio contracts`.
//!
//! What differs from a real chain is what prices come from: feeds that are as fresh as the block and say what they were
//! told, two an asset.

use std::path::Path;

use alloy::network::TransactionBuilder as _;
use alloy::primitives::{Address, I256};
use alloy::providers::Provider as _;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::SolConstructor as _;
use alloy::transports::{RpcError, TransportErrorKind};
use contracts::bindings::fresh_feed::FreshFeed;
use contracts::creation::{CodeError, Contract};
use contracts::deploy::{Chain, DeployError, Layout, Manifest, ManifestError, Mode, Record, deploy};

use crate::anvil::Anvil;

#[derive(Debug, thiserror::Error)]
pub enum CreditError {
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Deploy(#[from] DeployError),
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error("a price of {0} is too high for a feed")]
    Price(u64),
    #[error("{what}: {source}")]
    Rpc { what: String, source: RpcError<TransportErrorKind> },
    #[error("making {0} made no contract")]
    NoContract(Contract),
}

/// Who does what. The node, or a wallet of its provider, signs for the deployer.
#[derive(Debug, Clone)]
pub struct Parties {
    pub deployer: Address,
    pub guardian: Address,
    pub multisig: Address,
    pub gateway: Address,
    /// Of the oracle; the smallest majority of them makes a report.
    pub signers: Vec<Address>,
}

/// A token that may be collateral.
#[derive(Debug, Clone, Copy)]
pub struct Collateral {
    pub token: Address,
    /// Whole units of account per whole token.
    pub price: u64,
    /// The most that the escrow may hold, in the token's smallest unit.
    pub cap: u128,
}

/// A deployment on a local chain.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The manifest that it was made from, in TOML.
    pub manifest_toml: String,
    pub manifest: Manifest,
    pub record: Record,
    pub layout: Layout,
}

const FEED_DECIMALS: u8 = 8;

/// Deploys everything on `anvil`, and keeps the record in `folder`.
///
/// # Errors
/// When a transaction is refused.
pub async fn deploy_on(
    anvil: &Anvil,
    parties: &Parties,
    collateral: &[Collateral],
    folder: &Path,
) -> Result<Deployed, CreditError> {
    let manifest_toml = manifest_for(anvil, parties, collateral).await?;
    deploy_as(anvil, parties, manifest_toml, folder).await
}

/// Deploys what a manifest in TOML says, and keeps the record in `folder`.
///
/// # Errors
/// When the manifest breaks a rule or a transaction is refused.
pub async fn deploy_as(
    anvil: &Anvil,
    parties: &Parties,
    manifest_toml: String,
    folder: &Path,
) -> Result<Deployed, CreditError> {
    let manifest = Manifest::parse(&manifest_toml)?;
    let chain = Chain::new(anvil.provider().clone(), parties.deployer);
    let record = deploy(&chain, &manifest, folder, Mode::Send, |_| ()).await?;
    let layout = Layout::recorded(&record)?;
    Ok(Deployed { manifest_toml, manifest, record, layout })
}

/// Makes the feeds that a deployment needs, and writes its manifest in TOML.
///
/// # Errors
/// When a transaction is refused.
pub async fn manifest_for(anvil: &Anvil, parties: &Parties, collateral: &[Collateral]) -> Result<String, CreditError> {
    let mut manifest = head(anvil.chain_id(), parties);
    for one in collateral {
        let feeds = [feed(anvil, parties.deployer, one.price).await?, feed(anvil, parties.deployer, one.price).await?];
        manifest.push_str(&asset(one, feeds));
    }
    Ok(manifest)
}

fn head(chain_id: u64, parties: &Parties) -> String {
    let Parties { guardian, multisig, gateway, signers, .. } = parties;
    let threshold = signers.len() / 2 + 1;
    let signers: Vec<String> = signers.iter().map(|signer| format!("\"{signer}\"")).collect();
    let signers = signers.join(", ");
    format!(
        r#"chain_id = {chain_id}

[governance]
guardian = "{guardian}"
multisig = "{multisig}"

[oracle]
signers = [{signers}]
threshold = {threshold}
max_score_step = 100
max_band_step = 3
max_validity_seconds = 7776000
max_epoch_gap = 20

[register]
gateway = "{gateway}"

[escrow]
dust = "100"
"#
    )
}

fn asset(of: &Collateral, [primary, secondary]: [Address; 2]) -> String {
    let Collateral { token, price, cap } = of;
    let most = u128::from(*price) * 100;
    format!(
        r#"
[[escrow.assets]]
token = "{token}"
cap = "{cap}"
ltv_bps = 7500
threshold_bps = 8250
bonus_bps = 500

[escrow.assets.route]
primary = "{primary}"
secondary = "{secondary}"
primary_heartbeat_seconds = 3600
secondary_heartbeat_seconds = 3600
min = "0.01"
max = "{most}"
max_deviation_bps = 200
expected_price = "{price}"
tolerance_bps = 100
"#
    )
}

async fn feed(anvil: &Anvil, from: Address, price: u64) -> Result<Address, CreditError> {
    let scale = 10_i128.pow(u32::from(FEED_DECIMALS));
    let answer = i128::from(price).checked_mul(scale).and_then(|answer| I256::try_from(answer).ok());
    let answer = answer.ok_or(CreditError::Price(price))?;
    let arguments = FreshFeed::constructorCall { decimals_: FEED_DECIMALS, answer_: answer }.abi_encode();
    create(anvil, from, Contract::FreshFeed, &arguments).await
}

/// Makes a contract from an account that the node signs for. `arguments` are the constructor's, ABI-encoded.
///
/// # Errors
/// When the transaction is refused.
pub async fn create(
    anvil: &Anvil,
    from: Address,
    contract: Contract,
    arguments: &[u8],
) -> Result<Address, CreditError> {
    let code = contract.creation_code(&std::collections::BTreeMap::new(), arguments)?;
    let request = TransactionRequest::default().with_from(from).with_deploy_code(code);
    let receipt = anvil.provider().send_transaction_sync(request).await;
    let receipt = receipt.map_err(|source| CreditError::Rpc { what: format!("making {contract}"), source })?;
    receipt.contract_address.ok_or(CreditError::NoContract(contract))
}
