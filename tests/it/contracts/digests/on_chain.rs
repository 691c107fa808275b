//! Against the libraries of the contracts: struct hashes, leaves, ids and proofs.

use std::fmt::Debug;

use alloy::primitives::{Address, B256, Bytes, keccak256};
use alloy::sol_types::{SolCall, SolStruct, SolValue};
use contracts::digest::merkle::{Tree, is_proven};
use contracts::digest::oracle::{
    Batch, Consent, ConsentWithdrawal, Factor, Fulfilment, Report, Revocation, factor_leaf, in_order, report_leaf,
};
use contracts::digest::register::{
    Acceptance, Amendment, CollateralTerms, FundingReceipt, Instalment, NonceCancellation, Notice, Outcome,
    PaymentReceipt, Quote, RequestOpening, Terms, request_id, schedule_hash,
};

use crate::contracts::harness::{CHAIN_ID, Cases, Digests, Double, Node};
use crate::contracts::random::{Any, Random, SEED};

/// Ten thousand of each family: the structs that are signed, and what proofs are made of.
const CASES: usize = 10_000;

/// What `call` is asked with: the struct as the only argument.
fn call_of<C: SolCall>(message: &impl SolValue) -> Bytes {
    [C::SELECTOR.as_slice(), &message.abi_encode()].concat().into()
}

/// A message that the contract hashes as it comes.
fn add<C: SolCall, M: SolStruct + SolValue + Any + Debug>(cases: &mut Cases, random: &mut Random) {
    let message: M = random.any();
    cases.add_encoded(format!("{message:?}"), call_of::<C>(&message), Ok(message.eip712_hash_struct().into()));
}

/// One struct in turn, so that each gets its share of the cases.
fn add_struct(cases: &mut Cases, random: &mut Random) {
    match cases.len() % 15 {
        0 => add::<Digests::quoteCall, Quote>(cases, random),
        1 => add::<Digests::collateralTermsCall, CollateralTerms>(cases, random),
        2 => add::<Digests::acceptanceCall, Acceptance>(cases, random),
        3 => add::<Digests::fundingReceiptCall, FundingReceipt>(cases, random),
        4 => add::<Digests::paymentReceiptCall, PaymentReceipt>(cases, random),
        5 => add::<Digests::termsCall, Terms>(cases, random),
        6 => add::<Digests::amendmentCall, Amendment>(cases, random),
        7 => add::<Digests::noticeCall, Notice>(cases, random),
        8 => add::<Digests::reportCall, Report>(cases, random),
        9 => add::<Digests::fulfilmentCall, Fulfilment>(cases, random),
        10 => add::<Digests::revocationCall, Revocation>(cases, random),
        11 => add::<Digests::consentCall, Consent>(cases, random),
        12 => {
            let message: Batch = random.any();
            let call = Digests::batchCall { root: message.root, configDigest: message.configDigest };
            cases.add(call, Ok(message.eip712_hash_struct().into()));
        }
        13 => {
            let message: ConsentWithdrawal = random.any();
            let call = Digests::withdrawalCall { consentHash: message.consentHash };
            cases.add(call, Ok(message.eip712_hash_struct().into()));
        }
        _ => add_member_by_member(cases, random),
    }
}

/// Those that the register takes as arguments and not as a struct.
fn add_member_by_member(cases: &mut Cases, random: &mut Random) {
    if random.chance(2) {
        let message: RequestOpening = random.any();
        let hash = message.eip712_hash_struct();
        let RequestOpening { borrower, requestHash, expiresAt } = message;
        cases.add(Digests::requestOpeningCall { borrower, requestHash, expiresAt }, Ok(hash.into()));
    } else {
        let message: NonceCancellation = random.any();
        let hash = message.eip712_hash_struct();
        let NonceCancellation { providerId, word, mask } = message;
        cases.add(Digests::nonceCancellationCall { providerId, word, mask }, Ok(hash.into()));
    }
}

#[tokio::test]
async fn every_signed_struct_has_the_hash_that_the_contracts_compute() {
    eprintln!("seed {SEED:#x}");
    let node = Node::start().await;
    let harness = node.double(Double::Digests).await;
    let mut random = Random::new(7);
    let mut cases = Cases::default();
    while cases.len() < CASES {
        add_struct(&mut cases, &mut random);
    }
    cases.hold(&node, harness).await;
    node.stop().await;
}

/// An outcome as the register takes it: chain, register and request are its own.
fn add_outcome(cases: &mut Cases, random: &mut Random) {
    let outcome = Outcome { chainId: CHAIN_ID.try_into().unwrap(), ..random.any() };
    let leaf = outcome.leaf();
    let Outcome { register, requestId, policyVersion, kind, providerId, contentHash, rank, .. } = outcome;
    let outcome = Digests::Outcome { kind, providerId, contentHash, rank };
    cases.add(Digests::outcomeLeafCall { register, id: requestId, policyVersion, outcome }, Ok(leaf.into()));
}

/// A set in the order that the oracle asks for, and a threshold that it allows.
fn add_signers(cases: &mut Cases, random: &mut Random) {
    let count = random.pick(&[1, 2, 3, 5, 64]);
    let set = in_order(random.list(count, |random| {
        let account = Address::from_word(random.word().into());
        let key: Bytes = random.any();
        [account.as_slice(), &key].concat().into()
    }));
    let threshold = (count / 2 + 1 + random.below(count - count / 2)).try_into().unwrap();
    let hashes: Vec<u8> = set.iter().flat_map(|signer| keccak256(signer).0).collect();
    cases.add(Digests::signersCall { set, threshold }, Ok(keccak256(hashes).into()));
}

/// A proof that holds, or one for something else.
fn add_proof(cases: &mut Cases, random: &mut Random) {
    let count = random.pick(&[1, 2, 3, 8, 13, 64]);
    let leaves: Vec<B256> = random.list(count, |random| keccak256(keccak256(random.word().to_be_bytes::<32>())));
    let leaf = random.pick(&leaves);
    let tree = Tree::over(leaves).unwrap();
    let proof = tree.proof(leaf).unwrap();
    let leaf = if random.chance(4) { random.any() } else { leaf };
    let root = if random.chance(8) { random.any() } else { tree.root() };
    let holds = is_proven(&proof, root, leaf);
    cases.add(Digests::isProvenCall { proof, root, leaf }, Ok(holds.abi_encode().into()));
}

fn add_part_of_a_proof(cases: &mut Cases, random: &mut Random) {
    match cases.len() % 7 {
        0 => add_outcome(cases, random),
        1 => {
            let report: Report = random.any();
            let call = call_of::<Digests::reportLeafCall>(&report);
            cases.add_encoded(format!("{report:?}"), call, Ok(report_leaf(&report).into()));
        }
        2 => {
            let factor: Factor = random.any();
            let call = call_of::<Digests::factorLeafCall>(&factor);
            cases.add_encoded(format!("{factor:?}"), call, Ok(factor_leaf(&factor).into()));
        }
        3 => {
            let schedule: Vec<Instalment> = random.any();
            let call = call_of::<Digests::scheduleCall>(&schedule);
            cases.add_encoded(format!("{schedule:?}"), call, Ok(schedule_hash(&schedule).into()));
        }
        4 => {
            let (borrower, request_hash) = (random.any(), random.any());
            let id = request_id(borrower, request_hash);
            cases.add(Digests::requestIdCall { borrower, requestHash: request_hash }, Ok(id.into()));
        }
        5 => add_signers(cases, random),
        _ => add_proof(cases, random),
    }
}

#[tokio::test]
async fn every_leaf_id_set_and_proof_is_the_contracts_own() {
    eprintln!("seed {SEED:#x}");
    let node = Node::start().await;
    let harness = node.double(Double::Digests).await;
    let mut random = Random::new(8);
    let mut cases = Cases::default();
    while cases.len() < CASES {
        add_part_of_a_proof(&mut cases, &mut random);
    }
    cases.hold(&node, harness).await;
    node.stop().await;
}
