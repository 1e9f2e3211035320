//! A CSV file of users, of any length: checked whole, then sent to the API in parts.

use std::path::Path;

use http::Method;
use indicatif::ProgressBar;
use reinvite_domain::{
    Zone,
    import::{
        ImportFile, ImportOptions, ImportText, LineError, MAX_LINE_ERRORS, OnError, ReadColumn,
    },
};
use serde_json::Value;

use crate::{
    caller::{CallError, Caller, accepted},
    output::{Output, PrintError, line},
};

/// The lines of a part: far below the API's 5,000, so that a part is written well within its 30 s.
const LINES_PER_PART: usize = 1_000;

/// The most left-out lines that are printed.
const MAX_PRINTED_LINES: usize = 20;

/// A file that was understood.
#[derive(Debug)]
pub struct UsersFile {
    text: ImportText,
    file: ImportFile,
    on_error: OnError,
}

/// The outcome of loading a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadedUsers {
    /// Users who did not exist.
    pub created: u64,
    /// Users of whom a field changed.
    pub updated: u64,
    /// Users of whom no field changed.
    pub unchanged: u64,
    /// The lines that the API left out, with its reasons.
    pub skipped: Vec<String>,
}

/// A file cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum UsersFileError {
    /// It cannot be read.
    #[error("{0} cannot be read")]
    Read(String, #[source] std::io::Error),
    /// Some of its lines are wrong.
    #[error("{file} is not loaded, nothing is written: {}", described(.errors))]
    Lines {
        /// The file.
        file: String,
        /// The errors.
        errors: Vec<LineError>,
    },
    /// The API refused a part.
    #[error(
        "a part of the file was refused; the parts before it are written, and the file can be loaded again"
    )]
    Call(#[from] CallError),
}

fn described(errors: &[LineError]) -> String {
    let describe = |error: &LineError| format!("\n  {}", described_error(error));
    let more = if errors.len() >= MAX_LINE_ERRORS {
        "\n  and maybe more"
    } else {
        ""
    };
    format!(
        "{} wrong{}{more}",
        errors.len(),
        errors.iter().map(describe).collect::<String>()
    )
}

fn described_error(error: &LineError) -> String {
    let column = error.column.as_ref();
    let column = column
        .map(|column| format!(", column {column}"))
        .unwrap_or_default();
    format!("line {}{column}: {}", error.line, error.rule)
}

fn described_column(column: &ReadColumn) -> String {
    if column.name == column.r#as {
        column.name.clone()
    } else {
        format!("{} as {}", column.name, column.r#as)
    }
}

impl UsersFile {
    /// Reads and checks a file; dates are of `zone`.
    pub fn open(path: &Path, options: &ImportOptions, zone: Zone) -> Result<Self, UsersFileError> {
        let file = path.display().to_string();
        let bytes =
            std::fs::read(path).map_err(|error| UsersFileError::Read(file.clone(), error))?;
        Self::read(&file, &bytes, options, zone)
    }

    /// Checks the content of a file.
    pub fn read(
        file: &str,
        bytes: &[u8],
        options: &ImportOptions,
        zone: Zone,
    ) -> Result<Self, UsersFileError> {
        let wrong = |errors| UsersFileError::Lines {
            file: file.into(),
            errors,
        };
        let text =
            ImportText::decode(bytes, options.charset).map_err(|error| wrong(vec![error]))?;
        let file = text.parse(options, zone).map_err(wrong)?;
        Ok(Self {
            text,
            file,
            on_error: options.on_error,
        })
    }

    /// The number of users.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.file.rows.len()
    }

    /// Whether there are no users.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.file.rows.is_empty()
    }

    /// Prints how the file was understood.
    pub fn print(&self, output: Output<'_>) -> Result<(), PrintError> {
        let separator = match self.text.separator() {
            ',' => "commas".into(),
            ';' => "semicolons".into(),
            '\t' => "tabs".into(),
            other => format!("{other:?}"),
        };
        let encoding = self.text.encoding();
        line(
            output,
            format_args!("File    {encoding}, separated by {separator}"),
        )?;

        let columns: Vec<_> = self.file.columns.iter().map(described_column).collect();
        line(output, format_args!("Columns {}", columns.join(", ")))?;
        if !self.file.ignored.is_empty() {
            let ignored = self.file.ignored.join(", ");
            line(output, format_args!("Ignored {ignored}"))?;
        }
        if let Some(column) = &self.file.login_id_from {
            line(
                output,
                format_args!("Key     the addresses in {column} are the login ids"),
            )?;
        }

        let skipped = self.file.skipped_lines().len();
        line(
            output,
            format_args!("Lines   {} good, {skipped} left out", self.len()),
        )?;
        print_lines(self.file.skipped.iter().map(described_error), output)
    }

    /// Loads every part.
    pub async fn load(
        &self,
        caller: &Caller,
        progress: &ProgressBar,
    ) -> Result<LoadedUsers, UsersFileError> {
        let parts = self.text.parts(&self.file, LINES_PER_PART);
        let parts = parts.map_err(|error| UsersFileError::Lines {
            file: "the file".into(),
            errors: vec![error],
        })?;

        let mut loaded = LoadedUsers::default();
        let on_error: &str = self.on_error.into();
        let path = format!("/v1/users/import?onError={on_error}");
        for part in parts {
            let headers = [("content-type", "text/csv")];
            let call = caller.call(Method::POST, &path, &headers, part.csv).await?;
            loaded.add(&accepted(call)?, &part.lines);
            progress.inc(part.lines.len().try_into().unwrap_or_default());
        }
        Ok(loaded)
    }
}

impl LoadedUsers {
    /// Adds the answer about a part, whose lines below the header are these in the whole file.
    fn add(&mut self, answer: &Value, lines: &[u64]) {
        let count = |name: &str| answer[name].as_u64().unwrap_or_default();
        self.created += count("created");
        self.updated += count("updated");
        self.unchanged += count("unchanged");

        for error in answer["skipped"].as_array().into_iter().flatten() {
            let below_header = error["line"].as_u64().and_then(|line| line.checked_sub(2));
            let index = below_header.and_then(|index| usize::try_from(index).ok());
            let line = index.and_then(|index| lines.get(index)).copied();
            let detail = error["detail"].as_str().unwrap_or_default();
            let line = line.unwrap_or_default();
            self.skipped.push(format!("line {line}: {detail}"));
        }
    }

    /// Prints the lines that the API left out.
    pub fn print_skipped(&self, output: Output<'_>) -> Result<(), PrintError> {
        print_lines(self.skipped.iter().cloned(), output)
    }
}

fn print_lines(
    lines: impl ExactSizeIterator<Item = String>,
    output: Output<'_>,
) -> Result<(), PrintError> {
    let more = lines.len().saturating_sub(MAX_PRINTED_LINES);
    for described in lines.take(MAX_PRINTED_LINES) {
        line(output, format_args!("  {described}"))?;
    }
    if more > 0 {
        line(output, format_args!("  and {more} more"))?;
    }
    Ok(())
}
