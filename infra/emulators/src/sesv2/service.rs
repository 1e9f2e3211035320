//! The service and its data.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64};

use super::{
    account::Account,
    allowance::{Allowance, DAY},
    mailbox::Mailbox,
    template::Stored,
};
use crate::{clock::Clock, sqs::Sqs, state::State};

/// SES of one account and region.
#[derive(Clone)]
pub struct Ses {
    pub(super) account: Arc<Account>,
    pub(super) allowance: Arc<Mutex<Allowance>>,
    pub(super) mailbox: Mailbox,
    pub(super) clock: Clock,
    /// Takes the events.
    pub(super) sqs: Sqs,
    /// How many there were.
    pub(super) events: Arc<AtomicU64>,
    pub(super) templates: Arc<Mutex<Stored>>,
}

impl Ses {
    /// Takes up where the stored mails leave off: they count against the rolling day.
    pub(crate) fn open(
        state: State,
        clock: Clock,
        account: Account,
        sqs: Sqs,
    ) -> rusqlite::Result<Self> {
        let mailbox = Mailbox::new(state);
        let sent = mailbox.sent_since(clock.now() - DAY)?;
        let allowance = Allowance::new(account.max_send_rate, account.max_24_hour_send, sent);
        Ok(Self {
            account: Arc::new(account),
            allowance: Arc::new(Mutex::new(allowance)),
            mailbox,
            clock,
            sqs,
            events: Arc::default(),
            templates: Arc::default(),
        })
    }

    /// The mails that were accepted.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    pub(super) fn allowance(&self) -> MutexGuard<'_, Allowance> {
        self.allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn templates(&self) -> MutexGuard<'_, Stored> {
        self.templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
