//! Takes back what was written before a claim for users whose mail did not leave.

use reinvite_domain::{LinkGenerations, Recipient, Resend, User};
use reinvite_store::IssuedLink;

use crate::{Engine, Error};

/// Takes stamps and links of a resend back from the recipients of a chunk who got no mail. The worker that records a
/// refusal takes both back first. A second worker that had read the user earlier may have written them again after that, and
/// have ended.
pub(crate) async fn take_back_from_unmailed(
    engine: &Engine,
    resend: &Resend,
    recipients: &[Recipient],
) -> Result<(), Error> {
    let without_mail: Vec<_> = recipients
        .iter()
        .filter(|recipient| recipient.got_no_mail())
        .collect();
    if without_mail.is_empty() {
        return Ok(());
    }

    let (store, organisation) = (engine.store(), &resend.organisation);
    let ids: Vec<_> = without_mail
        .iter()
        .map(|recipient| recipient.user_id.clone())
        .collect();
    let users = store.users.get_many(organisation, &ids).await?;
    let users: Vec<_> = without_mail
        .iter()
        .filter_map(|recipient| {
            let user = users.get(&recipient.user_id)?;
            recipient.is(user).then_some(user)
        })
        .collect();
    if !resend.password_change.is_keep() {
        let links = store.links.get_many(organisation, &ids).await?;
        let written: Vec<_> = users
            .iter()
            .filter_map(|user| link_of_resend(resend, user, links.get(&user.id)?))
            .collect();
        store.links.withdraw(organisation, &written).await?;
    }

    let stamped: Vec<_> = users
        .into_iter()
        .filter(|user| user.last_invited_by.as_ref() == Some(&resend.id))
        .collect();
    store
        .users
        .take_stamps_back(organisation, &resend.id, &stamped)
        .await?;
    Ok(())
}

/// The last link of a user, to be withdrawn, if this resend issued it.
pub(crate) fn link_of_resend(
    resend: &Resend,
    user: &User,
    links: &LinkGenerations,
) -> Option<IssuedLink> {
    links.after_refusal(resend.id.as_str())?;
    Some(IssuedLink {
        user: user.id.clone(),
        login_id: user.login_id.clone(),
        before: links.clone(),
        after: links.clone(),
    })
}
