use std::str::FromStr;

use axum::extract::Request;
use reinvite_domain::{
    Rule, Zone,
    import::{Charset, ImportFile, ImportOptions, ImportText, LineError, OnError, UnknownColumns},
};
use reinvite_web::{MediaBody, Parameters, Problem, ProblemKind, read_body_of};
use strum::VariantArray;

/// The most lines of a file, not counting the header.
const MAX_LINES: usize = 5_000;

/// The media type of a file in UTF-8.
const CSV: &str = "text/csv";

/// The media type of a file in any encoding: API Gateway hands on its bytes as they are.
const BYTES: &str = "application/octet-stream";

/// The query of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportQuery {
    /// Whether the file is only checked.
    pub is_dry_run: bool,
    /// The ways to read the file.
    pub options: ImportOptions,
}

impl ImportQuery {
    /// Takes the parameters out of a query.
    ///
    /// # Errors
    ///
    /// 400 with the wrong parameter.
    pub fn take(mut parameters: Parameters) -> Result<Self, Problem> {
        let query = Self {
            is_dry_run: parameters.take_bool("dryRun")?,
            options: ImportOptions {
                charset: parameters.take_parsed("charset", |label| Charset::parse(&label))?,
                unknown_columns: take_choice::<UnknownColumns>(&mut parameters, "unknownColumns")?,
                on_error: take_choice::<OnError>(&mut parameters, "onError")?,
            },
        };
        parameters.end()?;
        Ok(query)
    }
}

fn take_choice<T>(parameters: &mut Parameters, name: &str) -> Result<T, Problem>
where
    T: Copy + Default + FromStr + Into<&'static str> + VariantArray,
{
    let parse = |text: String| text.parse().map_err(|_| Rule::unknown_value(T::VARIANTS));
    Ok(parameters.take_parsed(name, parse)?.unwrap_or_default())
}

/// Reads the CSV file in the body of a request. Dates and local times are in `time_zone`.
///
/// # Errors
///
/// 415, 413, or 422 with every wrong line.
pub async fn read_import_file(
    request: Request,
    options: &ImportOptions,
    time_zone: Zone,
) -> Result<ImportFile, Problem> {
    let MediaBody { media_type, bytes } = read_body_of(request, &[CSV, BYTES]).await?;
    // A file that is sent as text arrives as UTF-8, whatever it was.
    let charset = options.charset.filter(|_| media_type == BYTES);

    let text = ImportText::decode(&bytes, charset).map_err(|error| invalid(vec![error]))?;
    if text.count_lines().map_err(|error| invalid(vec![error]))? > MAX_LINES {
        return Err(Problem::new(
            ProblemKind::TooLarge,
            "The file must not have more than 5,000 lines besides its header.",
        ));
    }
    text.parse(options, time_zone).map_err(invalid)
}

fn invalid(errors: Vec<LineError>) -> Problem {
    Problem::lines(ProblemKind::Invalid, errors)
}
