use std::process::ExitCode;

use devnet::{Toolchain, gas};

use super::{Error, say, stop::Stop};

pub(crate) async fn run() -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    let measured = Box::pin(stop.unless_requested(gas::measure(&toolchain))).await?;
    say(&measured.table()?)?;
    for figure in measured.figures()? {
        say(&figure)?;
    }
    Ok(ExitCode::SUCCESS)
}
