//! Tables for people and for machines, from the same rows.

use std::io::{self, BufWriter, Stdout, Write as _};

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use domain::asset::AssetRegistry;
use ledger::{Csv, Rows, Tables};

/// Where rows go.
pub(super) enum Output {
    Csv(Csv<BufWriter<Stdout>>),
    /// Kept until the table is shown: its columns are as wide as their widest field.
    Table(Box<Table>),
}

impl Rows for Output {
    fn row(&mut self, fields: &[&str]) -> io::Result<()> {
        match self {
            Self::Csv(csv) => csv.row(fields),
            Self::Table(table) if table.header().is_none() => {
                table.set_header(fields);
                Ok(())
            }
            Self::Table(table) => {
                table.add_row(fields);
                Ok(())
            }
        }
    }
}

impl Output {
    pub(super) fn new(csv: bool) -> Self {
        if csv {
            return Self::Csv(Csv::new(BufWriter::new(io::stdout())));
        }
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED);
        Self::Table(Box::new(table))
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv(csv) => csv.into_inner().flush(),
            Self::Table(table) => writeln!(io::stdout().lock(), "{table}"),
        }
    }
}

/// Shows what is written as one table.
pub(super) fn show(
    csv: bool,
    registry: &AssetRegistry,
    write: impl FnOnce(&mut Tables<'_, Output>) -> io::Result<()>,
) -> io::Result<()> {
    let mut tables = Tables::new(Output::new(csv), registry);
    write(&mut tables)?;
    tables.into_inner().finish()
}
