use minijinja::ErrorKind;
use reinvite_domain::{Rule, TextPosition};

use crate::mail_part::MailPart;

/// The reason why a template cannot be compiled or rendered, in words for its author.
///
/// The text may quote the template and results of its expressions. Show it to the operator, but
/// never log it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}{}: {defect}", position_suffix(*position))]
pub struct RenderError {
    /// The part whose source has the defect.
    pub part: MailPart,
    /// The position in that source; absent for a defect of the whole source.
    pub position: Option<TextPosition>,
    /// The defect.
    pub defect: Rule,
}

/// Names by which messages of the engine speak of its own types.
const TYPES_OF_THE_ENGINE: [&str; 9] = [
    "usize",
    "isize",
    "i128",
    "i64",
    "i32",
    "u64",
    "u32",
    "f64",
    "float literal",
];

impl RenderError {
    /// A defect of the whole part.
    pub(crate) const fn new(part: MailPart, defect: Rule) -> Self {
        Self {
            part,
            position: None,
            defect,
        }
    }

    /// A defect at a byte offset of the source.
    pub(crate) fn at(part: MailPart, source: &str, offset: usize, defect: Rule) -> Self {
        Self {
            part,
            position: Some(Self::position_at(source, offset)),
            defect,
        }
    }

    /// The position of a byte offset of a source.
    pub(crate) fn position_at(source: &str, offset: usize) -> TextPosition {
        let before = source.get(..offset).unwrap_or_default();
        TextPosition {
            line: before.matches('\n').count() + 1,
            column: column(source, offset),
        }
    }

    /// Whether the mail does not show the link or the temporary password that it is for.
    #[must_use]
    pub const fn is_lacking_secret(&self) -> bool {
        matches!(self.defect, Rule::TemplateLacksSecret { .. })
    }

    /// The language of the variant, if the mail does not show its secret.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        match &self.defect {
            Rule::TemplateLacksSecret { language, .. } => Some(language),
            _ => None,
        }
    }

    /// An error of the template engine.
    pub(crate) fn from_engine(part: MailPart, source: &str, error: &minijinja::Error) -> Self {
        let message = error
            .detail()
            .map_or_else(|| error.kind().to_string(), in_words_of_templates);
        let defect = match error.kind() {
            ErrorKind::SyntaxError | ErrorKind::BadEscape => Rule::TemplateSyntax {
                message,
                instead: None,
            },
            ErrorKind::UndefinedError => Rule::UndefinedValue { message },
            ErrorKind::OutOfFuel => Rule::RunsTooLong,
            _ => Rule::CannotEvaluate { message },
        };

        let column = error.range().and_then(|range| column(source, range.start));
        let position = error.line().map(|line| TextPosition { line, column });

        Self {
            part,
            position,
            defect,
        }
    }
}

/// A message of the engine, unless it speaks of types that templates do not have.
fn in_words_of_templates(message: &str) -> String {
    if TYPES_OF_THE_ENGINE
        .iter()
        .any(|name| message.contains(name))
    {
        "a value has the wrong type, or is no number that can be used here".to_owned()
    } else {
        message.to_owned()
    }
}

/// The column, in characters from 1, of a byte offset of the source.
fn column(source: &str, offset: usize) -> Option<usize> {
    let before = source.get(..offset)?;
    let line = before.rsplit('\n').next()?;
    Some(line.chars().count() + 1)
}

/// ` 3:14`, ` 3`, or nothing for a defect without a position.
fn position_suffix(position: Option<TextPosition>) -> String {
    match position {
        None => String::new(),
        Some(TextPosition { line, column: None }) => format!(" {line}"),
        Some(TextPosition {
            line,
            column: Some(column),
        }) => format!(" {line}:{column}"),
    }
}
