//! Changes one user: read, decide, write, and again where somebody else was faster.

use reinvite_aws::random;
use reinvite_domain::{AuditAction, User, UserId};
use reinvite_store::{Error, OperatorContext, UserChange};
use reinvite_web::{Api, Problem};

use crate::{answered, last_owner, limits::TRIES, protected};

/// What became of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was none before.
    Created,
    /// Something is different.
    Updated,
    /// It was so already, and nothing was written.
    Unchanged,
}

/// What the audit trail says of a user who was kept in step.
pub fn kept_in_step(before: Option<&User>, after: &User) -> AuditAction {
    let user_id = after.id.clone();
    match before {
        None => AuditAction::UserCreated { user_id },
        Some(before) => {
            let fields = before
                .changed_fields(after)
                .into_iter()
                .map(str::to_string)
                .collect();
            AuditAction::UserChanged { user_id, fields }
        }
    }
}

/// Turns the user, if there is one, into what `decide` says, which may be asked several times, and tells the audit trail
/// of it as `told` says.
pub async fn change(
    api: &Api,
    context: &OperatorContext,
    id: &UserId,
    decide: impl Fn(Option<&User>) -> Result<User, Problem>,
    told: impl Fn(Option<&User>, &User) -> AuditAction,
) -> Result<(User, Outcome), Problem> {
    let organisation = &context.organisation.id;
    for _ in 0..TRIES {
        let before = api.store.users.get(organisation, id).await?;
        let after = decide(before.as_ref())?;
        if before.as_ref() == Some(&after) {
            return Ok((after, Outcome::Unchanged));
        }
        protected::check(context, before.as_ref(), Some(&after))?;
        let changes: Vec<_> = before.iter().map(|before| (before, Some(&after))).collect();
        let owners = last_owner::check_users(api, context, &changes).await?;
        let audit = context.audit(told(before.as_ref(), &after), random()?);
        let tree = &context.tree.groups;
        match api
            .store
            .users
            .put(
                &UserChange {
                    organisation,
                    before: before.as_ref(),
                    after: &after,
                    tree,
                },
                owners,
                Some(&audit),
            )
            .await
        {
            Ok(()) => {
                let Some(before) = before else {
                    return Ok((after, Outcome::Created));
                };
                answered::count(api, answered::of(api, context, &before, &after).await).await;
                return Ok((after, Outcome::Updated));
            }
            Err(Error::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}
