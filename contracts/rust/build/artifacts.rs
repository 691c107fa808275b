//! What is kept of each contract: its interface, and its creation code with the holes that addresses of libraries fill.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use foundry_compilers::artifacts::BytecodeObject;
use serde::Serialize;

use crate::project::Compiled;

/// Where the files lie, relative to the crate.
pub(crate) const FOLDER: &str = "artifacts";

/// Contracts that are deployed or called from Rust, by the file that holds them; those of `test` on local chains only.
const KEPT: [(&str, &str); 21] = [
    ("node_modules/@openzeppelin/contracts/access/manager/AccessManager.sol", "AccessManager"),
    ("src/aggregator/ArrearsLogic.sol", "ArrearsLogic"),
    ("src/aggregator/CreditAggregator.sol", "CreditAggregator"),
    ("src/aggregator/FundingLogic.sol", "FundingLogic"),
    ("src/aggregator/IProtocolDebt.sol", "IProtocolDebt"),
    ("src/aggregator/QuoteLogic.sol", "QuoteLogic"),
    ("src/aggregator/RequestLogic.sol", "RequestLogic"),
    ("src/collateral/CollateralManager.sol", "CollateralManager"),
    ("src/collateral/RiskPolicy.sol", "RiskPolicy"),
    ("src/collateral/SignedDebtBook.sol", "SignedDebtBook"),
    ("src/example/GatedLender.sol", "GatedLender"),
    ("src/interfaces/AggregatorV3Interface.sol", "AggregatorV3Interface"),
    ("src/oracle/CreditScoringOracle.sol", "CreditScoringOracle"),
    ("src/oracle/ScoreFeed.sol", "ScoreFeed"),
    ("src/oracle/ScoreFeedFactory.sol", "ScoreFeedFactory"),
    ("test/collateral/StubBook.sol", "StubBook"),
    ("test/feeds/ScriptedFeed.sol", "FreshFeed"),
    ("test/harness/Calls.sol", "Calls"),
    ("test/harness/Digests.sol", "Digests"),
    ("test/harness/Formulas.sol", "Formulas"),
    ("test/tokens/PlainToken.sol", "PlainToken"),
];

/// Functions whose structs have more members than the bindings' tuples take. `bindings::loans` reads the same words as
/// structs within structs.
const LEFT_OUT: [(&str, &str); 1] = [("CreditAggregator", "loanOf")];

pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The shape of a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept<'a> {
    contract: &'a str,
    source: &'a str,
    abi: serde_json::Value,
    /// Hex with `0x`; the digits of a hole are those that the compiler left there.
    creation_code: String,
    /// Name of a library, and the bytes at which its address goes.
    holes: BTreeMap<String, Vec<usize>>,
}

pub(crate) fn sources() -> impl Iterator<Item = &'static str> {
    KEPT.iter().map(|(source, _)| *source)
}

pub(crate) fn of(compiled: &Compiled) -> Result<Vec<File>, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    for (source, contract) in KEPT {
        let (_, artifact) = compiled
            .iter()
            .find(|(id, _)| id.name == contract && id.source == Path::new(source))
            .ok_or_else(|| format!("{source} holds no {contract}"))?;
        let abi = artifact.abi.as_ref().ok_or_else(|| format!("{contract} has no interface"))?;
        let bytecode = artifact.bytecode.as_ref().ok_or_else(|| format!("{contract} has no code"))?;
        let creation_code = match &bytecode.object {
            BytecodeObject::Bytecode(code) => code.to_string(),
            BytecodeObject::Unlinked(code) => format!("0x{}", code.trim_start_matches("0x")),
        };
        let mut holes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (library, offsets) in bytecode.link_references.values().flatten() {
            let starts = offsets.iter().map(|offset| usize::try_from(offset.start)).collect::<Result<Vec<_>, _>>()?;
            holes.entry(library.clone()).or_default().extend(starts);
        }
        let mut abi = abi.clone();
        for (_, function) in LEFT_OUT.iter().filter(|(of, _)| *of == contract) {
            abi.functions.remove(*function).ok_or_else(|| format!("{contract} has no function {function}"))?;
        }
        let kept = Kept { contract, source, abi: serde_json::to_value(abi)?, creation_code, holes };
        let path = Path::new(FOLDER).join(format!("{contract}.json"));
        files.push(File { path, text: serde_json::to_string_pretty(&kept)? + "\n" });
    }
    Ok(files)
}
