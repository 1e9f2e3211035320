//! First logins after an invitation: each resend counts those of its recipients.

use std::collections::BTreeMap;

use reinvite_domain::{ResendId, User};
use reinvite_store::{Error, OperatorContext};
use reinvite_web::Api;

/// Finds the resend whose invitation a user answered: the change records the user's first login,
/// and a mail of the resend may have reached the user.
pub async fn find_answered_resend(
    api: &Api,
    context: &OperatorContext,
    before: Option<&User>,
    after: &User,
) -> Option<ResendId> {
    let resend = before?.first_login_attribution(after)?;

    let recipient = match api
        .store
        .recipients
        .get(&context.organisation.id, resend, &after.id)
        .await
    {
        Ok(recipient) => recipient?,
        Err(error) => {
            log_lost_count(resend, &error);
            return None;
        }
    };
    recipient.may_have_arrived().then(|| resend.clone())
}

/// Counts first logins, in one write for each resend.
///
/// The users are written by now, so a failure is only logged.
pub async fn count_first_logins(api: &Api, resends: impl IntoIterator<Item = ResendId>) {
    let mut users_of: BTreeMap<ResendId, u32> = BTreeMap::new();
    for resend in resends {
        *users_of.entry(resend).or_default() += 1;
    }

    for (resend, users) in users_of {
        if let Err(error) = api.store.resends.count_logged_in(&resend, users).await {
            log_lost_count(&resend, &error);
        }
    }
}

fn log_lost_count(resend: &ResendId, error: &Error) {
    tracing::warn!(%resend, %error, "a first login was not counted");
}
