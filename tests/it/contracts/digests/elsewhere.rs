//! Against ethers.js and `forge eip712`, which have types and hashes from nobody of ours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use alloy::primitives::{Address, B256, Bytes, Signature};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::{SolStruct, SolValue};
use contracts::digest::debt_book::{DebtAcknowledgement, DebtStatement, DebtTerms};
use contracts::digest::oracle::{
    Batch, Consent, ConsentWithdrawal, Fulfilment, OracleConfig, OracleCore, Report, Revocation,
};
use contracts::digest::register::{
    Acceptance, Amendment, CollateralTerms, FundingReceipt, Instalment, NonceCancellation, Notice, Outcome,
    PaymentReceipt, Quote, RequestOpening, Terms,
};
use contracts::digest::{DebtBookDomain, OracleDomain, RegisterDomain};
use serde_json::{Value, json};

use super::structs::key;
use crate::contracts::random::{Any, Random, SEED};

/// Of each struct that is signed.
const CASES: usize = 100;

/// The contracts' folder with what its lock file pins; installed as anywhere else, by the one door.
static CONTRACTS: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    said(Command::new("make").args(["--silent", "contracts/node_modules/.agio-stamp"]).current_dir(&root));
    root.join("contracts")
});

fn checked(output: Output) -> Vec<u8> {
    let Output { status, stdout, stderr } = output;
    assert!(status.success(), "{status}: {}", String::from_utf8_lossy(&stderr));
    stdout
}

fn said(command: &mut Command) -> Vec<u8> {
    checked(command.output().unwrap())
}

/// A message with its signature, as one case for ethers.js, and what it must answer.
struct Signed {
    case: Value,
    answer: Value,
}

/// What is signed of one domain, at any address of any chain.
macro_rules! sign_each {
    ($random:ident, $signed:ident, $types:ident, $domain:ident: $($message:ty),* $(,)?) => {$(
        $types.insert(<$message>::NAME, <$message>::eip712_encode_type().into_owned());
        for _ in 0..CASES {
            let (chain_id, contract): (u64, Address) = ($random.any(), $random.any());
            let (domain, message) = ($domain::at(chain_id, contract), $random.any::<$message>());
            let about = json!({
                "name": $domain::NAME,
                "version": $domain::VERSION,
                "chainId": chain_id.to_string(),
                "verifyingContract": contract,
            });
            $signed.push(signed($random, about, domain.digest(&message), &message));
        }
    )*};
}

fn signed<M: SolStruct + SolValue>(random: &mut Random, domain: Value, digest: B256, message: &M) -> Signed {
    let key = key(random);
    let signer = PrivateKeySigner::from_bytes(&key).unwrap();
    let signature = Bytes::copy_from_slice(&signer.sign_hash_sync(&digest).unwrap().as_bytes());
    let encoded: Bytes = message.abi_encode().into();
    Signed {
        case: json!({
            "type": M::NAME,
            "domain": domain,
            "encoded": encoded,
            "key": key,
            "signature": signature,
        }),
        answer: json!({
            "structHash": message.eip712_hash_struct(),
            "digest": digest,
            "signature": signature,
            "recovered": signer.address().to_checksum(None),
        }),
    }
}

#[test]
fn ethers_js_hashes_signs_and_recovers_every_message_as_we_do() {
    eprintln!("seed {SEED:#x}");
    let (mut types, mut signed) = (BTreeMap::new(), Vec::new());
    let random = &mut Random::new(9);
    sign_each!(random, signed, types, RegisterDomain:
        Quote, Acceptance, RequestOpening, NonceCancellation, FundingReceipt, PaymentReceipt, Amendment, Notice);
    sign_each!(random, signed, types, OracleDomain:
        Report, Fulfilment, Batch, Revocation, Consent, ConsentWithdrawal);
    sign_each!(random, signed, types, DebtBookDomain: DebtTerms, DebtAcknowledgement, DebtStatement);

    let cases: Vec<_> = signed.iter().map(|signed| &signed.case).collect();
    let question = serde_json::to_vec(&json!({ "types": types, "cases": cases })).unwrap();
    let scratch = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(scratch.path(), question).unwrap();
    let mut node = Command::new("node");
    node.arg("test/harness/ethers.mjs").current_dir(&*CONTRACTS);
    let output = said(node.stdin(Stdio::from(scratch.reopen().unwrap())));
    let answers: Vec<Value> = serde_json::from_slice(&output).unwrap();

    assert_eq!(answers.len(), CASES * 17);
    for (answer, Signed { case, answer: expected }) in answers.iter().zip(&signed) {
        assert_eq!(answer, expected, "ethers.js left, Rust right: {case}");
        let signature: Bytes = serde_json::from_value(answer["signature"].clone()).unwrap();
        let digest: B256 = serde_json::from_value(answer["digest"].clone()).unwrap();
        let recovered = Signature::try_from(signature.as_ref()).unwrap().recover_address_from_prehash(&digest);
        assert_eq!(recovered.unwrap().to_checksum(None), expected["recovered"], "{case}");
    }
}

/// The type of every struct that is declared in a source file, and its hash, by its name.
fn types_of(source: &str) -> BTreeMap<String, (String, B256)> {
    let folder = &*CONTRACTS;
    let output = said(Command::new("bin/forge").args(["eip712", source, "--json"]).current_dir(folder));
    let start = output.iter().position(|byte| *byte == b'[').unwrap();
    let found: Vec<Value> = serde_json::from_slice(&output[start..]).unwrap();
    let read = |each: &Value| {
        let text = |name: &str| each[name].as_str().unwrap().to_owned();
        (text("path"), (text("type"), text("hash").parse().unwrap()))
    };
    found.iter().map(read).collect()
}

fn same<M: SolStruct + Any>(types: &BTreeMap<String, (String, B256)>, random: &mut Random) {
    same_type(types, &random.any::<M>());
}

fn same_type<M: SolStruct>(types: &BTreeMap<String, (String, B256)>, message: &M) {
    let expected = (M::eip712_encode_type().into_owned(), message.eip712_type_hash());
    assert_eq!(types.get(M::NAME), Some(&expected), "{}: Foundry left, Rust right", M::NAME);
}

#[test]
fn forge_reads_the_types_that_we_sign_from_the_sources_of_the_contracts() {
    let random = &mut Random::new(10);
    let register = types_of("src/aggregator/AggregatorTypes.sol");
    same::<Quote>(&register, random);
    same::<CollateralTerms>(&register, random);
    same::<Acceptance>(&register, random);
    same::<Instalment>(&register, random);
    same::<FundingReceipt>(&register, random);
    same::<PaymentReceipt>(&register, random);
    same::<Terms>(&register, random);
    same::<Amendment>(&register, random);
    same::<Notice>(&register, random);
    let oracle = types_of("src/oracle/OracleTypes.sol");
    same::<Report>(&oracle, random);
    same::<Fulfilment>(&oracle, random);
    same::<Revocation>(&oracle, random);
    same::<Consent>(&oracle, random);
    let book = types_of("src/collateral/SignedDebtTypes.sol");
    same::<DebtTerms>(&book, random);
    same::<DebtStatement>(&book, random);
    let hashed = types_of("test/harness/SignedStructs.sol");
    same::<RequestOpening>(&hashed, random);
    same::<NonceCancellation>(&hashed, random);
    same::<Outcome>(&hashed, random);
    same::<Batch>(&hashed, random);
    same::<ConsentWithdrawal>(&hashed, random);
    same::<DebtAcknowledgement>(&hashed, random);
    same_type(&hashed, &OracleConfig { chainId: random.any(), oracle: random.any(), core: random.any() });
    same_type(
        &hashed,
        &OracleCore {
            signers: Vec::new(),
            threshold: random.any(),
            maxScoreStep: random.any(),
            maxBandStep: random.any(),
            maxValidity: random.any(),
            maxEpochGap: random.any(),
            generation: random.any(),
        },
    );
}
