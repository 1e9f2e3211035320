use reinvite_aws::random;
use reinvite_domain::{AuditAction, User, UserId};
use reinvite_store::{Error, OperatorContext, Retries, UserChange};
use reinvite_web::{Api, Problem};

use crate::change_effect::ChangeEffect;
use crate::check_user_change::check_user_change;
use crate::first_login::{count_first_logins, find_answered_resend};
use crate::mark_counts_due::mark_counts_due;

/// Reads a user, decides on the change, and writes it with an audit entry, with optimistic locking.
///
/// `decide` gets the user as read, if they exist, and answers the user as they are to be. After a
/// concurrent change it is called again. `audit_action` makes the audit entry.
pub async fn change_user(
    api: &Api,
    context: &OperatorContext,
    id: &UserId,
    decide: impl Fn(Option<&User>) -> Result<User, Problem>,
    audit_action: impl Fn(Option<&User>, &User) -> AuditAction,
) -> Result<(User, ChangeEffect), Problem> {
    let organisation = &context.organisation.id;

    let mut retries = Retries::begin();
    while retries.attempt().await {
        let before = api.store.users.get(organisation, id).await?;
        let after = decide(before.as_ref())?;
        let effect = ChangeEffect::of(before.as_ref(), &after);
        if effect == ChangeEffect::Unchanged {
            return Ok((after, effect));
        }

        let owners = check_user_change(api, context, before.as_ref(), Some(&after)).await?;
        let audit = context.audit(audit_action(before.as_ref(), &after), random()?);
        let change = UserChange {
            organisation,
            before: before.as_ref(),
            after: &after,
            tree: &context.tree.groups,
            now: context.now,
        };
        mark_counts_due(api, context, &[(before.as_ref(), Some(&after))]).await?;
        match api.store.users.put(&change, owners, Some(&audit)).await {
            Ok(()) => {
                let resend = find_answered_resend(api, context, before.as_ref(), &after).await;
                count_first_logins(api, resend).await;
                return Ok((after, effect));
            }
            Err(Error::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}
