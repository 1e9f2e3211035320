//! Putting an address right: `PATCH /v1/users/{id}`.

use axum::{Json, extract::State};
use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome};
use reinvite_domain::{
    Access, EmailAddress, FieldError, MailValues, SenderProfile, User, UserId, granted_roles,
};
use reinvite_mail::{CompiledTemplate, PasswordPart, address_changed_variants};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, JsonBody, PathId, Problem, ProblemKind, permitted};
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
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: sent, .. }: JsonBody<Address>,
) -> Result<Json<UserAnswer>, Problem> {
    let email: EmailAddress = sent.email.parse().map_err(|error| {
        Problem::fields(
            ProblemKind::Invalid,
            vec![FieldError::pointer("/email", &error)],
        )
    })?;
    let before = directory
        .api
        .store
        .users
        .get(&context.organisation.id, &id)
        .await?;
    let old = before
        .and_then(|user| user.email)
        .filter(|old| *old != email);
    let (user, _) = change(
        &directory.api,
        &context,
        &id,
        |before| put_right(&context, before, email.clone()),
        kept_in_step,
    )
    .await?;
    if let Some(old) = old
        && let Err(why) = tell(&directory, &context, &user, old).await
    {
        // The change stands: whoever sent it again would find nothing to change.
        tracing::error!(user = %user.id, why, "the old address was not told");
    }
    Ok(Json(answer(&directory.api, &context, user).await?))
}

/// Tells the old address, without the new one; or says why not.
async fn tell(
    directory: &Directory,
    context: &OperatorContext,
    user: &User,
    old: EmailAddress,
) -> Result<(), String> {
    // The notice leads nowhere: whoever reads it may not be the user.
    let sender_profile = SenderProfile::new(&context.organisation, "");
    let letters =
        CompiledTemplate::new(address_changed_variants()).map_err(|error| error.to_string())?;
    let language = letters
        .choose_language(user.language.as_ref(), &sender_profile.language)
        .ok_or("there is no such notice")?;
    let values = MailValues {
        language,
        name: user.name().into(),
        login_id: user.login_id.clone(),
        email: old.as_str().into(),
        groups: Vec::new(),
        operator_name: context.operator.user.name().into(),
        invitation: user.invite_count,
        secret: None,
    };
    let mail = letters
        .render(&values, &sender_profile, PasswordPart::Keep)
        .ok_or("there is no such notice")?;
    let mail = mail.map_err(|_| "the notice cannot be rendered")?;
    let mail = OutgoingMail {
        to: old,
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        tags: Vec::new(),
    };
    match directory
        .mailer
        .send(&sender_profile, &[mail])
        .await
        .map_err(|error| error.to_string())?
    {
        SendOutcome::Each(answers) if matches!(answers.as_slice(), [MailOutcome::Accepted(_)]) => {
            Ok(())
        }
        refused => Err(format!("SES answered {refused:?}")),
    }
}

fn put_right(
    context: &OperatorContext,
    before: Option<&User>,
    email: EmailAddress,
) -> Result<User, Problem> {
    let visible = before.and_then(|user| {
        context
            .operator
            .access(&user.groups)
            .map(|access| (user, access))
    });
    let (user, access) = visible.ok_or_else(Problem::not_found)?;
    permitted(
        access == Access::Edit,
        "It needs edit on one of the user's groups.",
    )?;
    let refused = |why: &str| Err(Problem::new(ProblemKind::Conflict, why));
    if user.first_login_at.is_some() {
        return refused("The user has logged in: the address is no longer yours to put right.");
    }
    if !granted_roles(user, &context.tree.groups).is_empty() {
        return refused("The user holds roles: only the directory may change the address.");
    }
    Ok(User {
        email: Some(email),
        ..user.clone()
    })
}
