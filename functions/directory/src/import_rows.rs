use axum::extract::Request;
use reinvite_domain::{
    Zone,
    import::{ImportRow, parse},
};
use reinvite_web::{Problem, ProblemKind, read_body};

/// The most lines of a file, not counting the header.
const MAX_LINES: usize = 5_000;

/// Reads the CSV file in the body of a request. Dates and local times are in `time_zone`.
///
/// # Errors
///
/// 415, 413, or 422 with every wrong line.
pub async fn read_import_rows(
    request: Request,
    time_zone: Zone,
) -> Result<Vec<ImportRow>, Problem> {
    let file = read_body(request, "text/csv").await?;
    if count_lines(&file) > MAX_LINES + 1 {
        return Err(Problem::new(
            ProblemKind::TooLarge,
            "The file must not have more than 5,000 lines besides its header.",
        ));
    }

    parse(&file, time_zone).map_err(|errors| Problem::lines(ProblemKind::Invalid, errors))
}

/// Counts the lines that are not empty. A line break in quotes counts, too, but no column may hold
/// one.
fn count_lines(file: &[u8]) -> usize {
    file.split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !line.is_empty())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        assert_eq!(count_lines(b"login_id\r\na\r\nb\r\n"), 3);
        assert_eq!(count_lines(b"login_id\na\n\nb"), 3);
        assert_eq!(count_lines(b"login_id\ra"), 2);
        assert_eq!(count_lines(b""), 0);
    }
}
