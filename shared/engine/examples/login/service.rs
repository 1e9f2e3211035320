//! The whole of a login service that keeps to the credentials of Reinvite's table.

use chrono::{DateTime, Utc};
use reinvite_aws::random;
use reinvite_domain::{
    AuditId, OrganisationId, User,
    credential::{
        CurrentCredential, Hashing, PendingCredential, StoredCredentials, VerifiedCredential,
    },
    password::{OwnTexts, WeakPassword, check},
};
use reinvite_store::{Error, Store};

/// What came of a login id and a password.
#[derive(Debug)]
pub enum Login {
    /// No such user, a wrong password, or an account that may not log in: nobody is told which.
    Refused,
    /// They are who they say.
    In(User),
    /// They are, and set a new password before anything else.
    MustChange(User, PendingCredential),
}

/// Why a new password was not set.
#[derive(Debug)]
pub enum NotSet {
    /// It breaks a rule, which it says.
    Weak(WeakPassword),
    /// The temporary password was used meanwhile, or has ended, or the user changed: the login begins again.
    Again,
    /// Something does not work.
    Failed(Box<dyn std::error::Error>),
}

/// Looks a login up.
pub async fn log_in(
    store: &Store,
    organisation: &OrganisationId,
    (login_id, password): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Login, Error> {
    let listed = store
        .user_lists
        .with_login_id(organisation, login_id)
        .await?;
    let user = match listed {
        Some(listed) => store.users.get(organisation, &listed.id).await?,
        None => None,
    };
    // Nobody's password takes as long to verify as somebody's.
    let held = match &user {
        Some(user) => store.credentials.get(organisation, &user.id).await?,
        None => StoredCredentials::default(),
    };
    let verified = held.verify(password, now);
    Ok(match (user, verified) {
        (Some(user), Some(verified)) if user.in_use_at(now) => match verified {
            VerifiedCredential::Current => Login::In(user),
            VerifiedCredential::Pending(pending) => Login::MustChange(user, pending),
        },
        _ => Login::Refused,
    })
}

/// Sets the password of a user who logged in with a temporary one.
pub async fn set_password(
    store: &Store,
    organisation: &OrganisationId,
    (user, pending): (&User, &PendingCredential),
    password: &str,
    (hashing, now): (Hashing, DateTime<Utc>),
) -> Result<(), NotSet> {
    let organisation_name = store
        .organisations
        .get(organisation)
        .await
        .map_err(|error| NotSet::Failed(error.into()))?
        .map(|organisation| organisation.name)
        .unwrap_or_default();
    check(password, OwnTexts::new(user, &organisation_name)).map_err(NotSet::Weak)?;
    let salt = random().map_err(|error| NotSet::Failed(error.into()))?;
    let hash = hashing
        .hash(password, salt)
        .map_err(|error| NotSet::Failed(error.into()))?;
    let audit_id = random().map_err(|error| NotSet::Failed(error.into()))?;
    let current = CurrentCredential { hash, set_at: now };

    match store
        .credentials
        .replace_pending(
            organisation,
            user,
            pending,
            &current,
            AuditId::generate(now, audit_id),
        )
        .await
    {
        Ok(()) => Ok(()),
        Err(Error::Changed) => Err(NotSet::Again),
        Err(error) => Err(NotSet::Failed(error.into())),
    }
}
