//! A mail as a given user would get it: `POST /v1/templates/{id}/preview`.

use axum::{Json, extract::State};
use reinvite_aws::OperatorContext;
use reinvite_domain::{
    FieldError, Language, MailValues, PasswordChange, ResendId, Role, SenderProfile, Template,
    TemplateId, UserId,
};
use reinvite_mail::{CompiledTemplate, Mail, PasswordPart, RenderError, TemplateEdit};
use reinvite_web::{Caller, JsonBody, PathId, Problem, ProblemKind, permitted};
use serde::Deserialize;

use crate::{Templates, found::template};

/// Whose mail, and how.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    user_id: UserId,
    language: Option<Language>,
    edit: Option<TemplateEdit>,
    password_change: Option<PasswordChange>,
}

/// A mail, and what it was made of.
pub struct Previewed {
    pub mail: Mail,
    pub sender_profile: SenderProfile,
    pub version: u32,
    pub edited: bool,
}

/// `POST /v1/templates/{id}/preview`
pub async fn preview(
    State(templates): State<Templates>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    JsonBody { value: asked, .. }: JsonBody<Asked>,
) -> Result<Json<Mail>, Problem> {
    permitted(
        context.operator.edits_users(),
        "Previewing templates needs group_manager with edit.",
    )?;
    let template = template(&templates.api, &context, &id).await?;
    Ok(Json(
        templates.render(template, asked, &context).await?.mail,
    ))
}

impl Templates {
    /// The mail that is asked for, with made-up secrets.
    pub(crate) async fn render(
        &self,
        mut template: Template,
        asked: Asked,
        context: &OperatorContext,
    ) -> Result<Previewed, Problem> {
        let may_edit = asked.edit.is_none() || context.operator.holds(&Role::TemplateManager);
        permitted(may_edit, "Editing the template needs template_manager.")?;
        if let Some(edit) = &asked.edit {
            edit.apply(&mut template).map_err(|faults| {
                Problem::fields(
                    ProblemKind::Invalid,
                    faults.into_iter().map(FieldError::from).collect(),
                )
            })?;
        }
        let user = self
            .api
            .store
            .user(&context.organisation.id, &asked.user_id)
            .await?;
        // Whoever edits templates may look at them as themselves.
        let own = &context.operator.user.id;
        let user =
            user.filter(|user| user.id == *own || context.operator.access(&user.groups).is_some());
        let user = user.ok_or_else(|| wrong("/userId", "is not a user you may see"))?;
        let letters =
            CompiledTemplate::new(template.variants).map_err(|error| Problem::internal(&error))?;
        let sender_profile = self.sender_profile(context);
        let wanted = asked.language.as_ref().or(user.language.as_ref());
        let language = letters
            .choose_language(wanted, &sender_profile.language)
            .ok_or_else(Problem::not_found)?;
        let edited = asked.edit.is_some_and(|edit| edit.language == language);
        // An id that no resend has: the invitation would be the user's next.
        let resend = ResendId::generate(context.now, [0; 10]);
        let values = MailValues::new(
            &user,
            &resend,
            &context.operator,
            &context.tree.groups,
            language,
        );
        let values = values.ok_or_else(|| wrong("/userId", "has no address"))?;
        let secret = PasswordPart::sample(
            asked.password_change.unwrap_or_default(),
            values.language.as_str(),
        );
        let mail = letters
            .render(&values, &sender_profile, secret)
            .ok_or_else(Problem::not_found)?;
        let mail = mail.map_err(|error| unrendered(&error, edited))?;
        Ok(Previewed {
            mail,
            sender_profile,
            version: template.version,
            edited,
        })
    }

    fn sender_profile(&self, context: &OperatorContext) -> SenderProfile {
        let organisation = &context.organisation;
        SenderProfile::new(organisation, &self.login_url)
    }
}

fn wrong(pointer: &str, rule: &str) -> Problem {
    Problem::fields(
        ProblemKind::Invalid,
        vec![FieldError::pointer(pointer, rule)],
    )
}

/// What cannot be rendered for this user: in the edit, or for what this user lacks.
fn unrendered(error: &RenderError, edited: bool) -> Problem {
    let pointer = if edited {
        format!("/edit/{}", error.part)
    } else {
        "/userId".into()
    };
    let detail = format!(
        "the template cannot be rendered for this user: {}: {}",
        error.part, error.defect
    );
    Problem::fields(
        ProblemKind::Invalid,
        vec![FieldError::pointer(pointer, &detail).at(error.position)],
    )
}
