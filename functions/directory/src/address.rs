//! Putting an address right: `PATCH /v1/users/{id}`.

use axum::{Json, extract::State};
use reinvite_aws::{Acting, Answer, Outgoing, WaveAnswer};
use reinvite_domain::{Access, EmailAddress, FieldError, Letterhead, MailValues, User, UserId, held_by};
use reinvite_mail::{Letters, Secret, address_changed};
use reinvite_web::{Caller, JsonBody, Kind, PathId, Problem, permitted};
use serde::Deserialize;

use crate::{
    Directory,
    change::{change, kept_in_step},
    user_answer::{UserAnswer, answer},
};

/// The one field that may be put right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    email: String,
}

/// `PATCH /v1/users/{id}`: 409 for a user who logged in or holds roles, for then the address may be the way to an account
/// in use.
pub async fn patch(
    State(directory): State<Directory>,
    Caller(acting): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: sent, .. }: JsonBody<Address>,
) -> Result<Json<UserAnswer>, Problem> {
    let email: EmailAddress = sent
        .email
        .parse()
        .map_err(|error| Problem::fields(Kind::Invalid, vec![FieldError::pointer("/email", &error)]))?;
    let before = directory.api.store.user(&acting.organisation.id, &id).await?;
    let old = before.and_then(|user| user.email).filter(|old| *old != email);
    let (user, _) =
        change(&directory.api, &acting, &id, |before| put_right(&acting, before, email.clone()), kept_in_step).await?;
    if let Some(old) = old
        && let Err(why) = tell(&directory, &acting, &user, old).await
    {
        // The change stands: whoever sent it again would find nothing to change.
        tracing::error!(user = %user.id, why, "the old address was not told");
    }
    Ok(Json(answer(&directory.api, &acting, user).await?))
}

/// Tells the old address, without the new one; or says why not.
async fn tell(directory: &Directory, acting: &Acting, user: &User, old: EmailAddress) -> Result<(), String> {
    // The notice leads nowhere: whoever reads it may not be the user.
    let letterhead = Letterhead::new(&acting.organisation, "");
    let letters = Letters::new(address_changed()).map_err(|error| error.to_string())?;
    let language = letters.language(user.language.as_ref(), &letterhead.language).ok_or("there is no such notice")?;
    let values = MailValues {
        language,
        name: user.name().into(),
        login_id: user.login_id.clone(),
        email: old.as_str().into(),
        groups: Vec::new(),
        operator_name: acting.operator.user.name().into(),
        invitation: user.invite_count,
        secret: None,
    };
    let mail = letters.render(&values, &letterhead, Secret::Keep).ok_or("there is no such notice")?;
    let mail = mail.map_err(|_| "the notice cannot be rendered")?;
    let mail = Outgoing { to: old, subject: mail.subject, html: mail.html, text: mail.text, tags: Vec::new() };
    match directory.mailer.send(&letterhead, &[mail]).await.map_err(|error| error.to_string())? {
        WaveAnswer::Each(answers) if matches!(answers.as_slice(), [Answer::Accepted(_)]) => Ok(()),
        refused => Err(format!("SES answered {refused:?}")),
    }
}

fn put_right(acting: &Acting, before: Option<&User>, email: EmailAddress) -> Result<User, Problem> {
    let visible = before.and_then(|user| acting.operator.access(&user.groups).map(|access| (user, access)));
    let (user, access) = visible.ok_or_else(Problem::not_found)?;
    permitted(access == Access::Edit, "It needs edit on one of the user's groups.")?;
    let refused = |why: &str| Err(Problem::new(Kind::Conflict, why));
    if user.first_login_at.is_some() {
        return refused("The user has logged in: the address is no longer yours to put right.");
    }
    if !held_by(user, &acting.tree.groups).is_empty() {
        return refused("The user holds roles: only the directory may change the address.");
    }
    Ok(User { email: Some(email), ..user.clone() })
}
