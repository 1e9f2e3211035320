use std::fmt;

use minijinja::ErrorKind;

use crate::Part;

/// Why a template cannot be compiled or rendered, in words for whoever edits it.
///
/// It may quote the template and what a template makes of a value: an answer to the operator, nothing for a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}{}: {cause}", Where(*.place))]
pub struct RenderError {
    /// Which of the three sources.
    pub part: Part,
    /// Where in that source; absent where it concerns the whole.
    pub place: Option<Place>,
    /// What is wrong there.
    pub cause: Cause,
}

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters from 1; absent where only the line is known.
    pub column: Option<usize>,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// It cannot be read.
    #[error("{0}")]
    Syntax(String),
    /// It uses a variable that no mail has.
    #[error("{0}")]
    UndefinedVariable(String),
    /// It needs more than [`FUEL`](crate::FUEL).
    #[error("runs too long")]
    OutOfFuel,
    /// The source or its result is longer than the part may be.
    #[error("longer than {limit} bytes")]
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// The subject's own text holds a line break. One in a value never gets so far.
    #[error("a subject is one line")]
    LineBreakInSubject,
    /// It does something with a password or an invitation link but write it out.
    #[error(
        "a password or an invitation link may only be written out, as {{{{ password }}}} or {{{{ invitation_url }}}}"
    )]
    PasswordPart,
    /// It writes a password or an invitation link into the subject.
    #[error(
        "a subject may not hold a password or an invitation link: mail servers log it, and locked screens show it"
    )]
    SecretInSubject,
    /// It writes a password or an invitation link next to what makes an address of it.
    #[error(
        "a password or an invitation link may not be part of another address: put a blank between them"
    )]
    SecretInAddress,
    /// The HTML holds what no mail may.
    #[error("{0}")]
    Html(String),
    /// The template has no variant in it.
    #[error("is not a language of the template")]
    NoSuchLanguage,
    /// Two variants are of languages that differ only in case.
    #[error("is there twice, in another case")]
    SameLanguage,
    /// The subject says nothing, or a template has no variants.
    #[error("must not be empty")]
    Empty,
    /// It can be read, but not done: an unknown filter, a number added to a text.
    #[error("{0}")]
    Impossible(String),
}

impl RenderError {
    pub(crate) fn new(part: Part, cause: Cause) -> Self {
        Self {
            part,
            place: None,
            cause,
        }
    }

    /// At a byte of the source.
    pub(crate) fn at(part: Part, source: &str, byte: usize, cause: Cause) -> Self {
        let before = source.get(..byte).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Self {
            part,
            place: Some(Place {
                line,
                column: column(source, byte),
            }),
            cause,
        }
    }

    pub(crate) fn from_engine(part: Part, source: &str, error: &minijinja::Error) -> Self {
        let words = || {
            error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned)
        };
        let cause = match error.kind() {
            ErrorKind::SyntaxError | ErrorKind::BadEscape => Cause::Syntax(words()),
            ErrorKind::UndefinedError => Cause::UndefinedVariable(words()),
            ErrorKind::OutOfFuel => Cause::OutOfFuel,
            _ => Cause::Impossible(words()),
        };
        let column = error.range().and_then(|range| column(source, range.start));
        let place = error.line().map(|line| Place { line, column });
        Self { part, place, cause }
    }
}

/// The column, in characters from 1, of a byte of the source.
fn column(source: &str, byte: usize) -> Option<usize> {
    let before = source.get(..byte)?;
    let line = before.rsplit('\n').next()?;
    Some(line.chars().count() + 1)
}

/// ` 3:14` or nothing, between the part and the cause.
struct Where(Option<Place>);

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(Place { line, column: None }) => write!(f, " {line}"),
            Some(Place {
                line,
                column: Some(column),
            }) => write!(f, " {line}:{column}"),
        }
    }
}
