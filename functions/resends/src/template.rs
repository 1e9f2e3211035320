//! The template a resend takes, as edited for it.

use reinvite_aws::Acting;
use reinvite_domain::{
    FieldError, Language, Letterhead, MailValues, PasswordChange, Position, ResendId, Role, Template, TemplateId, User,
    UserId,
};
use reinvite_mail::{Edit, Letters, Mail, RenderError, Secret, built_in};
use reinvite_web::{Kind, Problem, permitted};

use crate::Resends;

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
            let faults = edit.apply(&mut template).err().unwrap_or_default();
            wrong.extend(faults.into_iter().map(FieldError::from));
        }
        Ok(Some(template))
    }
}

const fn position(place: reinvite_mail::Place) -> Position {
    Position { line: place.line, column: place.column }
}

/// Ready to render.
pub fn letters(template: &Template) -> Result<Letters, Problem> {
    Letters::new(template.variants.clone()).map_err(|error| Problem::internal(&error))
}

/// Renders the mail of each of these users, with made-up secrets for what becomes of the password, so that a variable that
/// one of them lacks is found before anything is scheduled.
pub fn check_for<'u>(
    users: impl IntoIterator<Item = (&'u User, PasswordChange)>,
    letters: &Letters,
    letterhead: &Letterhead,
    edited: Option<&Language>,
    acting: &Acting,
) -> Result<(), Problem> {
    for (user, change) in users {
        let Some(Err(error)) = sample(user, change, letters, letterhead, acting) else { continue };
        let language = letters.language(user.language.as_ref(), &letterhead.language);
        let error = for_user(&error, edited.is_some() && edited == language.as_ref(), &user.id);
        return Err(Problem::fields(Kind::Invalid, vec![error]));
    }
    Ok(())
}

/// The mail that the user would get, with a made-up secret; `None` for a user without an address.
pub fn sample(
    user: &User,
    change: PasswordChange,
    letters: &Letters,
    letterhead: &Letterhead,
    acting: &Acting,
) -> Option<Result<Mail, RenderError>> {
    let values = values(user, letters, letterhead, acting)?;
    let secret = Secret::sample(change, values.language.as_str());
    letters.render(&values, letterhead, secret)
}

/// What the user's next invitation says.
fn values(user: &User, letters: &Letters, letterhead: &Letterhead, acting: &Acting) -> Option<MailValues> {
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
