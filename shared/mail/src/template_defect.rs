/// A defect of a template, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateDefect {
    /// The source does not parse.
    #[error("{0}")]
    Syntax(String),
    /// The source reads a variable that no mail has.
    #[error("{0}")]
    UndefinedVariable(String),
    /// Rendering needs more than [`MAX_FUEL_PER_PART`](crate::MAX_FUEL_PER_PART).
    #[error("runs too long")]
    OutOfFuel,
    /// The source or its result exceeds the size limit of the part.
    #[error("longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The template writes a line break into the subject. A value never holds a line break.
    #[error("a subject is one line")]
    LineBreakInSubject,
    /// The template processes a password or an invitation link instead of writing it out.
    #[error(
        "a password or an invitation link may only be written out, as {{{{ password }}}} or {{{{ invitation_url }}}}"
    )]
    MisusedSecret,
    /// The template writes a password or an invitation link into the subject.
    #[error(
        "a subject may not hold a password or an invitation link: mail servers log it, and locked screens show it"
    )]
    SecretInSubject,
    /// The template writes a password or an invitation link next to text that turns both into an
    /// address.
    #[error(
        "a password or an invitation link may not be part of another address: put a blank between them"
    )]
    SecretInAddress,
    /// The HTML breaks a rule for mails.
    #[error("{0}")]
    Html(String),
    /// An edit names a language that the template lacks.
    #[error("is not a language of the template")]
    UnknownLanguage,
    /// The language tags of two variants differ only in case.
    #[error("is there twice, in another case")]
    DuplicateLanguage,
    /// The subject is empty, or a template has no variants.
    #[error("must not be empty")]
    Empty,
    /// The source parses but cannot be evaluated: an unknown filter, a number added to a text.
    #[error("{0}")]
    CannotEvaluate(String),
}
