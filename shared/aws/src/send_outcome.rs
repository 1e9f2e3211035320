//! The meaning of each answer of SES: what became of each mail of a call, and whose fault it was.

use std::error::Error as StdError;

use aws_sdk_sesv2::{
    error::{ProvideErrorMetadata, SdkError},
    operation::send_bulk_email::{SendBulkEmailError, SendBulkEmailOutput},
    types::{BulkEmailEntryResult, BulkEmailStatus},
};
use hyper_util::client::legacy::Error as ConnectionError;
use reinvite_domain::{EmailAddress, FailedReason};
use strum::{IntoStaticStr, VariantNames};

use crate::refusal_message::{Blame, RefusalMessage};

/// What became of one mail.
#[derive(Clone, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum MailOutcome {
    /// Accepted, with this message id.
    Accepted(String),
    /// SES says that it accepted the mail, and gives no message id or an empty one: the mail is in
    /// doubt.
    Doubt,
    /// It certainly did not leave, for a reason that has nothing to do with this mail: it may go
    /// later.
    Unsent,
    /// Not accepted, because the account sends too fast: the same mail may go later.
    Throttled,
    /// Not accepted: the daily quota is used up.
    QuotaSpent,
    /// Not accepted: this account, sender or configuration may not send. Holds the code of SES.
    Disabled(String),
    /// Not accepted, for a reason that passes.
    Transient,
    /// Not accepted, ever, for a reason that lies in this mail or its recipient.
    Rejected(FailedReason),
}

impl MailOutcome {
    /// The names of all outcomes.
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The outcome's name in metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// What became of the mails of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// One outcome for each mail.
    Each(Vec<MailOutcome>),
    /// One outcome for the whole call: no mail was accepted.
    All(MailOutcome),
    /// The call never reached SES: no mail has left.
    NoConnection,
    /// No answer, or none that says: mails may have been accepted.
    Doubt,
}

/// The addresses of a call.
pub(crate) struct Addresses<'a> {
    pub from: &'a EmailAddress,
    /// One for each mail.
    pub to: Vec<&'a EmailAddress>,
}

/// The outcome of a call that SES answered.
pub(crate) fn of_answer(answer: &SendBulkEmailOutput, addresses: &Addresses<'_>) -> SendOutcome {
    let results = &answer.bulk_email_entry_results;
    // Fewer results than mails say nothing of the rest.
    if results.len() != addresses.to.len() {
        return SendOutcome::Doubt;
    }

    let outcomes = results
        .iter()
        .zip(&addresses.to)
        .map(|(result, to)| of_entry(result, addresses.from, to));
    SendOutcome::Each(outcomes.collect())
}

/// The outcome of a call that failed. No mail has left if the request was never handed over to be
/// `transmitted`, if there was no connection, or if SES answered a 4xx.
pub(crate) fn of_error(
    error: &SdkError<SendBulkEmailError>,
    transmitted: bool,
    addresses: &Addresses<'_>,
) -> SendOutcome {
    match error {
        _ if !transmitted => SendOutcome::NoConnection,
        SdkError::DispatchFailure(failure)
            if failure
                .as_connector_error()
                .is_some_and(|error| is_without_connection(error)) =>
        {
            SendOutcome::NoConnection
        }
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            match status {
                // SES gave up waiting for the request, or says that it did.
                408 => SendOutcome::Doubt,
                400..500 => of_refused_call(answer.err(), status, addresses),
                _ => SendOutcome::Doubt,
            }
        }
        _ => SendOutcome::Doubt,
    }
}

/// Whether the connection could not be made: no name, no route, refused, timed out or no TLS.
fn is_without_connection(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<ConnectionError>() {
            return error.is_connect();
        }
        cause = error.source();
    }
    false
}

fn of_refused_call(
    error: &SendBulkEmailError,
    status: u16,
    addresses: &Addresses<'_>,
) -> SendOutcome {
    use SendBulkEmailError::{
        AccountSuspendedException, LimitExceededException, MailFromDomainNotVerifiedException,
        NotFoundException, SendingPausedException, TooManyRequestsException,
    };

    let code = error.code().unwrap_or_default();
    let message = RefusalMessage(error.message().unwrap_or_default());
    let is_throttling =
        status == 429 || code.starts_with("Throttling") || code == "RequestThrottled";
    match error {
        TooManyRequestsException(_) | LimitExceededException(_) if message.names_the_day() => {
            SendOutcome::All(MailOutcome::QuotaSpent)
        }
        TooManyRequestsException(_) | LimitExceededException(_) => {
            SendOutcome::All(MailOutcome::Throttled)
        }
        _ if is_throttling => SendOutcome::All(MailOutcome::Throttled),
        AccountSuspendedException(_)
        | SendingPausedException(_)
        | MailFromDomainNotVerifiedException(_)
        | NotFoundException(_) => SendOutcome::All(MailOutcome::Disabled(code.into())),
        _ if matches!(status, 401 | 403 | 404) || is_about_credentials(code) => {
            SendOutcome::All(MailOutcome::Disabled(code.into()))
        }
        _ => of_message(&message, code, addresses),
    }
}

/// Codes by which AWS refuses credentials or their signature, some of them as a 400.
fn is_about_credentials(code: &str) -> bool {
    [
        "AccessDenied",
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    ]
    .iter()
    .any(|known| code.starts_with(known))
}

/// The outcome of a refused call whose code does not say whose fault it was.
fn of_message(message: &RefusalMessage<'_>, code: &str, addresses: &Addresses<'_>) -> SendOutcome {
    match message.blame(addresses.from, &addresses.to) {
        Blame::Sender => SendOutcome::All(MailOutcome::Disabled(code.into())),
        Blame::Mail => SendOutcome::All(MailOutcome::Rejected(FailedReason::Rejected)),
        // The call is refused as a whole: the other mails did not leave, and may go without these.
        Blame::Unverified(unverified) => {
            let outcomes = addresses.to.iter().map(|to| {
                if unverified.contains(to) {
                    MailOutcome::Rejected(FailedReason::Sandbox)
                } else {
                    MailOutcome::Unsent
                }
            });
            SendOutcome::Each(outcomes.collect())
        }
    }
}

fn of_entry(result: &BulkEmailEntryResult, from: &EmailAddress, to: &EmailAddress) -> MailOutcome {
    use BulkEmailStatus::{
        AccountDailyQuotaExceeded, AccountSendingPaused, AccountSuspended, AccountThrottled,
        ConfigurationSetNotFound, ConfigurationSetSendingPaused, Failed, InvalidSendingPoolName,
        MailFromDomainNotVerified, Success, TemplateNotFound, TransientFailure,
    };

    let Some(status) = &result.status else {
        return MailOutcome::Doubt;
    };
    match status {
        Success => match &result.message_id {
            Some(id) if !id.is_empty() => MailOutcome::Accepted(id.clone()),
            _ => MailOutcome::Doubt,
        },
        AccountThrottled => MailOutcome::Throttled,
        AccountDailyQuotaExceeded => MailOutcome::QuotaSpent,
        AccountSendingPaused
        | AccountSuspended
        | ConfigurationSetNotFound
        | ConfigurationSetSendingPaused
        | InvalidSendingPoolName
        | MailFromDomainNotVerified
        | TemplateNotFound => MailOutcome::Disabled(status.as_str().into()),
        TransientFailure | Failed => MailOutcome::Transient,
        _ => {
            let message = RefusalMessage(result.error.as_deref().unwrap_or_default());
            match message.blame(from, &[to]) {
                Blame::Sender => MailOutcome::Disabled(status.as_str().into()),
                Blame::Unverified(_) => MailOutcome::Rejected(FailedReason::Sandbox),
                Blame::Mail => MailOutcome::Rejected(FailedReason::Rejected),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_without_a_message_id_or_with_an_empty_one_is_in_doubt() {
        let address: EmailAddress = "a@example.com".parse().unwrap();
        let outcome_of = |id: Option<&str>| {
            let result = BulkEmailEntryResult::builder()
                .status(BulkEmailStatus::Success)
                .set_message_id(id.map(str::to_owned))
                .build();
            of_entry(&result, &address, &address)
        };

        assert_eq!(outcome_of(None), MailOutcome::Doubt);
        assert_eq!(outcome_of(Some("")), MailOutcome::Doubt);
        assert_eq!(outcome_of(Some("1")), MailOutcome::Accepted("1".into()));
    }
}
