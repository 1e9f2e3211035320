//! A file in parts, each a file of its own.

use csv::{QuoteStyle, StringRecord, Writer, WriterBuilder};

use super::{file::ImportFile, line_error::LineError, names::trimmed, text::ImportText};
use crate::Rule;

/// A part of a file: CSV in UTF-8, with the header and without the columns that are passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportPart {
    /// The part as a file.
    pub csv: Vec<u8>,
    /// The line in the whole file of each line below the header.
    pub lines: Vec<u64>,
}

/// A part that is being written.
struct PartWriter {
    writer: Writer<Vec<u8>>,
    lines: Vec<u64>,
}

impl ImportText {
    /// Writes the good lines of a file in parts of at most `lines_per_part` lines.
    ///
    /// Every cell is quoted, so that a part reads as the whole file did.
    ///
    /// # Errors
    ///
    /// The line that cannot be read or written.
    pub fn parts(
        &self,
        file: &ImportFile,
        lines_per_part: usize,
    ) -> Result<Vec<ImportPart>, LineError> {
        let mut records = self.records();
        let Some((line, header)) = records.next_record()? else {
            return Ok(Vec::new());
        };
        let is_read = |name: &str| file.columns.iter().any(|column| column.name == name);
        let mut columns = Vec::new();
        let mut names = StringRecord::new();
        for (index, name) in header.iter().map(trimmed).enumerate() {
            if is_read(name) {
                columns.push(index);
                names.push_field(name);
            }
        }

        let mut good = file.rows.iter().map(|row| row.line).peekable();
        let mut parts = Vec::new();
        let mut part = PartWriter::begin(&names, line)?;
        while let Some((line, record)) = records.next_record()? {
            if good.next_if_eq(&line).is_none() {
                continue;
            }
            let cells = columns.iter().map(|index| record.get(*index));
            part.write(line, cells.map(Option::unwrap_or_default).map(str::trim))?;
            if part.lines.len() == lines_per_part {
                let full = std::mem::replace(&mut part, PartWriter::begin(&names, line)?);
                parts.push(full.end()?);
            }
        }
        if !part.lines.is_empty() {
            parts.push(part.end()?);
        }
        Ok(parts)
    }
}

impl PartWriter {
    fn begin(names: &StringRecord, line: u64) -> Result<Self, LineError> {
        let mut writer = WriterBuilder::new()
            .quote_style(QuoteStyle::Always)
            .from_writer(Vec::new());
        writer
            .write_record(names)
            .map_err(|_| LineError::of_line(line, Rule::NotCsv))?;
        Ok(Self {
            writer,
            lines: Vec::new(),
        })
    }

    fn write<'c>(
        &mut self,
        line: u64,
        cells: impl Iterator<Item = &'c str>,
    ) -> Result<(), LineError> {
        self.lines.push(line);
        self.writer
            .write_record(cells)
            .map_err(|_| LineError::of_line(line, Rule::NotCsv))
    }

    fn end(self) -> Result<ImportPart, LineError> {
        let last = self.lines.last().copied().unwrap_or(1);
        let csv = self
            .writer
            .into_inner()
            .map_err(|_| LineError::of_line(last, Rule::NotCsv))?;
        Ok(ImportPart {
            csv,
            lines: self.lines,
        })
    }
}
