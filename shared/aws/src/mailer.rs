//! SES: the limits of the account, and the mails of a wave in one call.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_sdk_sesv2::{
    Client,
    config::{
        Config, ConfigBag, Intercept, RuntimeComponents,
        interceptors::BeforeTransmitInterceptorContextRef, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    error::{BoxError, BuildError, ProvideErrorMetadata},
    types::{
        BulkEmailContent, BulkEmailEntry, Destination, MessageTag, ReplacementEmailContent,
        ReplacementTemplate, SendQuota,
    },
};
use aws_types::SdkConfig;
use mail_builder::headers::{Header, address::Address};
use reinvite_domain::{
    EmailAddress, SenderProfile,
    resend::{DailyQuota, SendingAccount, Throughput},
};

use crate::{
    Environment, Error,
    outgoing_mail::OutgoingMail,
    send_outcome::{Addresses, SendOutcome, of_answer, of_error},
    wave_template::WaveTemplate,
};

/// How long a call waits for SES.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// The percent of a stage that has the account for itself.
const WHOLE_SHARE: u8 = 100;

/// Sends mails from one address.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    config: MailerConfig,
}

/// The configuration of a mailer.
#[derive(Clone, Debug)]
pub struct MailerConfig {
    /// `FROM_ADDRESS`: an identity that SES has verified.
    pub from: EmailAddress,
    /// `CONFIGURATION_SET`: the set by which SES publishes events of mails; without it there are
    /// none.
    pub configuration_set: Option<String>,
    /// `SEND_RATE_SHARE`: the percent of the account's rate and quota that this stage uses, 1 to 100;
    /// 100 if absent.
    pub send_rate_share: u8,
}

impl MailerConfig {
    /// Reads the configuration from environment variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let from = environment.parsed("FROM_ADDRESS");
        let share = environment
            .optional("SEND_RATE_SHARE")
            .map_or(Some(WHOLE_SHARE), |share| share.parse().ok())
            .filter(|share| (1..=WHOLE_SHARE).contains(share));
        if share.is_none() {
            environment.problem("SEND_RATE_SHARE must be 1 to 100");
        }

        Some(Self {
            from: from?,
            configuration_set: environment.optional("CONFIGURATION_SET"),
            send_rate_share: share?,
        })
    }
}

impl Mailer {
    /// Connects to SES.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, config: MailerConfig) -> Self {
        Self {
            client: Client::new(sdk),
            config,
        }
    }

    /// Reads what SES says of the account. Its throughput is the share of this stage.
    pub async fn account(&self) -> Result<SendingAccount, Error> {
        let account = match self.client.get_account().send().await {
            Ok(account) => account,
            Err(error) => {
                let code = error.code().map(str::to_string);
                return Err(Error::call("GetAccount", code.as_deref(), error));
            }
        };
        Ok(SendingAccount {
            throughput: throughput(account.send_quota.as_ref()).share(self.config.send_rate_share),
            has_production_access: account.production_access_enabled,
            is_enabled: account.sending_enabled,
        })
    }

    /// Sends the mails of a wave, at most 50, with the sender profile of their resend.
    ///
    /// The call is made once, and times out after 20 s: SES has no idempotency key, so a retry may
    /// send a second mail.
    pub async fn send(&self, profile: &SenderProfile, mails: &[&OutgoingMail]) -> SendOutcome {
        let template = WaveTemplate::of(mails);
        let entries = mails.iter().map(|mail| bulk_entry(mail, &template));
        let Ok(entries) = entries.collect() else {
            return SendOutcome::NoConnection;
        };
        let reply_to = profile
            .reply_to
            .as_ref()
            .map(|address| vec![address.mailbox().into_owned()]);
        let transmission = Transmission::default();
        let without_retries = Config::builder()
            .interceptor(transmission.clone())
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_timeout(SEND_TIMEOUT)
                    .build(),
            );

        let sent = self
            .client
            .send_bulk_email()
            .from_email_address(from_header(&profile.sender_name, &self.config.from))
            .set_reply_to_addresses(reply_to)
            .set_configuration_set_name(self.config.configuration_set.clone())
            .default_content(
                BulkEmailContent::builder()
                    .template(template.inline())
                    .build(),
            )
            .set_bulk_email_entries(Some(entries))
            .customize()
            .config_override(without_retries)
            .send()
            .await;

        let addresses = Addresses {
            from: &self.config.from,
            to: mails.iter().map(|mail| &mail.to).collect(),
        };
        match sent {
            Ok(answer) => of_answer(&answer, &addresses),
            Err(error) => of_error(&error, transmission.has_begun(), &addresses),
        }
    }
}

/// Sees whether a call was handed over to be transmitted. A call that ended before, for lack of
/// credentials for example, has certainly not left.
#[derive(Clone, Debug, Default)]
struct Transmission(Arc<AtomicBool>);

impl Transmission {
    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Intercept for Transmission {
    fn name(&self) -> &'static str {
        "Transmission"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// The throughput of an account; an account without a quota sends nothing.
fn throughput(quota: Option<&SendQuota>) -> Throughput {
    let Some(quota) = quota else {
        return Throughput {
            rate: 1.0,
            quota: Some(DailyQuota { mails: 0, left: 0 }),
        };
    };

    let (daily, sent) = (quota.max24_hour_send, quota.sent_last24_hours);
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers of mails")]
    let daily_quota = DailyQuota {
        mails: daily as i64,
        left: (daily - sent).max(0.0) as i64,
    };
    Throughput {
        rate: quota.max_send_rate,
        // SES writes -1 for an account without a quota.
        quota: (daily >= 0.0).then_some(daily_quota),
    }
}

fn bulk_entry(mail: &OutgoingMail, template: &WaveTemplate) -> Result<BulkEmailEntry, BuildError> {
    let replacement = ReplacementTemplate::builder()
        .replacement_template_data(template.data_of(mail))
        .build();
    let tags = mail
        .tags
        .iter()
        .map(|(name, value)| MessageTag::builder().name(*name).value(value).build())
        .collect::<Result<_, _>>()?;

    Ok(BulkEmailEntry::builder()
        .destination(
            Destination::builder()
                .to_addresses(mail.to.mailbox())
                .build(),
        )
        .replacement_email_content(
            ReplacementEmailContent::builder()
                .replacement_template(replacement)
                .build(),
        )
        .set_replacement_tags(Some(tags))
        .build())
}

/// `"Name" <address>` (RFC 5322) on one line; a name outside ASCII becomes encoded words (RFC 2047).
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
