//! Renders a mail as a user would get it, with a made-up link or temporary password.

use reinvite_domain::{
    Attributes, FieldError, FieldLocation, Language, MailValues, Note, PasswordChange, ResendId,
    Role, Rule, SenderProfile, Template, User, UserId,
};
use reinvite_mail::{
    CleanedFinding, CompiledTemplate, Mail, PasswordPart, RenderError, TemplateEdit,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, ProblemKind, require_permission};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::function::TemplatesFunction;

/// The random part of a resend id that no resend has.
const NO_RANDOMNESS: [u8; 10] = [0; 10];

/// A request for a mail as a user would get it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleMailRequest {
    user_id: UserId,
    language: Option<Language>,
    edit: Option<TemplateEdit>,
    password_change: Option<String>,
    note: Option<String>,
}

/// A rendered mail and its inputs.
pub struct SampleMail {
    /// The mail.
    pub mail: Mail,
    /// The findings that cleaning took out of the edit, if the request asked for it.
    pub cleaned: Option<Vec<CleanedFinding>>,
    /// The sender of the mail.
    pub sender_profile: SenderProfile,
    /// The version of the template.
    pub template_version: u32,
    /// Whether the request edited the variant that the mail was rendered from.
    pub is_edited: bool,
}

/// The answer with a mail.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct SampleMailResponse {
    #[serde(flatten)]
    mail: Mail,
    cleaned: Option<Vec<CleanedFinding>>,
}

impl From<SampleMail> for SampleMailResponse {
    fn from(sample: SampleMail) -> Self {
        Self {
            mail: sample.mail,
            cleaned: sample.cleaned,
        }
    }
}

/// Renders the mail that a request asks for.
///
/// # Errors
///
/// The operator may not edit templates, the user is not visible or has no address, or the template
/// cannot be rendered for the user.
pub async fn render_sample_mail(
    function: &TemplatesFunction,
    context: &OperatorContext,
    mut template: Template,
    request: SampleMailRequest,
) -> Result<SampleMail, Problem> {
    let change = parse_password_change(function, request.password_change.as_deref())?;
    let mut cleaned = None;
    if let Some(edit) = &request.edit {
        cleaned = apply_edit(edit, &mut template, context)?;
    }
    if let Some(language) = &request.language {
        check_language(language, &template)?;
    }
    let note = parse_note(context, request.note.as_deref())?;
    let user = find_visible_user(function, context, &request.user_id).await?;

    let compiled = CompiledTemplate::new(template.variants)
        .map_err(|error| Problem::internal(&error))?
        .with_note(note);
    let sender_profile = SenderProfile::new(&context.organisation, &function.login_url);
    let preferred = request.language.as_ref().or(user.language.as_ref());
    let language = compiled
        .choose_language(preferred, &sender_profile.language)
        .ok_or_else(Problem::not_found)?;
    let is_edited = request.edit.is_some_and(|edit| edit.language == language);

    let wanted = WantedMail {
        user: &user,
        language,
        change,
    };
    let mail = render_for_user(function, context, &compiled, wanted)
        .await?
        .map_err(|error| cannot_be_rendered(&error, is_edited, &user.id))?;

    Ok(SampleMail {
        mail,
        cleaned,
        sender_profile,
        template_version: template.version,
        is_edited,
    })
}

/// Refuses a language that is not registered, unless the template has a variant in it.
fn check_language(language: &Language, template: &Template) -> Result<(), Problem> {
    if template.variants.contains_key(language) {
        return Ok(());
    }
    let parsed = language.as_str().parse::<Language>();
    parsed
        .map(|_| ())
        .map_err(|rule| invalid_field("/language", rule))
}

/// Applies an edit, cleaned if it asks for that. Returns what cleaning took out.
fn apply_edit(
    edit: &TemplateEdit,
    template: &mut Template,
    context: &OperatorContext,
) -> Result<Option<Vec<CleanedFinding>>, Problem> {
    require_permission(
        context.operator.holds(&Role::TemplateManager),
        "Editing the template needs template_manager.",
    )?;

    edit.apply(template).map_err(|defects| {
        let errors = defects.into_iter().map(FieldError::from).collect();
        Problem::fields(ProblemKind::Invalid, errors)
    })
}

/// A mail that a user would get.
pub struct WantedMail<'a> {
    /// The user.
    pub user: &'a User,
    /// The language of a variant.
    pub language: Language,
    /// The password change.
    pub change: PasswordChange,
}

/// Renders a mail of a template, with those attributes of the user that it reads.
///
/// # Errors
///
/// The outer error is that of a user without an address, or of a template without the language.
pub async fn render_for_user(
    function: &TemplatesFunction,
    context: &OperatorContext,
    template: &CompiledTemplate,
    wanted: WantedMail<'_>,
) -> Result<Result<Mail, RenderError>, Problem> {
    let WantedMail {
        user,
        language,
        change,
    } = wanted;
    let read = template.attributes_in(&language);
    let attributes = if read.is_empty() {
        Attributes::default()
    } else {
        let stored = &function.api.store.user_attributes;
        stored.of_user(&context.organisation.id, user).await?
    };

    let sender_profile = SenderProfile::new(&context.organisation, &function.login_url);
    let password_part = PasswordPart::sample(change, language.as_str());
    let values = next_invitation(user, context, language)?.with_attributes(&attributes, &read);
    template
        .render(&values, &sender_profile, password_part)
        .ok_or_else(Problem::not_found)
}

/// The password change of the mail, which the deployment must be able to make.
pub fn parse_password_change(
    function: &TemplatesFunction,
    name: Option<&str>,
) -> Result<PasswordChange, Problem> {
    name.map_or(Ok(PasswordChange::Keep), |name| {
        PasswordChange::parse(name, function.credentials)
            .map_err(|rule| invalid_field("/passwordChange", rule))
    })
}

/// The note that the mail shows. Only the operator gets the mail, so its addresses are not checked.
fn parse_note(context: &OperatorContext, text: Option<&str>) -> Result<Option<Note>, Problem> {
    let note = text.map(Note::parse).transpose();
    let note = note.map_err(|rule| invalid_field("/note", rule))?.flatten();

    if note.is_some() && !context.organisation.settings.notes {
        return Err(invalid_field("/note", Rule::NotesOff));
    }
    Ok(note)
}

/// Finds a user whom the operator may see. Operators may always see themselves, so that a template
/// manager without groups can preview a template.
pub async fn find_visible_user(
    function: &TemplatesFunction,
    context: &OperatorContext,
    id: &UserId,
) -> Result<User, Problem> {
    let store = &function.api.store;
    let user = store.users.get(&context.organisation.id, id).await?;

    user.filter(|user| {
        user.id == context.operator.user.id || context.operator.access(&user.groups).is_some()
    })
    .ok_or_else(|| invalid_field("/userId", Rule::UserNotVisible))
}

/// The values of the user's next invitation.
fn next_invitation(
    user: &User,
    context: &OperatorContext,
    language: Language,
) -> Result<MailValues, Problem> {
    // The resend is not one of the user's invitations, so the mail counts as the next one.
    let resend = ResendId::generate(context.now, NO_RANDOMNESS);

    MailValues::new(
        user,
        &resend,
        &context.operator,
        &context.tree.groups,
        language,
    )
    .ok_or_else(|| invalid_field("/userId", Rule::NoAddress))
}

fn invalid_field(pointer: &str, rule: Rule) -> Problem {
    Problem::fields(
        ProblemKind::Invalid,
        vec![FieldError::pointer(pointer, rule)],
    )
}

/// The answer for a template that cannot be rendered for this user.
///
/// It points to the edit, or else to the user, who lacks a value that the template needs; or to the
/// password change, if the mail does not show its secret.
fn cannot_be_rendered(error: &RenderError, is_edited: bool, user: &UserId) -> Problem {
    let mut field_error = not_renderable(error, user);
    if is_edited {
        field_error.location = FieldLocation::Pointer(format!("/edit/{}", error.part));
    } else if error.is_lacking_secret() {
        field_error.location = FieldLocation::Pointer("/passwordChange".into());
    }

    Problem::fields(ProblemKind::Invalid, vec![field_error])
}

/// The error of a user for whom a template cannot be rendered.
pub fn not_renderable(error: &RenderError, user: &UserId) -> FieldError {
    let rule = if error.is_lacking_secret() {
        error.defect.clone()
    } else {
        Rule::NotRenderable {
            user: user.to_string(),
            part: error.part.to_string(),
            defect: Box::new(error.defect.clone()),
        }
    };
    FieldError::pointer("/userId", rule).at(error.position)
}
