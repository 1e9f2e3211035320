//! Invitations that were answered: users who first logged in after the mail of a resend.

use std::collections::BTreeMap;

use reinvite_domain::{ResendId, User};
use reinvite_store::{Error, OperatorContext};
use reinvite_web::Api;

/// The resend that a change of a user answers: whose mail may have reached them.
pub async fn of(
    api: &Api,
    context: &OperatorContext,
    before: &User,
    after: &User,
) -> Option<ResendId> {
    let resend = before.first_login_attribution(after)?;
    match api
        .store
        .recipients
        .get(&context.organisation.id, resend, &after.id)
        .await
    {
        Ok(recipient) => recipient
            .filter(|it| it.state.may_have_arrived())
            .map(|_| resend.clone()),
        Err(error) => lost(&error),
    }
}

/// Counts answers, once for each resend. The users are written by then: what fails here is only told of.
pub async fn count(api: &Api, resends: impl IntoIterator<Item = ResendId>) {
    let mut answers: BTreeMap<ResendId, u32> = BTreeMap::new();
    for resend in resends {
        *answers.entry(resend).or_default() += 1;
    }
    for (resend, users) in answers {
        if let Err(error) = api.store.resends.count_logged_in(&resend, users).await {
            lost::<()>(&error);
        }
    }
}

fn lost<T>(error: &Error) -> Option<T> {
    tracing::warn!(%error, "a first login was not counted");
    None
}
