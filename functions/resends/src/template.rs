//! The template a resend takes, as edited for it.

use reinvite_domain::{
    FieldError, Language, MailValues, PasswordChange, ResendId, Role, SenderProfile, Template,
    TemplateId, User, UserId,
};
use reinvite_mail::{
    CompiledTemplate, Mail, PasswordPart, RenderError, TemplateEdit, built_in_templates,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, ProblemKind, permitted};

use crate::Resends;

impl Resends {
    /// The template of that id, or what is wrong with it or the edit. Editing needs `template_manager`.
    pub(crate) async fn template(
        &self,
        id: &TemplateId,
        edit: Option<&TemplateEdit>,
        context: &OperatorContext,
        wrong: &mut Vec<FieldError>,
    ) -> Result<Option<Template>, Problem> {
        let may_edit = edit.is_none() || context.operator.holds(&Role::TemplateManager);
        permitted(may_edit, "Editing the template needs template_manager.")?;
        let own = self
            .api
            .store
            .templates
            .get(&context.organisation.id, id)
            .await?;
        let Some(mut template) = own.or_else(|| built_in_templates().get(id).cloned()) else {
            wrong.push(FieldError::pointer(
                "/templateId",
                "is not a template of this organisation",
            ));
            return Ok(None);
        };
        if let Some(edit) = edit {
            let faults = edit.apply(&mut template).err().unwrap_or_default();
            wrong.extend(faults.into_iter().map(FieldError::from));
        }
        Ok(Some(template))
    }
}

/// Ready to render.
pub fn letters(template: &Template) -> Result<CompiledTemplate, Problem> {
    CompiledTemplate::new(template.variants.clone()).map_err(|error| Problem::internal(&error))
}

/// Renders the mail of each of these users, with made-up secrets for what becomes of the password, so that a variable that
/// one of them lacks is found before anything is scheduled.
pub fn check_for<'u>(
    users: impl IntoIterator<Item = (&'u User, PasswordChange)>,
    letters: &CompiledTemplate,
    sender_profile: &SenderProfile,
    edited: Option<&Language>,
    context: &OperatorContext,
) -> Result<(), Problem> {
    for (user, change) in users {
        let Some(Err(error)) = sample(user, change, letters, sender_profile, context) else {
            continue;
        };
        let language = letters.choose_language(user.language.as_ref(), &sender_profile.language);
        let error = for_user(
            &error,
            edited.is_some() && edited == language.as_ref(),
            &user.id,
        );
        return Err(Problem::fields(ProblemKind::Invalid, vec![error]));
    }
    Ok(())
}

/// The mail that the user would get, with a made-up secret; `None` for a user without an address.
pub fn sample(
    user: &User,
    change: PasswordChange,
    letters: &CompiledTemplate,
    sender_profile: &SenderProfile,
    context: &OperatorContext,
) -> Option<Result<Mail, RenderError>> {
    let values = values(user, letters, sender_profile, context)?;
    let secret = PasswordPart::sample(change, values.language.as_str());
    letters.render(&values, sender_profile, secret)
}

/// What the user's next invitation says.
fn values(
    user: &User,
    letters: &CompiledTemplate,
    sender_profile: &SenderProfile,
    context: &OperatorContext,
) -> Option<MailValues> {
    let language = letters.choose_language(user.language.as_ref(), &sender_profile.language)?;
    // An id that no resend has: the invitation would be the user's next.
    let resend = ResendId::generate(context.now, [0; 10]);
    MailValues::new(
        user,
        &resend,
        &context.operator,
        &context.tree.groups,
        language,
    )
}

fn for_user(error: &RenderError, edited: bool, user: &UserId) -> FieldError {
    let part = error.part;
    let pointer = if edited {
        format!("/edit/{part}")
    } else {
        "/templateId".into()
    };
    let detail = format!(
        "cannot be rendered for the user {user}: {part}: {}",
        error.defect
    );
    FieldError::pointer(pointer, &detail).at(error.position)
}
