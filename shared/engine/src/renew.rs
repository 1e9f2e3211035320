//! Requests for a new link: decides which user gets one, and puts its mail into the outbox.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use reinvite_aws::random;
use reinvite_domain::{EmailAddress, OrganisationId, OutboxMail, ResendId, User, UserId};
use reinvite_store::NewLinkCount;

use crate::{Engine, Error, outbox};

/// Puts the mail with a new link into the outbox, for the user among these who was invited last, if
/// they may have one.
///
/// A message that is repeated finds that a link was counted since it was asked for, and makes no other.
pub(crate) async fn renew(
    engine: &Engine,
    organisation: &OrganisationId,
    users: &[UserId],
    asked_at: DateTime<Utc>,
) -> Result<(), Error> {
    if engine.passwords.is_none() {
        return Ok(());
    }
    let store = engine.store();
    let now = engine.clock().now();
    let found = store.users.get_many(organisation, users).await?;
    let links = store.links.get_many(organisation, users).await?;
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|user| Reverse(user.last_invited_at));

    for user in found {
        let links = links.get(&user.id).cloned().unwrap_or_default();
        let address = user.email.clone().filter(|_| user.in_use_at(now));
        let Some(address) = address else { continue };
        let unused = outbox::unused_invitation(store, organisation, &user, &links).await?;
        if unused.is_none() {
            continue;
        }

        let suppressed = store.suppressions.among(organisation, [&address]).await?;
        return if suppressed.is_empty() {
            put_into_outbox(engine, organisation, &user, &address, asked_at).await
        } else {
            Ok(())
        };
    }
    Ok(())
}

/// Counts the link and writes its mail, unless the address has reached a limit or got a link since
/// it was asked for.
async fn put_into_outbox(
    engine: &Engine,
    organisation: &OrganisationId,
    user: &User,
    address: &EmailAddress,
    asked_at: DateTime<Utc>,
) -> Result<(), Error> {
    let store = engine.store();
    let now = engine.clock().now();
    let before = store
        .outbox
        .get(&OutboxMail::link_key(organisation, &user.id))
        .await?;
    let issued_by = format!("renewal-{}", ResendId::generate(now, random()?));

    let mail = OutboxMail::new_link(organisation, before.as_ref(), &user.id, issued_by, now);
    let Some(mail) = mail else { return Ok(()) };
    let counted = store
        .renewal_limits
        .count(organisation, address, &mail, asked_at)
        .await?;
    match counted {
        NewLinkCount::Counted => Ok(outbox::announce(engine.queue(), &mail, now).await?),
        NewLinkCount::Refused => Ok(()),
    }
}
