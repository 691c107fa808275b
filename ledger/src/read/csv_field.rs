//! Tables as RFC 4180 has them: fields between commas, in quotes where they need them, lines that end with CR and LF.

use std::io::{self, Write};

/// Writes one line.
pub(super) fn write_row(out: &mut impl Write, fields: &[&str]) -> io::Result<()> {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            out.write_all(b",")?;
        }
        if field.contains(['"', ',', '\r', '\n']) {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            out.write_all(field.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_would_break_its_line_stands_in_quotes() {
        let mut out = Vec::new();
        write_row(&mut out, &["plain", "", "a,b", "say \"so\"", "two\nlines"]).unwrap();
        let expected = "plain,,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\"\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
