//! Lines of output whose reader may leave.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Prints a line. A reader who has gone, as of `agio … | head`, is no fault and ends nothing: a command that changes something
/// goes on without being heard.
pub(super) fn say(line: impl Display) -> io::Result<()> {
    say_to(&mut io::stdout().lock(), line)
}

fn say_to(out: &mut impl Write, line: impl Display) -> io::Result<()> {
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Refusing(ErrorKind);

    impl Write for Refusing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_has_gone_is_no_error_and_a_full_disk_is() {
        let mut written = Vec::new();
        assert!(say_to(&mut written, "a line").is_ok());
        assert_eq!(written, b"a line\n");
        assert!(say_to(&mut Refusing(ErrorKind::BrokenPipe), "a line").is_ok());
        assert!(say_to(&mut Refusing(ErrorKind::StorageFull), "a line").is_err());
    }
}
