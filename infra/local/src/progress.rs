//! Progress bars on standard error.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The interval at which a bar is drawn again.
const REDRAW_INTERVAL: Duration = Duration::from_millis(200);

/// A bar of `length` steps of `what`.
pub fn bar(length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    bar.enable_steady_tick(REDRAW_INTERVAL);

    match ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
