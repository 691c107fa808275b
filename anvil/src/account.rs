//! The operating-system account that a foreign program runs under.
//!
//! Postgres refuses to run as root, and in a container everything is root. So a root caller lends Postgres another
//! account: `postgres` where there is one, else `nobody`. Anyone else runs it as themselves.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

/// Accounts that a root caller may use for Postgres, the best first.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("cannot ask `id` who runs this: {0}")]
    Id(#[from] io::Error),
    #[error("`id {question}` answered `{answer}`, which is no number")]
    Malformed { question: String, answer: String },
    #[error(
        "Postgres does not run as root and there is no account `postgres` or `nobody` to run it as; create one, or start this as another user"
    )]
    NoneUnprivileged,
}

/// An account other than the caller's own, which only root can switch to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// The account to run Postgres under; `None` means the caller's own.
    pub fn unprivileged() -> Result<Option<Self>, AccountError> {
        if id(&["-u"])? != Some(0) {
            return Ok(None);
        }
        for name in UNPRIVILEGED {
            if let (Some(uid), Some(gid)) = (id(&["-u", name])?, id(&["-g", name])?) {
                return Ok(Some(Self { name: name.to_owned(), uid, gid }));
            }
        }
        Err(AccountError::NoneUnprivileged)
    }

    /// Hands `path` to this account.
    pub fn take(&self, path: &Path) -> io::Result<()> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
    }
}

/// A number that `id` prints; `None` when it knows no such account.
fn id(arguments: &[&str]) -> Result<Option<u32>, AccountError> {
    let output = Command::new("id").args(arguments).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Ok(None);
    }
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match answer.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(AccountError::Malformed { question: arguments.join(" "), answer }),
    }
}

/// Makes `command` run as `account`. The standard library drops root's supplementary groups with the user id.
pub(crate) fn run_as(command: &mut Command, account: Option<&Account>) {
    if let Some(account) = account {
        use std::os::unix::process::CommandExt;
        command.uid(account.uid).gid(account.gid);
    }
}
