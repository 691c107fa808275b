//! Tables as RFC 4180 has them: fields between commas, in quotes where they need them, lines that end with CR and LF.

use std::io::{self, Write};

/// Takes a table, row by row: the names of the columns, and then as many fields in each row.
pub trait Rows {
    /// # Errors
    /// Those of what it is written to.
    fn row(&mut self, fields: &[&str]) -> io::Result<()>;
}

/// Writes each row as it comes.
#[derive(Debug)]
pub struct Csv<W> {
    out: W,
}

impl<W: Write> Csv<W> {
    #[must_use]
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// What was written to.
    #[must_use]
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Rows for Csv<W> {
    fn row(&mut self, fields: &[&str]) -> io::Result<()> {
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                self.out.write_all(b",")?;
            }
            if field.contains(['"', ',', '\r', '\n']) {
                write!(self.out, "\"{}\"", field.replace('"', "\"\""))?;
            } else {
                self.out.write_all(field.as_bytes())?;
            }
        }
        self.out.write_all(b"\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_would_break_its_line_stands_in_quotes() {
        let mut out = Vec::new();
        Csv::new(&mut out).row(&["plain", "", "a,b", "say \"so\"", "two\nlines"]).unwrap();
        let expected = "plain,,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\"\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
