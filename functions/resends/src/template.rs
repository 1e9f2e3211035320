//! The template a resend takes, as edited for it.

use reinvite_aws::Acting;
use reinvite_domain::{
    FieldError, Language, Letterhead, MailValues, Position, ResendId, Role, Template, TemplateId, User, UserId,
};
use reinvite_mail::{Letters, RenderError, built_in, check_variant};
use reinvite_web::{Kind, Problem, permitted};
use serde::Deserialize;

use crate::Resends;

/// An edit of one language variant, for one resend; what is left out stays.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    language: Language,
    subject: Option<String>,
    html: Option<String>,
    text: Option<String>,
}

impl Resends {
    /// The template of that id, or what is wrong with it or the edit. Editing needs `template_manager`.
    pub(crate) async fn template(
        &self,
        id: &TemplateId,
        edit: Option<&Edit>,
        acting: &Acting,
        wrong: &mut Vec<FieldError>,
    ) -> Result<Option<Template>, Problem> {
        let may_edit = edit.is_none() || acting.operator.holds(&Role::TemplateManager);
        permitted(may_edit, "Editing the template needs template_manager.")?;
        let own = self.clients.store.template(&acting.organisation.id, id).await?;
        let Some(mut template) = own.or_else(|| built_in().get(id).cloned()) else {
            wrong.push(FieldError::pointer("/templateId", "is not a template of this organisation"));
            return Ok(None);
        };
        if let Some(edit) = edit {
            match edit.apply(&mut template) {
                Ok(()) => {}
                Err(errors) => wrong.extend(errors),
            }
        }
        Ok(Some(template))
    }
}

impl Edit {
    fn apply(&self, template: &mut Template) -> Result<(), Vec<FieldError>> {
        let Some(variant) = template.variants.get_mut(&self.language) else {
            return Err(vec![FieldError::pointer("/edit/language", "is not a language of the template")]);
        };
        for (part, edited) in
            [(&mut variant.subject, &self.subject), (&mut variant.html, &self.html), (&mut variant.text, &self.text)]
        {
            if let Some(edited) = edited {
                part.clone_from(edited);
            }
        }
        let told = |fault: reinvite_mail::Fault| {
            FieldError::pointer(fault.pointer, &fault.cause).at(fault.place.map(position))
        };
        check_variant("/edit", &self.language, variant).map_err(|faults| faults.into_iter().map(told).collect())
    }

    /// The language it edits.
    pub(crate) const fn language(&self) -> &Language {
        &self.language
    }
}

const fn position(place: reinvite_mail::Place) -> Position {
    Position { line: place.line, column: place.column }
}

/// Ready to render.
pub fn letters(template: &Template) -> Result<Letters, Problem> {
    Letters::new(template.variants.clone()).map_err(|error| Problem::internal(&error))
}

/// Renders the mail of each of these users, so that a variable that one of them lacks is found before anything is
/// scheduled.
pub fn check_for<'u>(
    users: impl IntoIterator<Item = &'u User>,
    letters: &Letters,
    letterhead: &Letterhead,
    edited: Option<&Language>,
    acting: &Acting,
) -> Result<(), Problem> {
    for user in users {
        let Some(Err(error)) =
            values(user, letters, letterhead, acting).and_then(|values| letters.render(&values, letterhead))
        else {
            continue;
        };
        let language = letters.language(user.language.as_ref(), &letterhead.language);
        let error = for_user(&error, edited.is_some() && edited == language.as_ref(), &user.id);
        return Err(Problem::fields(Kind::Invalid, vec![error]));
    }
    Ok(())
}

/// What the user's next invitation says.
pub fn values(user: &User, letters: &Letters, letterhead: &Letterhead, acting: &Acting) -> Option<MailValues> {
    let language = letters.language(user.language.as_ref(), &letterhead.language)?;
    // An id that no resend has: the invitation would be the user's next.
    let resend = ResendId::generate(acting.now, [0; 10]);
    MailValues::new(user, &resend, &acting.operator, &acting.tree.groups, language)
}

fn for_user(error: &RenderError, edited: bool, user: &UserId) -> FieldError {
    let part = error.part;
    let pointer = if edited { format!("/edit/{part}") } else { "/templateId".into() };
    let detail = format!("cannot be rendered for the user {user}: {part}: {}", error.cause);
    FieldError::pointer(pointer, &detail).at(error.place.map(position))
}
