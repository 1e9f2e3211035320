use reinvite_aws::random;
use reinvite_domain::{Attributes, AuditAction, User, UserId};
use reinvite_store::{Error, OperatorContext, Retries, UserChange};
use reinvite_web::{Api, Problem};

use crate::change_effect::ChangeEffect;
use crate::check_user_change::check_user_change;
use crate::first_login::{count_first_logins, find_answered_resend};
use crate::mark_counts_due::mark_counts_due;
use crate::user_after::UserAfter;

/// Reads a user, decides on the change, and writes it with an audit entry, with optimistic locking.
///
/// `decide` gets the user as read, if they exist, and answers the user as they are to be. After a
/// concurrent change it is called again. `audit_action` makes the audit entry. Attributes are read only
/// if the change has some.
pub async fn change_user(
    api: &Api,
    context: &OperatorContext,
    id: &UserId,
    decide: impl Fn(Option<&User>) -> Result<UserAfter, Problem>,
    audit_action: impl Fn(&UserChange<'_>) -> AuditAction,
) -> Result<(User, ChangeEffect), Problem> {
    let organisation = &context.organisation.id;

    let mut retries = Retries::begin();
    while retries.attempt().await {
        let before = api.store.users.get(organisation, id).await?;
        let after = decide(before.as_ref())?;
        let attributes = match &before {
            Some(before) if after.attributes.is_some() => {
                let user_attributes = &api.store.user_attributes;
                user_attributes.of_user(organisation, before).await?
            }
            _ => Attributes::default(),
        };
        let effect = ChangeEffect::of(before.as_ref(), &attributes, &after);
        if effect == ChangeEffect::Unchanged {
            return Ok((after.user, effect));
        }

        let owners = check_user_change(api, context, before.as_ref(), Some(&after.user)).await?;
        let change = UserChange {
            organisation,
            before: before.as_ref(),
            after: &after.user,
            attributes: after.changed_attributes(&attributes),
            tree: &context.tree.groups,
            now: context.now,
        };
        let audit = context.audit(audit_action(&change), random()?);
        mark_counts_due(api, context, &[(before.as_ref(), Some(&after.user))]).await?;
        match api.store.users.put(&change, owners, Some(&audit)).await {
            Ok(()) => {
                let resend = find_answered_resend(api, context, before.as_ref(), &after.user).await;
                count_first_logins(api, resend).await;
                return Ok((after.user, effect));
            }
            Err(Error::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}
