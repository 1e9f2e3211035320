//! The service and its data.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, atomic::AtomicU64};

use super::{
    account::Account,
    allowance::{Allowance, DAY},
    call_limit::CallLimit,
    mailbox::Mailbox,
    template::Stored,
};
use crate::{clock::Clock, refusal::Refusal, sqs::Sqs, state::State};

/// SES of one account and region.
#[derive(Clone)]
pub struct Ses {
    account: Arc<RwLock<Account>>,
    pub(super) allowance: Arc<Mutex<Allowance>>,
    pub(super) mailbox: Mailbox,
    pub(super) clock: Clock,
    /// Takes the events.
    pub(super) sqs: Sqs,
    /// How many there were.
    pub(super) events: Arc<AtomicU64>,
    pub(super) templates: Arc<Mutex<Stored>>,
    send_calls: Arc<Mutex<CallLimit>>,
    get_account_calls: Arc<Mutex<CallLimit>>,
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
            account: Arc::new(RwLock::new(account)),
            allowance: Arc::new(Mutex::new(allowance)),
            mailbox,
            clock,
            sqs,
            events: Arc::default(),
            templates: Arc::default(),
            send_calls: Arc::default(),
            get_account_calls: Arc::default(),
        })
    }

    /// Changes the account while it is in use, as an operator or AWS does: verifies an identity, ends the sandbox, sets a
    /// limit.
    pub fn change_account(&self, change: impl FnOnce(&mut Account)) {
        let mut account = self.account.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut account);
        self.allowance()
            .set_limits(account.max_send_rate, account.max_24_hour_send);
    }

    pub(super) fn account(&self) -> Account {
        self.account
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes a call that sends mail, or refuses it for the sake of the account, the caller or the configuration. The call
    /// is an operation and a sender.
    pub(super) fn admit(
        &self,
        account: &Account,
        (operation, from): (&str, &str),
        configuration_set: Option<&str>,
        template: Option<&str>,
    ) -> Result<(), Refusal> {
        lock(&self.send_calls).take(self.clock.now(), account.send_calls_per_second)?;
        account.authorise(operation, from, configuration_set, template)?;
        account.check_sending()?;
        account.check_configuration_set(configuration_set)
    }

    /// Takes a call of `GetAccount`, or refuses it by the account's limit.
    pub(super) fn take_get_account_call(&self, account: &Account) -> Result<(), Refusal> {
        lock(&self.get_account_calls).take(self.clock.now(), account.get_account_calls_per_second)
    }

    /// The mails that were accepted.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    pub(super) fn allowance(&self) -> MutexGuard<'_, Allowance> {
        lock(&self.allowance)
    }

    pub(super) fn templates(&self) -> MutexGuard<'_, Stored> {
        lock(&self.templates)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
