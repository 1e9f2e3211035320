//! An event of a resend: makes a mail to the responsible operator and to each owner.

use std::collections::BTreeSet;

use reinvite_domain::{Operator, OutboxMail, UserId, resend::ResendEvent};

use super::entry::write;
use crate::{Engine, Error};

/// Owners who are told, at most.
const MAX_OWNERS: usize = 50;

/// Writes the mails of an event. A repetition finds those that were written before.
pub(super) async fn expand(
    engine: &Engine,
    entry: &OutboxMail,
    event: &ResendEvent,
) -> Result<(), Error> {
    let now = engine.clock().now();
    let organisation = &entry.key.organisation;

    for operator in operators(engine, entry, event).await? {
        let mail = OutboxMail::operator_notice(organisation, event, &operator, now);
        write(engine, &mail).await?;
    }

    write(engine, &entry.sent(now)).await.map(|_| ())
}

/// The responsible operator and the owners. Whether each may be told is decided when their mail is
/// sent.
async fn operators(
    engine: &Engine,
    entry: &OutboxMail,
    event: &ResendEvent,
) -> Result<BTreeSet<UserId>, Error> {
    let store = engine.store();
    let now = engine.clock().now();
    let organisation = &entry.key.organisation;

    let candidates = store.owner_candidates(organisation).await?;
    let owners = candidates
        .users
        .into_values()
        .map(|user| Operator::new(user, &candidates.tree, now))
        .filter(Operator::is_owner)
        .map(|owner| owner.user.id);
    let mut operators: BTreeSet<_> = owners.collect();
    while operators.len() > MAX_OWNERS {
        operators.pop_last();
    }

    let resend = store.resends.get(&event.resend).await?;
    operators.extend(resend.map(|resend| resend.responsible));
    Ok(operators)
}
