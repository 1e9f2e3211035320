//! The log lines of a function, on standard output.

use tracing_subscriber::filter::LevelFilter;

use crate::Variables;

/// Writes log lines to the standard output, from the level and in the format that Lambda's variables name.
///
/// The runtime's own subscriber takes a filter for each module, too. Its regular expressions would be about a tenth of a function.
///
/// # Panics
///
/// If the process writes log lines already.
pub fn write_log_lines(variables: &Variables) {
    let level = variables.get("AWS_LAMBDA_LOG_LEVEL");
    let lines = tracing_subscriber::fmt()
        .with_target(false)
        .without_time()
        .with_max_level(least_level(level.map_or("", String::as_str)));

    match variables.get("AWS_LAMBDA_LOG_FORMAT") {
        Some(format) if format.eq_ignore_ascii_case("json") => lines.json().init(),
        _ => lines.init(),
    }
}

/// The level from which lines are written, by Lambda's name for it.
fn least_level(name: &str) -> LevelFilter {
    match name {
        // An empty name would parse as `ERROR`.
        "" => LevelFilter::INFO,
        "FATAL" => LevelFilter::ERROR,
        name => name.parse().unwrap_or(LevelFilter::INFO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_of_lambda_is_known_and_others_are_info() {
        for (name, level) in [
            ("TRACE", LevelFilter::TRACE),
            ("DEBUG", LevelFilter::DEBUG),
            ("INFO", LevelFilter::INFO),
            ("WARN", LevelFilter::WARN),
            ("ERROR", LevelFilter::ERROR),
            ("FATAL", LevelFilter::ERROR),
            ("", LevelFilter::INFO),
            ("loud", LevelFilter::INFO),
        ] {
            assert_eq!(least_level(name), level, "{name}");
        }
    }
}
