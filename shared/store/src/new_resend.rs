//! The creation of a resend: everything that is written of it, in one transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reinvite_domain::{
    AuditEntry, DailyUsage, Language, Note, PasswordChange, Resend, UserId, Variant,
};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::{
    Error, IdempotentRequest,
    audit_trail::entry_write,
    daily_usage::usage_write,
    due_resends::WAKE_PARTITION,
    idempotent_requests::request_write,
    keys,
    resend_inputs::{ChoicesPart, IDS_PER_ITEM, NoteItem, SelectionPart},
    resends::{Resends, retry_write},
    table::Table,
    transaction::Transaction,
    transition::count_state,
};

/// Everything that is written of a new resend.
#[derive(Clone, Copy, Debug)]
pub struct NewResend<'a> {
    /// The resend.
    pub resend: &'a Resend,
    /// The ids of its selection, or the ids that its filter leaves out.
    pub ids: &'a [UserId],
    /// Password changes chosen for single users.
    pub choices: &'a BTreeMap<UserId, PasswordChange>,
    /// The note that its mails show.
    pub note: Option<&'a Note>,
    /// The template.
    pub variants: &'a BTreeMap<Language, Variant>,
    /// The audit entry of its creation.
    pub audit: &'a AuditEntry,
    /// The organisation's limit of recipients in a day.
    pub daily_limit: u32,
    /// The resend whose failed recipients it retries.
    pub retried: Option<&'a Resend>,
}

/// A resend with the keys of its indexes.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredResend<'a> {
    #[serde(flatten)]
    resend: &'a Resend,
    organisation_state: String,
    wake: Option<&'static str>,
    wake_at: Option<i64>,
}

/// Conditions of the creation that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CreateGuard {
    NewRequest,
    DailyLimit,
}

impl Resends {
    /// Writes a new resend with its inputs, the audit entry, the record of its request and its
    /// share of the daily limit, all or nothing; answers `false` if the request was done before.
    ///
    /// [`Error::DailyLimit`] if the day does not have enough recipients left; [`Error::Changed`] if
    /// another request retries the same resend at the same time.
    pub async fn create(
        &self,
        new: &NewResend<'_>,
        request: &IdempotentRequest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let table = &self.0;
        let NewResend { resend, .. } = new;

        let mut transaction = Transaction::new();
        transaction.guard(
            CreateGuard::NewRequest,
            request_write(table, request, resend.id.as_str(), now)?,
        );
        add_item_writes(&mut transaction, table, new)?;
        transaction.add(entry_write(table, &resend.organisation, new.audit)?);
        let DailyUsage { day, recipients } = resend.daily_usage;
        if recipients > 0 {
            let usage = i64::from(recipients);
            transaction.guard(
                CreateGuard::DailyLimit,
                usage_write(table, &resend.organisation, day, usage, new.daily_limit)?,
            );
        }
        if let Some(retried) = new.retried {
            transaction.add(retry_write(table, retried, &resend.id)?);
        }

        match transaction.try_commit(&table.client).await? {
            Ok(()) => {
                count_state(resend);
                Ok(true)
            }
            Err(refused) if refused.by(CreateGuard::NewRequest) => Ok(false),
            Err(refused) if refused.by(CreateGuard::DailyLimit) => Err(Error::DailyLimit),
            Err(_) => Err(Error::Changed),
        }
    }
}

/// The resend, its selection, its password choices, its note and its template. A condition of these fails
/// only if the request was done before.
fn add_item_writes(
    transaction: &mut Transaction<CreateGuard>,
    table: &Table,
    new: &NewResend<'_>,
) -> Result<(), Error> {
    let NewResend { resend, .. } = new;
    let mut add = |write| transaction.guard(CreateGuard::NewRequest, write);

    let wake_at = resend.first_wake_at().map(|at| at.timestamp_millis());
    let stored = StoredResend {
        resend,
        organisation_state: keys::organisation_state(&resend.organisation, resend.state),
        wake: wake_at.map(|_| WAKE_PARTITION),
        wake_at,
    };
    add(table.insert_write(&keys::resend(&resend.id), &stored)?);

    for (part, ids) in new.ids.chunks(IDS_PER_ITEM).enumerate() {
        let item = SelectionPart { ids: ids.to_vec() };
        add(table.insert_write(&keys::selection(&resend.id, part), &item)?);
    }

    let choices: Vec<_> = new.choices.iter().collect();
    for (part, choices) in choices.chunks(IDS_PER_ITEM).enumerate() {
        let choices = choices
            .iter()
            .map(|(user, change)| ((*user).clone(), **change))
            .collect();
        add(table.insert_write(&keys::choices(&resend.id, part), &ChoicesPart { choices })?);
    }

    if let Some(note) = new.note {
        let item = NoteItem { note: note.clone() };
        add(table.insert_write(&keys::note(&resend.id), &item)?);
    }
    for (language, variant) in new.variants {
        add(table.insert_write(&keys::snapshot(&resend.id, language), variant)?);
    }
    Ok(())
}
