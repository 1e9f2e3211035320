//! Changes one user: read, decide, write, and again where somebody else was faster.

use reinvite_aws::{Acting, Error};
use reinvite_domain::{Action, User, UserId};
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
pub fn kept_in_step(before: Option<&User>, after: &User) -> Action {
    let user_id = after.id.clone();
    match before {
        None => Action::UserCreated { user_id },
        Some(before) => {
            let fields = before.differences(after).into_iter().map(str::to_string).collect();
            Action::UserChanged { user_id, fields }
        }
    }
}

/// Turns the user, if there is one, into what `decide` says, which may be asked several times, and tells the audit trail
/// of it as `told` says.
pub async fn change(
    api: &Api,
    acting: &Acting,
    id: &UserId,
    decide: impl Fn(Option<&User>) -> Result<User, Problem>,
    told: impl Fn(Option<&User>, &User) -> Action,
) -> Result<(User, Outcome), Problem> {
    let organisation = &acting.organisation.id;
    for _ in 0..TRIES {
        let before = api.store.user(organisation, id).await?;
        let after = decide(before.as_ref())?;
        if before.as_ref() == Some(&after) {
            return Ok((after, Outcome::Unchanged));
        }
        protected::check(acting, before.as_ref(), Some(&after))?;
        let changes: Vec<_> = before.iter().map(|before| (before, Some(&after))).collect();
        let owners = last_owner::check_users(api, acting, &changes).await?;
        let audit = acting.audit(told(before.as_ref(), &after))?;
        let tree = &acting.tree.groups;
        match api.store.put_user(organisation, before.as_ref(), &after, tree, owners, Some(&audit)).await {
            Ok(()) => {
                let Some(before) = before else { return Ok((after, Outcome::Created)) };
                answered::count(api, answered::of(api, acting, &before, &after).await).await;
                return Ok((after, Outcome::Updated));
            }
            Err(Error::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict.into())
}
