//! The CSV format of users: checked whole before anything is written.

use std::collections::HashMap;

use chrono_tz::Tz;
use csv::{ReaderBuilder, StringRecord};
use serde::Serialize;

use crate::user_fields::{FIELDS, FieldChange, check_login_id, field, group_path};

/// One line of a file, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    /// Where it stands, from 1.
    pub line: u64,
    /// The key.
    pub login_id: String,
    /// The changes of the columns that are there, but groups.
    pub changes: Vec<FieldChange>,
    /// The paths of the groups; `None` where there is no such column.
    pub groups: Option<Vec<Vec<String>>>,
}

/// A wrong cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineError {
    /// The line, from 1; the header is line 1.
    pub line: u64,
    /// The column's name; none where the line as a whole is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The rule it breaks.
    pub detail: String,
}

/// No more wrong cells than this are told.
pub const MAX_LINE_ERRORS: usize = 1_000;

/// Reads a whole file, or says every line that is wrong, up to [`MAX_LINE_ERRORS`].
///
/// ```
/// use reinvite_domain::import::parse;
///
/// let rows = parse("login_id,email\naiko,aiko@example.jp\n".as_bytes(), chrono_tz::UTC).unwrap();
/// assert_eq!((rows[0].line, &*rows[0].login_id), (2, "aiko"));
/// let errors = parse("login_id,email\naiko,nowhere\n".as_bytes(), chrono_tz::UTC).unwrap_err();
/// assert_eq!((errors[0].line, errors[0].column.as_deref()), (2, Some("email")));
/// ```
pub fn parse(file: &[u8], zone: Tz) -> Result<Vec<ImportRow>, Vec<LineError>> {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    if let Some(line) = unclosed_quote(file) {
        let detail = "must close the quote that it opens: is the file cut off?".into();
        return Err(vec![LineError {
            line,
            column: None,
            detail,
        }]);
    }
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
    let header = reader
        .headers()
        .map_err(|error| vec![unreadable(&error)])?
        .clone();
    check_header(&header)?;
    let mut errors = Vec::new();
    let mut rows = Vec::new();
    let mut seen = HashMap::new();
    for record in reader.records() {
        if errors.len() >= MAX_LINE_ERRORS {
            break;
        }
        match record {
            Ok(record) => rows.extend(read_line(&header, &record, zone, &mut seen, &mut errors)),
            Err(error) => errors.push(unreadable(&error)),
        }
    }
    errors.truncate(MAX_LINE_ERRORS);
    if errors.is_empty() {
        Ok(rows)
    } else {
        Err(errors)
    }
}

fn check_header(header: &StringRecord) -> Result<(), Vec<LineError>> {
    let known = |name: &str| {
        name == "login_id" || name == "groups" || FIELDS.iter().any(|(column, _)| *column == name)
    };
    let mut errors = Vec::new();
    let mut wrong = |name: &str, detail: &str| {
        errors.push(LineError {
            line: 1,
            column: Some(name.into()),
            detail: detail.into(),
        });
    };
    for (index, name) in header.iter().enumerate() {
        if !known(name) {
            wrong(name, "is not a column of users");
        } else if header.iter().take(index).any(|earlier| earlier == name) {
            wrong(name, "must not be there twice");
        }
    }
    if header.iter().all(|name| name != "login_id") {
        wrong("login_id", "must be there: it is the key");
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn read_line(
    header: &StringRecord,
    record: &StringRecord,
    zone: Tz,
    seen: &mut HashMap<String, u64>,
    errors: &mut Vec<LineError>,
) -> Option<ImportRow> {
    let line = record.position().map_or(0, csv::Position::line);
    let before = errors.len();
    if record.len() != header.len() {
        let detail = format!(
            "must have {} cells as the header does, not {}",
            header.len(),
            record.len()
        );
        errors.push(LineError {
            line,
            column: None,
            detail,
        });
        return None;
    }
    let mut row = ImportRow {
        line,
        login_id: String::new(),
        changes: Vec::new(),
        groups: None,
    };
    for (column, cell) in header.iter().zip(record) {
        let cell = cell.trim();
        let read = match column {
            "login_id" => check_login_id(cell).and_then(|()| {
                row.login_id = cell.into();
                match seen.insert(cell.into(), line) {
                    Some(earlier) => Err(format!(
                        "must not be there twice: line {earlier} has it too"
                    )),
                    None => Ok(()),
                }
            }),
            "groups" => read_groups(cell).map(|paths| row.groups = Some(paths)),
            _ => field(column, cell, zone).map(|change| row.changes.push(change)),
        };
        if let Err(detail) = read {
            errors.push(LineError {
                line,
                column: Some(column.into()),
                detail,
            });
        }
    }
    (errors.len() == before).then_some(row)
}

fn read_groups(cell: &str) -> Result<Vec<Vec<String>>, String> {
    cell.split(';')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(group_path)
        .collect()
}

/// The line of a quote that is opened at the beginning of a cell, and not closed (RFC 4180).
fn unclosed_quote(file: &[u8]) -> Option<u64> {
    let (mut line, mut opened, mut begins) = (1, None, true);
    for byte in file {
        match (byte, opened) {
            (b'"', None) if begins => opened = Some(line),
            // Doubled within a cell, the second opens it again.
            (b'"', Some(_)) => opened = None,
            _ => {}
        }
        line += u64::from(*byte == b'\n');
        begins = opened.is_none() && matches!(byte, b',' | b'\n' | b'\r' | b'"');
    }
    opened
}

fn unreadable(error: &csv::Error) -> LineError {
    let line = error.position().map_or(1, csv::Position::line);
    let detail = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "must be UTF-8".into(),
        _ => error.to_string(),
    };
    LineError {
        line,
        column: None,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(file: &str) -> Vec<(u64, String)> {
        let errors = parse(file.as_bytes(), Tz::UTC).unwrap_err();
        errors
            .into_iter()
            .map(|error| (error.line, error.column.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_byte_order_mark_quotes_and_any_order_of_columns_are_fine() {
        let file = "\u{FEFF}groups,login_id\r\n\"Sales/Tokyo; Sales\",\"a,b\"\r\n,c\r\n";
        let rows = parse(file.as_bytes(), Tz::UTC).unwrap();
        assert_eq!(rows[0].login_id, "a,b");
        assert_eq!(
            rows[0].groups,
            Some(vec![
                vec!["Sales".into(), "Tokyo".into()],
                vec!["Sales".into()]
            ])
        );
        assert_eq!(rows[1].groups, Some(vec![]));
        assert_eq!(rows[1].changes, []);
    }

    #[test]
    fn an_empty_cell_clears_and_an_empty_status_is_active() {
        let rows = parse(b"login_id,email,status\na,,\n", Tz::UTC).unwrap();
        assert_eq!(
            rows[0].changes,
            [
                FieldChange::Email(None),
                FieldChange::Status(crate::Status::Active)
            ]
        );
    }

    #[test]
    fn every_wrong_line_is_told_with_its_column() {
        let file = "login_id,email,valid_from,language\n\
            a,x@example.com,2026-01-01,en\n\
            ,x@example.com,2026-02-30,en\n\
            b,nowhere,,xx-\n\
            a,,,\n\
            c,\n";
        let told = errors(file);
        let expected = [
            (3, "login_id"),
            (3, "valid_from"),
            (4, "email"),
            (4, "language"),
            (5, "login_id"),
            (6, ""),
        ];
        assert_eq!(
            told,
            expected.map(|(line, column)| (line, column.to_string()))
        );
    }

    #[test]
    fn a_line_break_in_quotes_does_not_shift_the_lines_told() {
        assert_eq!(
            errors("login_id,display_name\na,\"x\ny\"\nb,\n,z\n"),
            [(2, "display_name".into()), (5, "login_id".into())]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_and_one_inside_a_cell_is_not() {
        assert_eq!(
            errors("login_id,display_name\na,x\nb,\"y\n"),
            [(3, String::new())]
        );
        assert_eq!(
            errors("login_id,display_name\na,\"x \"\"y\n"),
            [(2, String::new())]
        );
        let rows = parse(
            b"login_id,display_name\na,5\" disk\nb,\"x \"\"y\"\"\"\n",
            Tz::UTC,
        )
        .unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows[1].changes,
            [FieldChange::DisplayName(Some("x \"y\"".into()))]
        );
    }

    #[test]
    fn a_wrong_header_is_told_before_any_line() {
        assert_eq!(
            errors("email,e_mail,email\n,,\n"),
            [
                (1, "e_mail".into()),
                (1, "email".into()),
                (1, "login_id".into())
            ]
        );
        assert_eq!(errors(""), [(1, "login_id".into())]);
        let not_utf8 = parse(b"login_id\n\xFF\n", Tz::UTC).unwrap_err();
        assert_eq!(
            (not_utf8[0].line, &*not_utf8[0].detail),
            (2, "must be UTF-8")
        );
    }

    #[test]
    fn the_day_named_as_the_end_is_still_valid() {
        let rows = parse(b"login_id,valid_until\na,2026-01-31\n", Tz::Asia__Tokyo).unwrap();
        let end = crate::time::instant("2026-01-31T15:00:00Z");
        assert_eq!(rows[0].changes, [FieldChange::ValidUntil(end)]);
    }
}
