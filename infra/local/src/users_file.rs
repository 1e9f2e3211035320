//! A CSV file of users, of any length: checked whole, then sent to the API in parts.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use http::Method;
use indicatif::ProgressBar;
use reinvite_domain::{
    Zone,
    import::{LineError, parse},
};
use serde_json::Value;

use crate::caller::{CallError, Caller, accepted};

/// The lines of a part: far below the API's 5,000, so that a part is written well within its 30 s.
const LINES_PER_PART: usize = 1_000;

/// A file whose every line is right.
#[derive(Debug)]
pub struct UsersFile {
    header: StringRecord,
    lines: Vec<StringRecord>,
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
    /// It cannot be taken apart.
    #[error("the file cannot be sent in parts")]
    Parts(#[from] csv::Error),
    /// The API refused a part.
    #[error(
        "a part of the file was refused; the parts before it are written, and the file can be loaded again"
    )]
    Call(#[from] CallError),
}

fn described(errors: &[LineError]) -> String {
    let describe = |error: &LineError| {
        let column = error
            .column
            .as_ref()
            .map(|column| format!(", column {column}"))
            .unwrap_or_default();
        format!("\n  line {}{column}: {}", error.line, error.rule)
    };
    let more = if errors.len() >= reinvite_domain::import::MAX_LINE_ERRORS {
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

impl UsersFile {
    /// Reads and checks a file; dates are of `zone`.
    pub fn open(path: &Path, zone: Zone) -> Result<Self, UsersFileError> {
        let file = path.display().to_string();
        let bytes =
            std::fs::read(path).map_err(|error| UsersFileError::Read(file.clone(), error))?;
        Self::read(&file, &bytes, zone)
    }

    /// Checks the content of a file.
    pub fn read(file: &str, bytes: &[u8], zone: Zone) -> Result<Self, UsersFileError> {
        parse(bytes, zone).map_err(|errors| UsersFileError::Lines {
            file: file.into(),
            errors,
        })?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().from_reader(bytes);
        let header = reader.headers()?.clone();
        Ok(Self {
            header,
            lines: reader.records().collect::<Result<_, _>>()?,
        })
    }

    /// The number of users.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are no users.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Loads every part, and returns how many users were created, updated and unchanged.
    pub async fn load(
        &self,
        caller: &Caller,
        progress: &ProgressBar,
    ) -> Result<[u64; 3], UsersFileError> {
        let mut sums = [0; 3];
        for lines in self.lines.chunks(LINES_PER_PART) {
            let mut part = WriterBuilder::new().from_writer(Vec::new());
            part.write_record(&self.header)?;
            for line in lines {
                part.write_record(line)?;
            }

            let part = part
                .into_inner()
                .map_err(|error| csv::Error::from(error.into_error()))?;
            let headers = [("content-type", "text/csv")];
            let answer = accepted(
                caller
                    .call(Method::POST, "/v1/users/import", &headers, part)
                    .await?,
            )?;

            for (sum, name) in sums.iter_mut().zip(["created", "updated", "unchanged"]) {
                *sum += answer.get(name).and_then(Value::as_u64).unwrap_or_default();
            }
            progress.inc(lines.len().try_into().unwrap_or_default());
        }
        Ok(sums)
    }
}
