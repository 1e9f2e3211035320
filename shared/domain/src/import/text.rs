//! The text of a file, and its records.

use csv::{Reader, ReaderBuilder, StringRecord};

use super::{
    encoding::{Charset, DecodedText, decode},
    line_error::LineError,
    quotes::unclosed_quote,
    separator::{SeparatedText, find_separator},
};
use crate::Rule;

/// The text of a file, with the separator of its cells.
#[derive(Clone, Debug)]
pub struct ImportText {
    decoded: DecodedText,
    separator: u8,
    /// The bytes before the header: those of a line such as `sep=;`.
    begin: usize,
    first_line: u64,
}

/// The records of a file that are not empty, with the line that each begins on.
#[derive(Debug)]
pub(super) struct Records<'t> {
    reader: Reader<&'t [u8]>,
    lines: LineNumbers<'t>,
    record: StringRecord,
}

impl ImportText {
    /// Decodes a file and finds its separator.
    ///
    /// # Errors
    ///
    /// The first line that cannot be decoded, that opens a quote which is never closed, or the first line
    /// of a file that is not CSV.
    pub fn decode(file: &[u8], charset: Option<Charset>) -> Result<Self, LineError> {
        let decoded = decode(file, charset)?;
        let SeparatedText {
            separator,
            text,
            skipped_lines,
        } = find_separator(&decoded.text);
        if let Some(line) = unclosed_quote(text.as_bytes(), separator) {
            return Err(LineError::of_line(
                line + skipped_lines,
                Rule::UnclosedQuote,
            ));
        }

        let begin = decoded.text.len() - text.len();
        Ok(Self {
            decoded,
            separator,
            begin,
            first_line: skipped_lines + 1,
        })
    }

    /// The name of the encoding, such as `UTF-8`.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        self.decoded.encoding.name()
    }

    /// The separator of the cells.
    #[must_use]
    pub fn separator(&self) -> char {
        self.separator.into()
    }

    /// Counts the lines with users: those below the header that are not empty. A line break in quotes does
    /// not begin another.
    pub fn count_lines(&self) -> Result<usize, LineError> {
        let mut records = self.records();
        let mut count: usize = 0;
        while records.next_record()?.is_some() {
            count += 1;
        }
        Ok(count.saturating_sub(1))
    }

    pub(super) fn records(&self) -> Records<'_> {
        let text = self.decoded.text.get(self.begin..).unwrap_or_default();
        let reader = ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .delimiter(self.separator)
            .from_reader(text.as_bytes());
        Records {
            reader,
            lines: LineNumbers::new(text, self.first_line),
            record: StringRecord::new(),
        }
    }
}

impl Records<'_> {
    /// Reads the next record that is not empty, with its line.
    pub fn next_record(&mut self) -> Result<Option<(u64, &StringRecord)>, LineError> {
        loop {
            let has_record = self.reader.read_record(&mut self.record);
            let line = self.lines.of(&self.record);
            match has_record {
                Ok(true) if is_empty(&self.record) => {}
                Ok(true) => return Ok(Some((line, &self.record))),
                Ok(false) => return Ok(None),
                Err(_) => return Err(LineError::of_line(line, Rule::NotCsv)),
            }
        }
    }
}

/// Whether a record holds nothing but blanks.
fn is_empty(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// Counts the lines before each record. The reader counts from the line after the record before, which
/// may be empty.
#[derive(Debug)]
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
        let breaks = passed.split(|byte| *byte == b'\n').skip(1).count();
        self.position = begin.max(self.position);
        self.line += u64::try_from(breaks).unwrap_or_default();
        self.line
    }
}
