//! A mail as a given user would get it: `POST /v1/templates/{id}/preview`.

use axum::{Json, extract::State};
use reinvite_aws::Acting;
use reinvite_domain::{
    FieldError, Language, Letterhead, MailValues, PasswordChange, ResendId, Role, Template, TemplateId, UserId,
};
use reinvite_mail::{Edit, Letters, Mail, RenderError, Secret};
use reinvite_web::{Caller, JsonBody, Kind, PathId, Problem, permitted};
use serde::Deserialize;

use crate::{Templates, found::template};

/// Whose mail, and how.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    user_id: UserId,
    language: Option<Language>,
    edit: Option<Edit>,
    password_change: Option<PasswordChange>,
}

/// A mail, and what it was made of.
pub struct Previewed {
    pub mail: Mail,
    pub letterhead: Letterhead,
    pub version: u32,
    pub edited: bool,
}

/// `POST /v1/templates/{id}/preview`
pub async fn preview(
    State(templates): State<Templates>,
    Caller(acting): Caller,
    PathId(id): PathId<TemplateId>,
    JsonBody { value: asked, .. }: JsonBody<Asked>,
) -> Result<Json<Mail>, Problem> {
    permitted(acting.operator.edits_users(), "Previewing templates needs group_manager with edit.")?;
    let template = template(&templates.api, &acting, &id).await?;
    Ok(Json(templates.render(template, asked, &acting).await?.mail))
}

impl Templates {
    /// The mail that is asked for, with made-up secrets.
    pub(crate) async fn render(
        &self,
        mut template: Template,
        asked: Asked,
        acting: &Acting,
    ) -> Result<Previewed, Problem> {
        let may_edit = asked.edit.is_none() || acting.operator.holds(&Role::TemplateManager);
        permitted(may_edit, "Editing the template needs template_manager.")?;
        if let Some(edit) = &asked.edit {
            edit.apply(&mut template)
                .map_err(|faults| Problem::fields(Kind::Invalid, faults.into_iter().map(FieldError::from).collect()))?;
        }
        let user = self.api.store.user(&acting.organisation.id, &asked.user_id).await?;
        // Whoever edits templates may look at them as themselves.
        let own = &acting.operator.user.id;
        let user = user.filter(|user| user.id == *own || acting.operator.access(&user.groups).is_some());
        let user = user.ok_or_else(|| wrong("/userId", "is not a user you may see"))?;
        let letters = Letters::new(template.variants).map_err(|error| Problem::internal(&error))?;
        let letterhead = self.letterhead(acting);
        let wanted = asked.language.as_ref().or(user.language.as_ref());
        let language = letters.language(wanted, &letterhead.language).ok_or_else(Problem::not_found)?;
        let edited = asked.edit.is_some_and(|edit| edit.language == language);
        // An id that no resend has: the invitation would be the user's next.
        let resend = ResendId::generate(acting.now, [0; 10]);
        let values = MailValues::new(&user, &resend, &acting.operator, &acting.tree.groups, language);
        let values = values.ok_or_else(|| wrong("/userId", "has no address"))?;
        let secret = Secret::sample(asked.password_change.unwrap_or_default(), values.language.as_str());
        let mail = letters.render(&values, &letterhead, secret).ok_or_else(Problem::not_found)?;
        let mail = mail.map_err(|error| unrendered(&error, edited))?;
        Ok(Previewed { mail, letterhead, version: template.version, edited })
    }

    fn letterhead(&self, acting: &Acting) -> Letterhead {
        let organisation = &acting.organisation;
        Letterhead::new(organisation, &self.login_url)
    }
}

fn wrong(pointer: &str, rule: &str) -> Problem {
    Problem::fields(Kind::Invalid, vec![FieldError::pointer(pointer, rule)])
}

/// What cannot be rendered for this user: in the edit, or for what this user lacks.
fn unrendered(error: &RenderError, edited: bool) -> Problem {
    let pointer = if edited { format!("/edit/{}", error.part) } else { "/userId".into() };
    let detail = format!("the template cannot be rendered for this user: {}: {}", error.part, error.cause);
    let place = error.place.map(|place| reinvite_domain::Position { line: place.line, column: place.column });
    Problem::fields(Kind::Invalid, vec![FieldError::pointer(pointer, &detail).at(place)])
}
