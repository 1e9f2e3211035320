//! Parses a request into the draft of a resend.

use reinvite_domain::{FieldError, Rule, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, ProblemKind};

use crate::{
    create_request::CreateResendRequest,
    find_template::find_edited_template,
    function::ResendsFunction,
    parse_leave_out::parse_leave_out,
    parse_note::parse_note,
    parse_selection::{ParsedSelection, parse_selection},
    parse_start::parse_start,
    password_changes::{PasswordChanges, parse_changes_by_user, parse_password_change},
    resend_draft::ResendDraft,
    unselected_choices::find_unselected_choices,
};

/// Parses a request to create or preview a resend.
///
/// # Errors
///
/// Every wrong field; 403 if the request edits the template and the operator may not.
pub async fn parse_draft(
    function: &ResendsFunction,
    context: &OperatorContext,
    mut request: CreateResendRequest,
) -> Result<ResendDraft, Problem> {
    if request.ignore_cooldown.is_some() {
        let call = "POST /v1/users/{id}/resend".into();
        return Err(malformed_field(
            "/ignoreCooldown",
            Rule::OfAnotherCall { call },
        ));
    }
    let Some(selection) = request.selection.take() else {
        return Err(malformed_field("/selection", Rule::Missing));
    };

    let mut errors = Vec::new();
    let selection = parse_selection(selection, context, &mut errors);
    parse_content(function, context, request, selection, errors).await
}

/// Parses a request to invite one user, whom the operator may invite.
///
/// # Errors
///
/// Every wrong field; 403 if the request edits the template and the operator may not.
pub async fn parse_draft_for_user(
    function: &ResendsFunction,
    context: &OperatorContext,
    user: UserId,
    request: CreateResendRequest,
) -> Result<ResendDraft, Problem> {
    if request.selection.is_some() {
        let call = "POST /v1/resends".into();
        return Err(malformed_field("/selection", Rule::OfAnotherCall { call }));
    }

    let selection = ParsedSelection::of_users(vec![user]);
    parse_content(function, context, request, selection, Vec::new()).await
}

/// Parses the fields beside the selection. `errors` has those of the selection.
async fn parse_content(
    function: &ResendsFunction,
    context: &OperatorContext,
    request: CreateResendRequest,
    selection: ParsedSelection,
    mut errors: Vec<FieldError>,
) -> Result<ResendDraft, Problem> {
    let settings = &context.organisation.settings;
    let template_id = request
        .template_id
        .as_ref()
        .unwrap_or(&settings.default_template_id);
    let edit = request.edit.as_ref();
    let template = find_edited_template(function, context, template_id, edit, &mut errors).await?;

    let start = parse_start(
        request.start_at.as_deref(),
        request.time_zone.as_deref(),
        settings.time_zone,
        context.now,
        &mut errors,
    );
    let sender_profile = function.sender_profile(context);
    let note = parse_note(
        context,
        &sender_profile,
        request.note.as_deref(),
        &mut errors,
    );
    let passwords = parse_passwords(function, context, &request, &mut errors);
    let leaves_out_not_renderable = parse_leave_out(&request.leave_out, &mut errors);
    if errors.is_empty() {
        let by_user = &passwords.by_user;
        errors = find_unselected_choices(&function.api.store, context, &selection, by_user).await?;
    }

    match (template, start) {
        (Some(template), Some(start)) if errors.is_empty() => Ok(ResendDraft {
            group_id: selection
                .parsed_filter()
                .and_then(|filter| filter.group.clone()),
            selection,
            template,
            edited_language: request.edit.map(|edit| edit.language),
            note,
            start,
            passwords,
            earlier_links: request.earlier_links.unwrap_or(settings.earlier_links),
            ignore_cooldown: request.ignore_cooldown.unwrap_or_default(),
            leaves_out_not_renderable,
            sender_profile,
            retried: None,
        }),
        _ => Err(Problem::fields(ProblemKind::Invalid, errors)),
    }
}

fn parse_passwords(
    function: &ResendsFunction,
    context: &OperatorContext,
    request: &CreateResendRequest,
    errors: &mut Vec<FieldError>,
) -> PasswordChanges {
    let credentials = function.credentials();
    let name = request.password_change.as_deref();

    PasswordChanges {
        change: parse_password_change(name, context, credentials, errors),
        by_user: parse_changes_by_user(&request.password_change_by_user, credentials, errors),
        change_for_logged_in: request.change_for_logged_in,
        credentials,
    }
}

/// The answer to a request that lacks a field, or has a field of another operation.
fn malformed_field(pointer: &str, rule: Rule) -> Problem {
    Problem::fields(
        ProblemKind::Malformed,
        vec![FieldError::pointer(pointer, rule)],
    )
}
