//! SES: what it allows, and mails of a wave in one call.

use std::{collections::HashMap, time::Duration};

use aws_sdk_sesv2::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
    operation::send_bulk_email::SendBulkEmailError,
    types::{
        BulkEmailContent, BulkEmailEntry, BulkEmailEntryResult, BulkEmailStatus, Destination,
        EmailTemplateContent, MessageTag, ReplacementEmailContent, ReplacementTemplate, Template,
    },
};
use mail_builder::headers::{Header, address::Address};
use reinvite_domain::{
    EmailAddress, SenderProfile,
    resend::{DailyQuota, Throughput},
};

use crate::Error;

/// How long SES is waited for.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends mails from one address.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    from: EmailAddress,
    configuration_set: Option<String>,
}

/// A mail of a wave. It cannot be logged.
#[derive(Clone)]
pub struct OutgoingMail {
    /// Whom it goes to.
    pub to: EmailAddress,
    /// Its subject.
    pub subject: String,
    /// Its HTML.
    pub html: String,
    /// Its text.
    pub text: String,
    /// Tags that come back with what became of it: names and values of `[A-Za-z0-9_-]`.
    pub tags: Vec<(&'static str, String)>,
}

/// What SES answered for one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// Accepted, under this id.
    Accepted(String),
    /// Not accepted, and not tried: the same may go later.
    Throttled,
    /// Not accepted: the day's quota is spent.
    QuotaSpent,
    /// Not accepted: this account, sender or configuration may not send.
    Disabled,
    /// Not accepted, for a passing reason.
    Transient,
    /// Not accepted, ever; SES's status or error in snake case.
    Rejected(String),
}

/// What SES answered for a wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// Something for each mail.
    Each(Vec<MailOutcome>),
    /// The same for every mail: none was accepted.
    All(MailOutcome),
    /// Nothing, or nothing that says: mails may have been accepted.
    Doubt,
}

impl Mailer {
    /// Sends from `from`. Calls that send are made once and time out after 20 s: SES knows no idempotency token, and a
    /// second try may be a second mail.
    #[must_use]
    pub const fn new(client: Client, from: EmailAddress) -> Self {
        Self {
            client,
            from,
            configuration_set: None,
        }
    }

    /// The same, with the configuration set by which SES tells what becomes of the mails.
    #[must_use]
    pub fn with_configuration_set(self, configuration_set: Option<String>) -> Self {
        Self {
            configuration_set,
            ..self
        }
    }

    /// What SES lets the account send now.
    pub async fn throughput(&self) -> Result<Throughput, Error> {
        let account = self
            .client
            .get_account()
            .send()
            .await
            .map_err(|error| Error::Call {
                operation: "GetAccount",
                code: error.code().map(str::to_string),
                source: Box::new(error),
            })?;
        let quota = account.send_quota;
        let (most, sent) = quota.as_ref().map_or((0.0, 0.0), |quota| {
            (quota.max24_hour_send, quota.sent_last24_hours)
        });
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers of mails")]
        let daily = DailyQuota {
            mails: most as i64,
            left: (most - sent).max(0.0) as i64,
        };
        let quota_of_day = (most >= 0.0).then_some(daily);
        Ok(Throughput {
            rate: quota.map_or(1.0, |quota| quota.max_send_rate),
            quota: quota_of_day,
        })
    }

    /// Sends the mails of a wave, at most 50, under the letterhead of their resend.
    pub async fn send(
        &self,
        sender_profile: &SenderProfile,
        mails: &[OutgoingMail],
    ) -> Result<SendOutcome, Error> {
        // SES puts the values in as they are: they were rendered, and escaped, before.
        let content = EmailTemplateContent::builder()
            .subject("{{subject}}")
            .text("{{text}}")
            .html("{{html}}")
            .build();
        let template = Template::builder()
            .template_content(content)
            .template_data("{}")
            .build();
        let entries = mails.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let once = aws_sdk_sesv2::config::Config::builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(TIMEOUT).build());
        let sent = self
            .client
            .send_bulk_email()
            .from_email_address(from_header(&sender_profile.sender_name, &self.from))
            .set_reply_to_addresses(
                sender_profile
                    .reply_to
                    .as_ref()
                    .map(|address| vec![address.as_str().to_string()]),
            )
            .set_configuration_set_name(self.configuration_set.clone())
            .default_content(BulkEmailContent::builder().template(template).build())
            .set_bulk_email_entries(Some(entries))
            .customize()
            .config_override(once)
            .send()
            .await;
        match sent {
            Ok(answer) => {
                let results = answer.bulk_email_entry_results;
                // Fewer results than mails say nothing of the rest.
                Ok(if results.len() == mails.len() {
                    SendOutcome::Each(results.iter().map(one).collect())
                } else {
                    SendOutcome::Doubt
                })
            }
            Err(error) => Ok(whole(&error)),
        }
    }
}

fn entry(mail: &OutgoingMail) -> Result<BulkEmailEntry, Error> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| Error::Call {
        operation: "SendBulkEmail",
        code: None,
        source,
    };
    let values: HashMap<_, _> = [
        ("subject", &mail.subject),
        ("text", &mail.text),
        ("html", &mail.html),
    ]
    .into();
    let values = serde_json::to_string(&values).map_err(|error| failed(error.into()))?;
    let replacement = ReplacementTemplate::builder()
        .replacement_template_data(values)
        .build();
    let tags = mail.tags.iter().map(|(name, value)| {
        MessageTag::builder()
            .name(*name)
            .value(value)
            .build()
            .map_err(|error| failed(error.into()))
    });
    Ok(BulkEmailEntry::builder()
        .destination(
            Destination::builder()
                .to_addresses(mail.to.as_str())
                .build(),
        )
        .replacement_email_content(
            ReplacementEmailContent::builder()
                .replacement_template(replacement)
                .build(),
        )
        .set_replacement_tags(Some(tags.collect::<Result<_, _>>()?))
        .build())
}

/// The bytes a mail takes in the call.
#[must_use]
pub fn weight(mail: &OutgoingMail) -> usize {
    let texts = [&mail.subject, &mail.text, &mail.html];
    // JSON within JSON: a quote or a line break takes up to four bytes.
    texts
        .iter()
        .map(|text| text.len() + 3 * text.matches(['"', '\\', '\n', '\r', '\t']).count())
        .sum::<usize>()
        + 500
}

fn one(result: &BulkEmailEntryResult) -> MailOutcome {
    let status = result.status.as_ref();
    match (status, &result.message_id) {
        (Some(BulkEmailStatus::Success), Some(id)) => MailOutcome::Accepted(id.clone()),
        (Some(BulkEmailStatus::AccountThrottled), _) => MailOutcome::Throttled,
        (Some(BulkEmailStatus::AccountDailyQuotaExceeded), _) => MailOutcome::QuotaSpent,
        (
            Some(
                BulkEmailStatus::AccountSendingPaused
                | BulkEmailStatus::AccountSuspended
                | BulkEmailStatus::ConfigurationSetNotFound
                | BulkEmailStatus::ConfigurationSetSendingPaused
                | BulkEmailStatus::InvalidSendingPoolName
                | BulkEmailStatus::MailFromDomainNotVerified,
            ),
            _,
        ) => MailOutcome::Disabled,
        (Some(BulkEmailStatus::TransientFailure | BulkEmailStatus::Failed), _) => {
            MailOutcome::Transient
        }
        (status, _) => MailOutcome::Rejected(
            status
                .map_or("failed", BulkEmailStatus::as_str)
                .to_lowercase(),
        ),
    }
}

fn whole(error: &SdkError<SendBulkEmailError>) -> SendOutcome {
    let SdkError::ServiceError(answer) = error else {
        return SendOutcome::Doubt;
    };
    if !(400..500).contains(&answer.raw().status().as_u16()) {
        return SendOutcome::Doubt;
    }
    let daily = error
        .message()
        .is_some_and(|message| message.to_lowercase().contains("daily"));
    SendOutcome::All(match answer.err() {
        SendBulkEmailError::TooManyRequestsException(_)
        | SendBulkEmailError::LimitExceededException(_)
            if daily =>
        {
            MailOutcome::QuotaSpent
        }
        SendBulkEmailError::TooManyRequestsException(_)
        | SendBulkEmailError::LimitExceededException(_) => MailOutcome::Throttled,
        SendBulkEmailError::AccountSuspendedException(_)
        | SendBulkEmailError::SendingPausedException(_)
        | SendBulkEmailError::MailFromDomainNotVerifiedException(_)
        | SendBulkEmailError::NotFoundException(_) => MailOutcome::Disabled,
        _ if matches!(error.code(), Some("ThrottlingException" | "Throttling")) => {
            MailOutcome::Throttled
        }
        _ if matches!(
            error.code(),
            Some("AccessDeniedException" | "ExpiredTokenException")
        ) =>
        {
            MailOutcome::Disabled
        }
        _ => MailOutcome::Rejected(snake_case(error.code().unwrap_or("rejected"))),
    })
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

/// `"Name" <address>` (RFC 5322) on one line, a name outside ASCII as encoded words (RFC 2047).
fn from_header(name: &str, address: &EmailAddress) -> String {
    let name: String = name
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    let mut header = Vec::new();
    Address::new_address(Some(name), address.as_str()).write_header(&mut header, 0);
    String::from_utf8_lossy(&header).replace("\r\n", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_senders_name_cannot_break_out_of_its_header() {
        let address = "invitations@example.com".parse().unwrap();
        assert_eq!(
            from_header("Example School", &address),
            "\"Example School\" <invitations@example.com>"
        );
        let hostile = from_header("A\"\r\nBcc: b@example.com", &address);
        assert!(
            !hostile.contains(['\r', '\n']) && hostile.ends_with(" <invitations@example.com>"),
            "{hostile}"
        );
        assert!(from_header("学校", &address).starts_with("=?utf-8?"));
    }
}
