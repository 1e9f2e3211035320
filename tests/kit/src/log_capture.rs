//! Captures the log of a test.

use std::{
    io,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use tracing::{
    Dispatch, Level,
    subscriber::{DefaultGuard, NoSubscriber},
};
use tracing_subscriber::fmt::MakeWriter;

/// Takes no line. While a process has only one dispatcher, `tracing` lets the thread that first reaches a line decide for all
/// threads whether anybody wants it. With this one besides, it asks every dispatcher.
static SECOND_DISPATCHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// The log lines since the capture began.
#[derive(Clone, Default)]
pub struct LogCapture(Arc<Mutex<Vec<u8>>>);

impl LogCapture {
    /// Captures the lines of this thread from `max_level` upwards, until the guard is dropped.
    #[must_use]
    pub fn begin(max_level: Level) -> (Self, DefaultGuard) {
        LazyLock::force(&SECOND_DISPATCHER);
        let capture = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(max_level)
            .with_writer(capture.clone())
            .finish();

        (capture, tracing::subscriber::set_default(subscriber))
    }

    /// The captured lines.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for LogCapture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogCapture {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_another_thread_reached_first_is_captured() {
        let reach = || tracing::info!("reached");
        let (log, _guard) = LogCapture::begin(Level::INFO);

        std::thread::scope(|scope| {
            scope.spawn(reach);
        });
        reach();

        assert_eq!(log.text().matches("reached").count(), 1);
    }
}
