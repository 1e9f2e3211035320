//! Lines on standard output, whose reader may leave early.

use std::{
    error::Error,
    fmt::Display,
    io::{self, ErrorKind, Write},
};

use thiserror::Error as ThisError;

/// The standard output, or a buffer in a test.
pub type Output<'a> = &'a mut (dyn Write + Send);

/// A line cannot be printed.
#[derive(Debug, ThisError)]
pub enum PrintError {
    /// The reader is gone, as `head` is after its last line. This ends the program without a message.
    #[error("the reader of the output is gone")]
    ReaderGone,
    /// The output cannot be written for another reason.
    #[error("the output cannot be written")]
    Write(#[source] io::Error),
}

/// Prints a line.
pub fn line(output: Output<'_>, text: impl Display) -> Result<(), PrintError> {
    match writeln!(output, "{text}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(PrintError::ReaderGone),
        Err(error) => Err(PrintError::Write(error)),
    }
}

/// Whether an error, or one of its causes, is that the reader of the output is gone.
#[must_use]
pub fn is_reader_gone(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source()).any(|error| {
        matches!(
            error.downcast_ref::<PrintError>(),
            Some(PrintError::ReaderGone)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer whose every write fails.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_broken_pipe_means_that_the_reader_is_gone_and_another_error_does_not() {
        for (kind, expected) in [
            (ErrorKind::BrokenPipe, true),
            (ErrorKind::StorageFull, false),
        ] {
            let error = line(&mut Failing(kind), "text").unwrap_err();
            assert_eq!(is_reader_gone(&error), expected, "{kind}");
        }
    }
}
