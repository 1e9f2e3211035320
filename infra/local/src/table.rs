//! Tables with aligned columns.

use unicode_width::UnicodeWidthStr;

use crate::output::{Output, PrintError, line};

/// The most rows of a table that are printed.
const MAX_ROWS: usize = 40;

/// The spaces before a row.
const INDENT: &str = "  ";

/// The spaces between two columns.
const GAP: usize = 2;

/// A table with headings.
pub struct Table<const COLUMNS: usize> {
    /// The number of all rows; more than [`MAX_ROWS`] are not printed.
    pub total: usize,
    /// The headings.
    pub headings: [&'static str; COLUMNS],
    /// The first rows.
    pub rows: Vec<[String; COLUMNS]>,
}

/// The rows of a list that a table prints.
pub fn printed_rows<T>(rows: &[T]) -> &[T] {
    rows.get(..MAX_ROWS).unwrap_or(rows)
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// Prints a title with the number of rows, and the rows if there are any.
    pub fn print(&self, title: &str, output: Output<'_>) -> Result<(), PrintError> {
        line(output, format_args!("\n{title}: {}", self.total))?;
        if self.rows.is_empty() {
            return Ok(());
        }

        let widths = self.widths();
        line(output, format_row(&self.headings, &widths))?;
        for row in &self.rows {
            line(output, format_row(row, &widths))?;
        }

        match self.total.saturating_sub(self.rows.len()) {
            0 => Ok(()),
            more => line(output, format_args!("{INDENT}… and {more} more")),
        }
    }

    /// The width of each column in cells of a terminal: a Japanese character takes two.
    fn widths(&self) -> [usize; COLUMNS] {
        let mut widths = self.headings.map(UnicodeWidthStr::width);
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        widths
    }
}

fn format_row<const COLUMNS: usize>(
    row: &[impl AsRef<str>; COLUMNS],
    widths: &[usize; COLUMNS],
) -> String {
    let mut text = INDENT.to_owned();
    for (cell, width) in row.iter().map(AsRef::as_ref).zip(widths) {
        let padding = width.saturating_sub(cell.width()) + GAP;
        text += cell;
        text += &" ".repeat(padding);
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(rows: Vec<[String; 3]>, total: usize) -> String {
        let table = Table {
            total,
            headings: ["login id", "name", "address"],
            rows,
        };
        let mut output = Vec::new();
        table.print("Got a mail", &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn columns_are_aligned_for_wide_characters_too() {
        let row = |login_id: &str, name: &str, address: &str| {
            [login_id, name, address].map(ToOwned::to_owned)
        };
        let rows = vec![
            row("rin.hashizume", "橋爪 凛", "rin@example.jp"),
            row("pia", "Pia Oakes", "pia@example.com"),
            row("bram.larkham", "", ""),
        ];
        assert_eq!(
            printed(rows, 43),
            "
Got a mail: 43
  login id       name       address
  rin.hashizume  橋爪 凛    rin@example.jp
  pia            Pia Oakes  pia@example.com
  bram.larkham
  … and 40 more
"
        );
    }

    #[test]
    fn a_table_without_rows_is_its_title() {
        assert_eq!(printed(Vec::new(), 0), "\nGot a mail: 0\n");
    }
}
