//! Changes one user: read, decide, write, and again where somebody else was faster.

use reinvite_aws::{Acting, Error};
use reinvite_domain::{User, UserId};
use reinvite_web::{Api, Problem};

use crate::{last_owner, limits::TRIES, protected};

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

/// Turns the user, if there is one, into what `decide` says, which may be asked several times.
pub async fn change(
    api: &Api,
    acting: &Acting,
    id: &UserId,
    decide: impl Fn(Option<&User>) -> Result<User, Problem>,
) -> Result<(User, Outcome), Problem> {
    let organisation = &acting.organisation.id;
    for _ in 0..TRIES {
        let before = api.store.user(organisation, id).await?;
        let after = decide(before.as_ref())?;
        if before.as_ref() == Some(&after) {
            return Ok((after, Outcome::Unchanged));
        }
        protected::check(acting, before.as_ref(), Some(&after))?;
        if let Some(before) = &before {
            last_owner::check_users(api, acting, &[(before, Some(&after))]).await?;
        }
        match api.store.put_user(organisation, before.as_ref(), &after, &acting.tree.groups).await {
            Ok(()) if before.is_some() => return Ok((after, Outcome::Updated)),
            Ok(()) => return Ok((after, Outcome::Created)),
            Err(Error::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict.into())
}
