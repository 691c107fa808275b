//! The folder of one cluster: `cluster/`, its `log` and its superuser's `password`.

use std::{
    env, fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use alloy::hex;
use tempfile::TempDir;

use super::{Data, PostgresError};
use crate::account::{Account, run_as};

#[derive(Debug)]
pub(super) struct Home {
    pub(super) folder: PathBuf,
    pub(super) password: String,
    is_scratch: bool,
    /// Removes the scratch folder if we fail before any leash does.
    until_leashed: Option<TempDir>,
}

impl Home {
    pub(super) fn open(data: &Data, account: Option<&Account>) -> Result<Self, PostgresError> {
        let (folder, until_leashed) = match data {
            Data::Scratch => {
                let scratch = scratch(account)?;
                (scratch.path().to_owned(), Some(scratch))
            }
            Data::Folder(folder) => (kept(folder, account)?, None),
        };
        let password = password(&folder.join("password"), account)?;
        Ok(Self { folder, password, is_scratch: until_leashed.is_some(), until_leashed })
    }

    /// From here on the scratch folder is the leash's to remove.
    pub(super) fn is_leashed(&mut self) {
        if let Some(folder) = self.until_leashed.take() {
            let _ = folder.keep();
        }
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    pub(super) fn password_file(&self) -> PathBuf {
        self.folder.join("password")
    }

    pub(super) fn scratch(&self) -> Option<PathBuf> {
        self.is_scratch.then(|| self.folder.clone())
    }
}

/// Root's TMPDIR is not always open to others, so the usual places are tried after it.
fn scratch(account: Option<&Account>) -> Result<TempDir, PostgresError> {
    let tried = vec![env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")];
    for parent in &tried {
        let Ok(folder) = tempfile::Builder::new()
            .prefix("agio-postgres-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(parent)
        else {
            continue;
        };
        if let Some(account) = account {
            account.take(folder.path()).map_err(|e| io_error(folder.path(), e))?;
        }
        if is_usable(folder.path(), account) {
            return Ok(folder);
        }
    }
    Err(PostgresError::NoScratch { tried })
}

fn kept(folder: &Path, account: Option<&Account>) -> Result<PathBuf, PostgresError> {
    let made = !folder.exists();
    if made {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| io_error(folder, source))?;
    }
    // Postgres runs inside this folder, where a relative path would mean something else.
    let folder = folder.canonicalize().map_err(|source| io_error(folder, source))?;
    if let Some(account) = account.filter(|_| made) {
        account.take(&folder).map_err(|source| io_error(&folder, source))?;
    }
    if is_usable(&folder, account) {
        return Ok(folder);
    }
    let account = account.map_or_else(|| "(the caller)".to_owned(), |account| account.name.clone());
    Err(PostgresError::Unreachable { folder, account })
}

/// Whether `account` may write into `folder`. Asked by trying as that account: permissions of every folder above count.
fn is_usable(folder: &Path, account: Option<&Account>) -> bool {
    let mut command = Command::new("sh");
    command
        .args(["-c", r#"test -w "$1" && test -x "$1""#, "sh"])
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    run_as(&mut command, account);
    command.status().is_ok_and(|status| status.success())
}

/// The password in `file`, or a new one written there for initdb to read.
fn password(file: &Path, account: Option<&Account>) -> Result<String, PostgresError> {
    match fs::read_to_string(file) {
        Ok(password) => return Ok(password.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io_error(file, error)),
    }
    let password = hex::encode(rand::random::<[u8; 16]>());
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut opened| writeln!(opened, "{password}"))
        .and_then(|()| account.map_or(Ok(()), |account| account.take(file)));
    written.map_err(|source| io_error(file, source))?;
    Ok(password)
}

fn io_error(path: &Path, source: io::Error) -> PostgresError {
    let path = PathBuf::from(path);
    PostgresError::Io { path, source }
}
