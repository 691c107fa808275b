//! The sources, compiled as `foundry.toml` says.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use foundry_compilers::artifacts::{BytecodeHash, ConfigurableContractArtifact, SettingsMetadata};
use foundry_compilers::artifacts::{EvmVersion, Settings, output_selection::OutputSelection, remappings::Remapping};
use foundry_compilers::solc::{Solc, SolcCompiler, SolcSettings};
use foundry_compilers::{ArtifactId, ConfigurableArtifacts, ProjectBuilder, ProjectPathsConfig};

type Error = Box<dyn std::error::Error>;

/// Each contract with the file that holds it, relative to the folder of `foundry.toml`.
pub(crate) type Compiled = Vec<(ArtifactId, ConfigurableContractArtifact)>;

#[derive(Debug, serde::Deserialize)]
struct Foundry {
    profile: Profiles,
}

#[derive(Debug, serde::Deserialize)]
struct Profiles {
    default: Profile,
}

/// What of the default profile the bytes depend on.
#[derive(Debug, serde::Deserialize)]
struct Profile {
    src: PathBuf,
    libs: Vec<PathBuf>,
    remappings: Vec<String>,
    solc: PathBuf,
    evm_version: String,
    optimizer: bool,
    optimizer_runs: usize,
    bytecode_hash: String,
    cbor_metadata: bool,
}

/// Compiles `files`, relative to `root`, and what they import.
pub(crate) fn compile(root: &Path, files: impl Iterator<Item = &'static str>) -> Result<Compiled, Error> {
    let profile = toml::from_str::<Foundry>(&std::fs::read_to_string(root.join("foundry.toml"))?)?.profile.default;
    let remappings: Vec<Remapping> =
        profile.remappings.iter().map(|text| Remapping::from_str(text)).collect::<Result<_, _>>()?;
    let paths = ProjectPathsConfig::builder()
        .sources(root.join(&profile.src))
        .libs(profile.libs.iter().map(|lib| root.join(lib)))
        .remappings(remappings)
        .build_with_root(root);
    let solc = SolcCompiler::Specific(Solc::new(root.join(&profile.solc))?);
    let project = ProjectBuilder::<SolcCompiler>::new(ConfigurableArtifacts::default())
        .paths(paths)
        .settings(SolcSettings { settings: settings(&profile)?, ..SolcSettings::default() })
        .ephemeral()
        .no_artifacts()
        .offline()
        .build(solc)?;
    let output = project.compile_files(files.map(|file| root.join(file)))?;
    if output.has_compiler_errors() {
        return Err(output.to_string().into());
    }
    Ok(output.with_stripped_file_prefixes(root).into_artifacts().collect())
}

fn settings(profile: &Profile) -> Result<Settings, Error> {
    let mut settings = Settings {
        evm_version: Some(EvmVersion::from_str(&profile.evm_version)?),
        metadata: Some(SettingsMetadata {
            bytecode_hash: Some(BytecodeHash::from_str(&profile.bytecode_hash)?),
            cbor_metadata: Some(profile.cbor_metadata),
            use_literal_content: None,
        }),
        output_selection: OutputSelection::default_output_selection(),
        ..Settings::default()
    };
    settings.optimizer.enabled = Some(profile.optimizer);
    settings.optimizer.runs = Some(profile.optimizer_runs);
    Ok(settings)
}
