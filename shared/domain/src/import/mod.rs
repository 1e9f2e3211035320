//! The CSV format of users, as our own files and those of other programs have it. A file is checked as a
//! whole before anything is written.

mod cells;
mod encoding;
mod file;
mod header;
mod import_row;
mod line_error;
mod names;
mod options;
mod parts;
mod quotes;
mod rows;
mod separator;
mod text;

pub use encoding::Charset;
pub use file::{ImportFile, parse, parse_file};
pub use header::ReadColumn;
pub use import_row::ImportRow;
pub use line_error::{LineError, MAX_LINE_ERRORS};
pub use options::{ImportOptions, OnError, UnknownColumns};
pub use parts::ImportPart;
pub use text::ImportText;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
