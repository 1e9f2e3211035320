//! Errors of the workflows, and whether a job that failed is worth another attempt.

use reinvite_domain::credential::HashError;
use reinvite_mail::RenderError;

/// An error of a workflow.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] reinvite_store::Error),
    /// A call to another service of AWS failed.
    #[error(transparent)]
    Aws(#[from] reinvite_aws::Error),
    /// The start of a resend came while it is still being prepared.
    #[error("the resend is still being prepared")]
    StillPreparing,
    /// A message to resume or cancel a resend came before the command was written.
    #[error("the command is not written yet")]
    CommandNotWritten,
    /// The user pool lacks temporary passwords of mails that may have arrived.
    #[error("temporary passwords are not set in the user pool")]
    TemporaryPasswordsNotSet,
    /// The template of a resend does not compile or render, although it did at its creation.
    #[error("the template of the resend cannot be used")]
    Template(#[source] RenderError),
    /// The template of a resend is unfit for its mails.
    #[error("the template is unfit for the mails of the resend")]
    TemplateUnfit,
    /// The template of a resend has no language variant.
    #[error("the template of the resend has no language")]
    TemplateWithoutLanguage,
    /// The filter of a stored selection cannot be parsed, although it could at its creation.
    #[error("the stored filter of the resend is corrupt")]
    CorruptFilter,
    /// SES has never told the send rate of the account.
    #[error("the send rate of the account is not known")]
    PaceUnknown,
    /// A temporary password cannot be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// A job that was not done. Its message stays in the queue either way, and ends in the dead-letter
/// queue after its last attempt.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A later attempt may succeed.
    #[error(transparent)]
    Retry(Error),
    /// No later attempt succeeds before stored data or the configuration is repaired.
    #[error(transparent)]
    Fail(Error),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        use reinvite_store::Error::{Corrupt, Missing};

        match error {
            Error::Store(Corrupt { .. } | Missing(_))
            | Error::Template(_)
            | Error::TemplateUnfit
            | Error::TemplateWithoutLanguage
            | Error::CorruptFilter
            | Error::Hash(_) => Self::Fail(error),
            Error::Store(_)
            | Error::Aws(_)
            | Error::StillPreparing
            | Error::CommandNotWritten
            | Error::PaceUnknown
            | Error::TemporaryPasswordsNotSet => Self::Retry(error),
        }
    }
}
