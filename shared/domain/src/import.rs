//! The CSV format of users. A file is checked as a whole before anything is written.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{
    Rule, Zone,
    user_fields::{FieldChange, UserField, check_login_id, group_path},
};

/// The most wrong cells that an answer lists.
pub const MAX_LINE_ERRORS: usize = 1_000;

/// A line of a file with parsed cells.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    /// The line in the file, from 1.
    pub line: u64,
    /// The login id, which is the key.
    pub login_id: String,
    /// The changes by the columns of the file, without groups.
    pub changes: Vec<FieldChange>,
    /// The paths of the groups; `None` if the file has no such column.
    pub groups: Option<Vec<Vec<String>>>,
}

/// A wrong cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// The line, from 1; the header is line 1.
    pub line: u64,
    /// The column's name; `None` if the line as a whole is wrong.
    pub column: Option<String>,
    /// The broken rule.
    pub rule: Rule,
}

/// Parses a whole file; fails with every wrong cell, up to [`MAX_LINE_ERRORS`].
///
/// ```
/// use reinvite_domain::{Zone, import::parse};
///
/// let rows = parse("login_id,email\naiko,aiko@example.jp\n".as_bytes(), Zone::UTC).unwrap();
/// assert_eq!((rows[0].line, &*rows[0].login_id), (2, "aiko"));
/// let errors = parse("login_id,email\naiko,nowhere\n".as_bytes(), Zone::UTC).unwrap_err();
/// assert_eq!((errors[0].line, errors[0].column.as_deref()), (2, Some("email")));
/// ```
pub fn parse(file: &[u8], zone: Zone) -> Result<Vec<ImportRow>, Vec<LineError>> {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    if let Some(line) = unclosed_quote(file) {
        return Err(vec![LineError::of_line(line, Rule::UnclosedQuote)]);
    }

    let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
    let header = reader
        .headers()
        .map_err(|error| vec![unreadable(&error)])?
        .clone();
    check_header(&header)?;

    let mut lines = LineParser::new(&header, zone);
    let mut rows = Vec::new();
    for record in reader.records() {
        if lines.errors.len() >= MAX_LINE_ERRORS {
            break;
        }
        match record {
            Ok(record) => rows.extend(lines.parse(&record)),
            Err(error) => lines.errors.push(unreadable(&error)),
        }
    }

    lines.errors.truncate(MAX_LINE_ERRORS);
    if lines.errors.is_empty() {
        Ok(rows)
    } else {
        Err(lines.errors)
    }
}

fn check_header(header: &StringRecord) -> Result<(), Vec<LineError>> {
    let is_known =
        |name: &str| name == "login_id" || name == "groups" || UserField::of_column(name).is_some();
    let mut errors = Vec::new();
    let mut refuse = |name: &str, rule| errors.push(LineError::of_cell(1, name, rule));

    for (index, name) in header.iter().enumerate() {
        if !is_known(name) {
            refuse(name, Rule::UnknownColumn);
        } else if header.iter().take(index).any(|earlier| earlier == name) {
            refuse(name, Rule::DuplicateColumn);
        }
    }
    if header.iter().all(|name| name != "login_id") {
        refuse("login_id", Rule::MissingKeyColumn);
    }

    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// Parses the lines of a file and collects their errors.
struct LineParser<'h> {
    header: &'h StringRecord,
    zone: Zone,
    line_of_login_id: HashMap<String, u64>,
    errors: Vec<LineError>,
}

impl<'h> LineParser<'h> {
    fn new(header: &'h StringRecord, zone: Zone) -> Self {
        Self {
            header,
            zone,
            line_of_login_id: HashMap::new(),
            errors: Vec::new(),
        }
    }

    fn parse(&mut self, record: &StringRecord) -> Option<ImportRow> {
        let line = record.position().map_or(0, csv::Position::line);
        let (expected, found) = (self.header.len(), record.len());
        if found != expected {
            let rule = Rule::CellCount { expected, found };
            self.errors.push(LineError::of_line(line, rule));
            return None;
        }

        // API Gateway puts this character in place of what is not UTF-8 before the function sees it.
        if record.iter().any(|cell| cell.contains('\u{FFFD}')) {
            self.errors.push(LineError::of_line(line, Rule::Encoding));
            return None;
        }

        let mut row = ImportRow {
            line,
            login_id: String::new(),
            changes: Vec::new(),
            groups: None,
        };
        let errors_before = self.errors.len();
        for (column, cell) in self.header.iter().zip(record) {
            if let Err(rule) = self.parse_cell(&mut row, column, cell.trim()) {
                self.errors.push(LineError::of_cell(line, column, rule));
            }
        }

        (self.errors.len() == errors_before).then_some(row)
    }

    fn parse_cell(&mut self, row: &mut ImportRow, column: &str, cell: &str) -> Result<(), Rule> {
        match column {
            "login_id" => {
                row.login_id = self.parse_login_id(row.line, cell)?;
            }
            "groups" => row.groups = Some(parse_groups(cell)?),
            _ => {
                let field = UserField::of_column(column).ok_or(Rule::UnknownColumn)?;
                row.changes.push(field.parse(cell, self.zone)?);
            }
        }
        Ok(())
    }

    fn parse_login_id(&mut self, line: u64, cell: &str) -> Result<String, Rule> {
        check_login_id(cell)?;
        match self.line_of_login_id.insert(cell.into(), line) {
            Some(earlier) => Err(Rule::RepeatedLoginId { line: earlier }),
            None => Ok(cell.into()),
        }
    }
}

fn parse_groups(cell: &str) -> Result<Vec<Vec<String>>, Rule> {
    cell.split(';')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(group_path)
        .collect()
}

/// Returns the line of a quote that opens at the start of a cell and is never closed (RFC 4180).
fn unclosed_quote(file: &[u8]) -> Option<u64> {
    let (mut line, mut opened_in_line, mut is_cell_start) = (1, None, true);
    for byte in file {
        match (byte, opened_in_line) {
            (b'"', None) if is_cell_start => opened_in_line = Some(line),
            // The second of two quotes within a cell opens it again.
            (b'"', Some(_)) => opened_in_line = None,
            _ => {}
        }

        line += u64::from(*byte == b'\n');
        is_cell_start = opened_in_line.is_none() && matches!(byte, b',' | b'\n' | b'\r' | b'"');
    }
    opened_in_line
}

fn unreadable(error: &csv::Error) -> LineError {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => LineError::of_line(line, Rule::Encoding),
        _ => LineError::of_line(line, Rule::NotCsv),
    }
}

impl LineError {
    /// Creates the error of a whole line.
    #[must_use]
    pub const fn of_line(line: u64, rule: Rule) -> Self {
        Self {
            line,
            column: None,
            rule,
        }
    }

    /// Creates the error of a cell.
    #[must_use]
    pub fn of_cell(line: u64, column: &str, rule: Rule) -> Self {
        Self {
            column: Some(column.into()),
            ..Self::of_line(line, rule)
        }
    }
}

/// The JSON of an error.
#[serde_with::skip_serializing_none]
#[derive(Serialize)]
struct LineErrorJson<'a> {
    line: u64,
    column: Option<&'a str>,
    detail: String,
    rule: &'static str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    values: Map<String, Value>,
}

impl Serialize for LineError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = LineErrorJson {
            line: self.line,
            column: self.column.as_deref(),
            detail: self.rule.to_string(),
            rule: self.rule.name(),
            values: self.rule.values(),
        };
        json.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(file: &str) -> Vec<(u64, String)> {
        let errors = parse(file.as_bytes(), Zone::UTC).unwrap_err();
        errors
            .into_iter()
            .map(|error| (error.line, error.column.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_byte_order_mark_quotes_and_any_order_of_columns_are_fine() {
        let file = "\u{FEFF}groups,login_id\r\n\"Sales/Tokyo; Sales\",\"a,b\"\r\n,c\r\n";
        let rows = parse(file.as_bytes(), Zone::UTC).unwrap();
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
        let rows = parse(b"login_id,email,status\na,,\n", Zone::UTC).unwrap();
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
            Zone::UTC,
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
        let replaced = "login_id,display_name\na,J\u{FFFD}rgen\n";
        let replaced = parse(replaced.as_bytes(), Zone::UTC).unwrap_err();
        assert_eq!((replaced[0].line, &replaced[0].rule), (2, &Rule::Encoding));

        let not_utf8 = parse(b"login_id\n\xFF\n", Zone::UTC).unwrap_err();
        assert_eq!((not_utf8[0].line, &not_utf8[0].rule), (2, &Rule::Encoding));
    }

    #[test]
    fn the_day_named_as_the_end_is_still_valid() {
        let rows = parse(b"login_id,valid_until\na,2026-01-31\n", Zone::TOKYO).unwrap();
        let end = crate::time::instant("2026-01-31T15:00:00Z");
        assert_eq!(rows[0].changes, [FieldChange::ValidUntil(end)]);
    }
}
