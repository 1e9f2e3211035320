use tracing_subscriber::filter::LevelFilter;

use crate::Variables;

/// Writes log lines to the standard output, from the level and in the format that Lambda's variables name. At first from `INFO`.
///
/// The runtime's own subscriber takes a filter for each module, too. Its regular expressions would be a twentieth of a function.
///
/// # Panics
///
/// If the process writes log lines already.
pub fn write_log_lines(variables: &Variables) {
    let level = variables
        .get("AWS_LAMBDA_LOG_LEVEL")
        .and_then(|name| name.parse().ok());
    let lines = tracing_subscriber::fmt()
        .with_target(false)
        .without_time()
        .with_max_level(level.unwrap_or(LevelFilter::INFO));

    match variables.get("AWS_LAMBDA_LOG_FORMAT") {
        Some(format) if format.eq_ignore_ascii_case("json") => lines.json().init(),
        _ => lines.init(),
    }
}
