//! Which Postgres to run: the one named by `AGIO_PG_BIN`, else the pinned package from npm, else the system's.
//!
//! A candidate counts only if the account that Postgres will run under can really execute it: a project under `/root`
//! is closed to every other account, and a packaged binary may not fit the system's C library.

use std::{
    env, fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    account::{Account, run_as},
    toolchain::{Toolchain, ToolchainError},
};

/// The oldest release whose features the migrations may use.
const OLDEST_MAJOR: u32 = 15;

#[derive(Debug, thiserror::Error)]
pub enum BinariesError {
    #[error("AGIO_PG_BIN={bin} holds no usable Postgres {OLDEST_MAJOR} or later: {why}")]
    Named { bin: PathBuf, why: String },
    #[error(
        "no usable Postgres. The packaged one: {packaged}. The system's: {system}. \
         Install Postgres {OLDEST_MAJOR} or later, or set AGIO_PG_BIN to the folder of its programs"
    )]
    None { packaged: String, system: String },
}

/// The folder with `postgres` and `initdb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    pub bin: PathBuf,
    pub major: u32,
}

impl Binaries {
    /// The first usable candidate.
    pub async fn find(toolchain: &Toolchain, account: Option<&Account>) -> Result<Self, BinariesError> {
        if let Some(bin) = env::var_os("AGIO_PG_BIN").map(PathBuf::from) {
            return Self::probe(&bin, account).map_err(|why| BinariesError::Named { bin, why });
        }
        let packaged = match Self::packaged(toolchain, account).await {
            Ok(found) => return Ok(found),
            Err(why) => why,
        };
        tracing::warn!(%packaged, "the packaged Postgres is not usable; looking for the system's");
        match Self::of_the_system(Path::new("/usr/lib/postgresql"), account) {
            Ok(found) => Ok(found),
            Err(system) => Err(BinariesError::None { packaged, system }),
        }
    }

    async fn packaged(toolchain: &Toolchain, account: Option<&Account>) -> Result<Self, String> {
        let native = toolchain.postgres().await.map_err(|e: ToolchainError| e.to_string())?;
        let first = match Self::probe(&native.join("bin"), account) {
            Ok(found) => return Ok(found),
            Err(why) => why,
        };
        let Some(account) = account else {
            return Err(first);
        };
        let copy = readable_copy(&native, toolchain.lock_digest())
            .map_err(|e| format!("{first}; and it cannot be copied to where it could: {e}"))?;
        Self::probe(&copy.join("bin"), Some(account))
    }

    /// Debian's layout, newest first.
    fn of_the_system(root: &Path, account: Option<&Account>) -> Result<Self, String> {
        let Ok(entries) = fs::read_dir(root) else {
            return Err(format!("no {}", root.display()));
        };
        let mut majors: Vec<u32> =
            entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        majors.sort_unstable_by(|a, b| b.cmp(a));
        let mut why = format!("none in {}", root.display());
        for major in majors {
            match Self::probe(&root.join(major.to_string()).join("bin"), account) {
                Ok(found) => return Ok(found),
                Err(reason) => why = reason,
            }
        }
        Err(why)
    }

    /// Runs `postgres --version` and looks for `initdb`, as `account`.
    fn probe(bin: &Path, account: Option<&Account>) -> Result<Self, String> {
        let mut major = 0;
        for program in ["initdb", "postgres"] {
            let path = bin.join(program);
            let mut command = Command::new(&path);
            command.arg("--version").current_dir("/").stdin(Stdio::null());
            run_as(&mut command, account);
            let output = command.output().map_err(|e| format!("{}: {e}", path.display()))?;
            let said = String::from_utf8_lossy(&output.stdout);
            let Some(version) = major_version(&said).filter(|_| output.status.success()) else {
                let complaint = String::from_utf8_lossy(&output.stderr);
                return Err(format!("{} --version said: {said}{complaint}", path.display()));
            };
            major = version;
        }
        if major < OLDEST_MAJOR {
            return Err(format!("{} is Postgres {major}, older than {OLDEST_MAJOR}", bin.display()));
        }
        let bin = bin.to_owned();
        Ok(Self { bin, major })
    }
}

/// `postgres (PostgreSQL) 18.4` or `initdb (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major_version(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(|letter| letter.is_ascii_digit()).collect();
    digits.parse().ok()
}

/// Copies the package to the temporary folder, where every account can read it, once per version.
///
/// The name is predictable, so a folder that is not our own is refused: root would run what a stranger put there.
fn readable_copy(native: &Path, lock_digest: &str) -> io::Result<PathBuf> {
    let short = lock_digest.get(..16).unwrap_or(lock_digest);
    let target = Path::new("/tmp").join(format!("agio-postgres-programs-{short}"));
    let staging = tempfile::Builder::new().prefix("agio-postgres-programs-").tempdir_in("/tmp")?;
    let us = fs::metadata(staging.path())?.uid();
    if let Ok(found) = fs::symlink_metadata(&target) {
        let ours = found.is_dir() && found.uid() == us && found.mode() & 0o022 == 0;
        return ours
            .then_some(target.clone())
            .ok_or_else(|| io::Error::other(format!("{} belongs to someone else", target.display())));
    }
    let copy = staging.path().join("copy");
    copy_readable(native, &copy)?;
    match fs::rename(&copy, &target) {
        // Another process was faster, and it is the same package.
        Err(_) if target.is_dir() => Ok(target),
        result => result.map(|()| target),
    }
}

fn copy_readable(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    // Set afterwards: a strict umask would close what is made or was installed under it.
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, source, target) = (entry.file_type()?, entry.path(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy_readable(&source, &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else {
            fs::copy(&source, &target)?;
            let executable = entry.metadata()?.mode() & 0o100 != 0;
            let mode = if executable { 0o755 } else { 0o644 };
            fs::set_permissions(&target, fs::Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_every_known_form() {
        let table = [
            ("postgres (PostgreSQL) 18.4\n", Some(18)),
            ("initdb (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", Some(15)),
            ("postgres (PostgreSQL) 19beta1", Some(19)),
            ("cannot open shared object file", None),
            ("", None),
        ];
        for (said, major) in table {
            assert_eq!(major_version(said), major, "{said}");
        }
    }

    #[test]
    fn a_copy_is_readable_by_all_and_keeps_links_and_what_is_executable() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("bin"))?;
        for (name, mode) in [("bin/program", 0o700), ("library.so.1", 0o600)] {
            fs::write(from.join(name), name)?;
            fs::set_permissions(from.join(name), fs::Permissions::from_mode(mode))?;
        }
        fs::set_permissions(from.join("bin"), fs::Permissions::from_mode(0o700))?;
        std::os::unix::fs::symlink("library.so.1", from.join("library.so"))?;
        copy_readable(&from, &to)?;
        let mode = |name: &str| fs::metadata(to.join(name)).map(|found| found.mode() & 0o777);
        assert_eq!(mode("bin")?, 0o755);
        assert_eq!(mode("bin/program")?, 0o755);
        assert_eq!(mode("library.so.1")?, 0o644);
        let link = fs::read_link(to.join("library.so"))?;
        assert_eq!(link, Path::new("library.so.1"));
        Ok(())
    }
}
