//! A file that was understood.

use std::collections::BTreeSet;

use super::{
    header::{Header, ReadColumn, read_header},
    import_row::ImportRow,
    line_error::{LineError, MAX_LINE_ERRORS},
    options::ImportOptions,
    rows::LineParser,
    text::ImportText,
};
use crate::Zone;

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
    /// The name of the address column, if the address is taken as the login id.
    pub login_id_from: Option<String>,
}

impl ImportFile {
    /// The lines that are left out, in order.
    #[must_use]
    pub fn skipped_lines(&self) -> BTreeSet<u64> {
        self.skipped.iter().map(|error| error.line).collect()
    }

    /// Whether the file has columns of attributes.
    #[must_use]
    pub fn has_attributes(&self) -> bool {
        self.rows.iter().any(|row| !row.attributes.is_empty())
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
    let text = ImportText::decode(file, options.charset).map_err(|error| vec![error])?;
    text.parse(options, zone)
}

impl ImportText {
    /// Parses the text as [`parse_file`] does.
    pub fn parse(&self, options: &ImportOptions, zone: Zone) -> Result<ImportFile, Vec<LineError>> {
        let mut records = self.records();
        let whole_file = |error: LineError| vec![error];

        let header = match records.next_record().map_err(whole_file)? {
            Some((line, names)) => read_header(names, options.unknown_columns, line)?,
            None => read_header(&csv::StringRecord::new(), options.unknown_columns, 1)?,
        };
        let mut parser = LineParser::new(&header, zone);
        let mut rows = Vec::new();
        while let Some((line, record)) = records.next_record().map_err(whole_file)? {
            rows.extend(parser.parse(line, record));
            if !options.skips_wrong_lines() && parser.errors.len() >= MAX_LINE_ERRORS {
                break;
            }
        }
        conclude(&header, parser, rows, options)
    }
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
    if !options.skips_wrong_lines() && !skipped.is_empty() {
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
        login_id_from: header.login_id_from_email.then(|| header.key_column()),
    };
    let skipped = file.skipped_lines();
    file.rows.retain(|row| !skipped.contains(&row.line));
    Ok(file)
}
