//! The meaning of each answer of SES.

use aws_sdk_sesv2::{
    error::{ProvideErrorMetadata, SdkError},
    operation::send_bulk_email::{SendBulkEmailError, SendBulkEmailOutput},
    types::{BulkEmailEntryResult, BulkEmailStatus},
};

/// The answer of SES for one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// Accepted, with this message id.
    Accepted(String),
    /// Not accepted, because the account sends too fast: the same mail may go later.
    Throttled,
    /// Not accepted: the daily quota is used up.
    QuotaSpent,
    /// Not accepted: this account, sender or configuration may not send.
    Disabled,
    /// Not accepted, for a reason that passes.
    Transient,
    /// Not accepted, ever: the status or error code of SES in snake case.
    Rejected(String),
}

/// The answer of SES for a call with the mails of a wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// One outcome for each mail.
    Each(Vec<MailOutcome>),
    /// One outcome for the whole call: no mail was accepted.
    All(MailOutcome),
    /// No answer, or none that says: mails may have been accepted.
    Doubt,
}

/// The outcome of a call that SES answered.
pub(crate) fn of_answer(answer: &SendBulkEmailOutput, mails: usize) -> SendOutcome {
    let results = &answer.bulk_email_entry_results;
    // Fewer results than mails say nothing of the rest.
    if results.len() != mails {
        return SendOutcome::Doubt;
    }
    SendOutcome::Each(results.iter().map(of_entry).collect())
}

/// The outcome of a call that failed. Only a parsed 4xx says that no mail was accepted.
pub(crate) fn of_error(error: &SdkError<SendBulkEmailError>) -> SendOutcome {
    let SdkError::ServiceError(answer) = error else {
        return SendOutcome::Doubt;
    };
    if !(400..500).contains(&answer.raw().status().as_u16()) {
        return SendOutcome::Doubt;
    }
    SendOutcome::All(of_refused_call(answer.err()))
}

fn of_refused_call(error: &SendBulkEmailError) -> MailOutcome {
    use SendBulkEmailError::{
        AccountSuspendedException, LimitExceededException, MailFromDomainNotVerifiedException,
        NotFoundException, SendingPausedException, TooManyRequestsException,
    };

    let names_the_day = error
        .message()
        .is_some_and(|message| message.to_lowercase().contains("daily"));
    match error {
        TooManyRequestsException(_) | LimitExceededException(_) if names_the_day => {
            MailOutcome::QuotaSpent
        }
        TooManyRequestsException(_) | LimitExceededException(_) => MailOutcome::Throttled,
        AccountSuspendedException(_)
        | SendingPausedException(_)
        | MailFromDomainNotVerifiedException(_)
        | NotFoundException(_) => MailOutcome::Disabled,
        _ => match error.code() {
            Some("ThrottlingException" | "Throttling") => MailOutcome::Throttled,
            Some("AccessDeniedException" | "ExpiredTokenException") => MailOutcome::Disabled,
            code => MailOutcome::Rejected(snake_case(code.unwrap_or("rejected"))),
        },
    }
}

fn of_entry(result: &BulkEmailEntryResult) -> MailOutcome {
    use BulkEmailStatus::{
        AccountDailyQuotaExceeded, AccountSendingPaused, AccountSuspended, AccountThrottled,
        ConfigurationSetNotFound, ConfigurationSetSendingPaused, Failed, InvalidSendingPoolName,
        MailFromDomainNotVerified, Success, TransientFailure,
    };

    match (&result.status, &result.message_id) {
        (Some(Success), Some(id)) => MailOutcome::Accepted(id.clone()),
        (Some(AccountThrottled), _) => MailOutcome::Throttled,
        (Some(AccountDailyQuotaExceeded), _) => MailOutcome::QuotaSpent,
        (
            Some(
                AccountSendingPaused
                | AccountSuspended
                | ConfigurationSetNotFound
                | ConfigurationSetSendingPaused
                | InvalidSendingPoolName
                | MailFromDomainNotVerified,
            ),
            _,
        ) => MailOutcome::Disabled,
        (Some(TransientFailure | Failed), _) => MailOutcome::Transient,
        (Some(status), _) => MailOutcome::Rejected(status.as_str().to_lowercase()),
        (None, _) => MailOutcome::Rejected("failed".into()),
    }
}

/// `BadRequestException` as `bad_request_exception`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
