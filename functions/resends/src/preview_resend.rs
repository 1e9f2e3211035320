//! `POST /v1/resends/preview`

use axum::{Json, extract::State};
use reinvite_domain::User;
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, JsonBody, Problem, require_permission};

use crate::{
    check_candidates::{MAX_LISTED_USERS, check_candidates},
    create_request::CreateResendRequest,
    function::ResendsFunction,
    parse_draft::parse_draft,
    preview_forecast::PreviewForecast,
    preview_notices::{missing_attributes, preview_notices},
    preview_response::{EligibleUserResponse, PreviewCounts, PreviewResponse, PreviewSample},
    render_defect::cannot_be_rendered,
    request_echo::RequestEcho,
    resend_draft::ResendDraft,
    template_notices::{searched_for_login_link, template_notices},
    unfit_template::{check_mails, check_variants},
    waiting_users::find_waiting_users,
};

/// Shows the effects of a resend without creating it: its recipients, its excluded users with the
/// reasons, and a sample of its mail.
pub async fn preview_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    body: JsonBody<CreateResendRequest>,
) -> Result<Json<PreviewResponse>, Problem> {
    require_permission(
        context.operator.edits_users(),
        "Previewing a resend needs group_manager with edit.",
    )?;
    let echo = RequestEcho::new(&body.value);
    let draft = parse_draft(&function, &context, body.value).await?;

    let preview = preview_draft(&function, &context, &draft).await?;
    Ok(Json(PreviewResponse {
        cleaned: echo.cleaned,
        ..preview
    }))
}

/// Shows the effects of a draft.
///
/// # Errors
///
/// The template is unfit for a mail. Or it can be rendered for none of the eligible users, and the
/// draft leaves nobody out: then the template is wrong, and not a user.
pub async fn preview_draft(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
) -> Result<PreviewResponse, Problem> {
    let mut samples = draft.sample_mails(context)?;
    check_variants(draft, &samples)?;
    let checked = check_candidates(function, context, draft, &mut samples).await?;
    check_mails(&checked.defects)?;
    let is_for_nobody = checked.eligible.is_empty() && !checked.defects.is_empty();
    if is_for_nobody && !draft.leaves_out_not_renderable {
        return Err(cannot_be_rendered(&checked.defects));
    }

    let eligible = &checked.eligible;
    let searched = searched_for_login_link(draft, eligible.iter(), context);
    let shown = eligible.first().into_iter().chain(searched.iter().copied());
    let store = &function.api.store;
    samples.read_attributes(store, shown).await?;

    let counts = PreviewCounts::new(&checked, &draft.passwords, &samples, context);
    let change_of = |user: &User| draft.passwords.for_user(user, context).0;
    let sample = eligible
        .first()
        .map(|user| PreviewSample::new(user, change_of(user), &samples))
        .transpose()?;

    let start_at = draft.start.time.at;
    let forecast = PreviewForecast::read(store, context, start_at, counts.eligible).await?;
    let mut notices = preview_notices(store, context, draft, eligible, forecast).await?;
    let waiting = find_waiting_users(function, context, eligible).await?;
    notices.extend(waiting.notice());
    notices.extend(template_notices(draft, &samples, &searched));
    notices.extend(missing_attributes(&checked));

    let listed = eligible.iter().take(MAX_LISTED_USERS);
    Ok(PreviewResponse {
        counts,
        eligible: listed
            .map(|user| EligibleUserResponse::new(user, &draft.passwords, context))
            .collect(),
        estimated: checked.is_estimated() || waiting.is_cut_short,
        excluded: checked.excluded,
        sample,
        start_at,
        expected_finish: forecast.expected_finish(),
        notices,
        cleaned: None,
    })
}
