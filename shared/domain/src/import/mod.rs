//! The CSV format of users, as our own files and those of other programs have it. A file is checked as a
//! whole before anything is written.

mod cells;
mod encoding;
mod header;
mod names;
mod quotes;
mod rows;
mod separator;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use csv::{ReaderBuilder, StringRecord};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{Rule, Zone, user_fields::FieldChange};

use header::{Header, read_header};
use quotes::unclosed_quote;
use rows::LineParser;
use separator::{SeparatedText, find_separator};

pub use encoding::Charset;
pub use header::ReadColumn;

/// The most wrong cells that an answer lists.
pub const MAX_LINE_ERRORS: usize = 1_000;

/// The ways to read a file that a caller may choose from. The default refuses what is not right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The encoding of a file without a byte order mark; UTF-8 if there is none.
    pub charset: Option<Charset>,
    /// Whether unknown columns are passed over.
    pub ignores_unknown_columns: bool,
    /// Whether wrong lines are left out.
    pub skips_wrong_lines: bool,
}

/// A file that was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportFile {
    /// The good lines.
    pub rows: Vec<ImportRow>,
    /// The columns that are read.
    pub columns: Vec<ReadColumn>,
    /// The columns that are passed over.
    pub ignored: Vec<String>,
    /// The errors of the lines that are left out.
    pub skipped: Vec<LineError>,
    /// Whether the address is taken as the login id.
    pub login_id_from_email: bool,
}

/// A line of a file with parsed cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportRow {
    /// The line in the file, from 1.
    pub line: u64,
    /// The login id, which is the key.
    pub login_id: String,
    /// The changes by the columns of the file, without groups.
    pub changes: Vec<FieldChange>,
    /// The paths of the groups; `None` if the file has no such column.
    pub groups: Option<Vec<Vec<String>>>,
    /// The last sign-in, which is the first login of a user of whom none is known.
    pub last_sign_in: Option<DateTime<Utc>>,
    /// The attributes that the line sets, or removes.
    pub attributes: Vec<(String, Option<String>)>,
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

impl ImportRow {
    fn of_line(line: u64) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }
}

impl ImportFile {
    /// The lines that are left out, in order.
    #[must_use]
    pub fn skipped_lines(&self) -> BTreeSet<u64> {
        self.skipped.iter().map(|error| error.line).collect()
    }
}

/// Parses a whole file of our own columns; fails with every wrong cell, up to [`MAX_LINE_ERRORS`].
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
    parse_file(file, &ImportOptions::default(), zone).map(|file| file.rows)
}

/// Parses a whole file. Dates and local times are in `zone`.
///
/// A file whose header is wrong, or that cannot be read to its end, is refused; so is one with wrong
/// lines, unless the options leave those out.
pub fn parse_file(
    file: &[u8],
    options: &ImportOptions,
    zone: Zone,
) -> Result<ImportFile, Vec<LineError>> {
    let text = encoding::decode(file, options.charset).map_err(|error| vec![error])?;
    let separated = find_separator(&text);
    let SeparatedText {
        separator,
        text,
        skipped_lines,
    } = separated;
    if let Some(line) = unclosed_quote(text.as_bytes(), separator) {
        return Err(vec![LineError::of_line(
            line + skipped_lines,
            Rule::UnclosedQuote,
        )]);
    }

    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut lines = LineNumbers::new(text, skipped_lines + 1);
    let mut record = StringRecord::new();

    let has_header = reader.read_record(&mut record);
    has_header.map_err(|_| vec![LineError::of_line(1, Rule::NotCsv)])?;
    let header = read_header(&record, options.ignores_unknown_columns, lines.of(&record))?;

    let mut parser = LineParser::new(&header, zone);
    let mut rows = Vec::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => rows.extend(parser.parse(lines.of(&record), &record)),
            Ok(false) => break,
            Err(_) => {
                let line = lines.of(&record);
                return Err(vec![LineError::of_line(line, Rule::NotCsv)]);
            }
        }
        if !options.skips_wrong_lines && parser.errors.len() >= MAX_LINE_ERRORS {
            break;
        }
    }
    conclude(&header, parser, rows, options)
}

/// Refuses a file with wrong lines, or leaves them out.
fn conclude(
    header: &Header,
    parser: LineParser<'_>,
    rows: Vec<ImportRow>,
    options: &ImportOptions,
) -> Result<ImportFile, Vec<LineError>> {
    let repeated: Vec<_> = parser.repeated_later().collect();
    let mut skipped = parser.errors;
    if !options.skips_wrong_lines && !skipped.is_empty() {
        skipped.truncate(MAX_LINE_ERRORS);
        return Err(skipped);
    }

    skipped.extend(repeated);
    skipped.sort_by_key(|error| error.line);
    let mut file = ImportFile {
        rows,
        columns: header.columns(),
        ignored: header.ignored(),
        skipped,
        login_id_from_email: header.login_id_from_email,
    };
    let skipped = file.skipped_lines();
    file.rows.retain(|row| !skipped.contains(&row.line));
    Ok(file)
}

/// Counts the lines before each record. The reader counts from the line after the record before, which
/// may be empty.
struct LineNumbers<'t> {
    text: &'t [u8],
    position: usize,
    line: u64,
}

impl<'t> LineNumbers<'t> {
    const fn new(text: &'t str, first: u64) -> Self {
        Self {
            text: text.as_bytes(),
            position: 0,
            line: first,
        }
    }

    fn of(&mut self, record: &StringRecord) -> u64 {
        let begin = record.position().map_or(0, csv::Position::byte);
        let mut begin = usize::try_from(begin).unwrap_or(usize::MAX);
        while matches!(self.text.get(begin), Some(b'\n' | b'\r')) {
            begin += 1;
        }

        let passed = self.text.get(self.position..begin).unwrap_or_default();
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        self.position = begin.max(self.position);
        self.line += u64::try_from(breaks).unwrap_or_default();
        self.line
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
mod tests;
