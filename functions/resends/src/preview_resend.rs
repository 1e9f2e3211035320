//! `POST /v1/resends/preview`

use axum::{Json, extract::State};
use reinvite_domain::User;
use reinvite_engine::SampleMails;
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, JsonBody, Parameters, Problem, require_permission};

use crate::{
    check_candidates::check_candidates,
    checked_candidates::CheckedCandidates,
    create_request::CreateResendRequest,
    function::ResendsFunction,
    parse_draft::parse_draft,
    preview_forecast::PreviewForecast,
    preview_notices::{missing_attributes, preview_notices},
    preview_query::PreviewQuery,
    preview_response::{PreviewCounts, PreviewResponse, PreviewSample},
    render_defect::cannot_be_rendered,
    request_echo::RequestEcho,
    resend_draft::ResendDraft,
    template_notices::{searched_for_login_link, template_notices},
    unfit_template::{check_mails, check_variants},
    waiting_users::find_waiting_users,
};

/// Shows the effects of a resend without creating it: its recipients, its excluded users with the
/// reasons, and a sample of its mail. With `next`, one of the lists goes on.
pub async fn preview_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    mut parameters: Parameters,
    body: JsonBody<CreateResendRequest>,
) -> Result<Json<PreviewResponse>, Problem> {
    require_permission(
        context.operator.edits_users(),
        "Previewing a resend needs group_manager with edit.",
    )?;
    let query = PreviewQuery::take(&mut parameters)?;
    parameters.end()?;
    let echo = RequestEcho::new(&body.value);
    let draft = parse_draft(&function, &context, body.value).await?;

    let preview = preview_draft(&function, &context, &draft, &query).await?;
    Ok(Json(PreviewResponse {
        cleaned: echo.cleaned.filter(|_| query.after.is_none()),
        ..preview
    }))
}

/// Shows the effects of a draft, or a later page of one of its lists.
///
/// # Errors
///
/// The template is unfit for a mail. Or it can be rendered for none of the eligible users, and the
/// draft leaves nobody out: then the template is wrong, and not a user.
pub async fn preview_draft(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
    query: &PreviewQuery,
) -> Result<PreviewResponse, Problem> {
    let mut samples = draft.sample_mails(context)?;
    check_variants(draft, &samples)?;
    let checked = check_candidates(function, context, draft, query, &mut samples).await?;
    check_mails(&checked.defects)?;
    if query.after.is_some() {
        return PreviewResponse::default().with_lists(checked, query);
    }

    let is_for_nobody = checked.eligible.is_empty() && !checked.defects.is_empty();
    if is_for_nobody && !draft.leaves_out_not_renderable {
        return Err(cannot_be_rendered(&checked.defects));
    }
    let summary = summarize(function, context, draft, &checked, samples).await?;
    let waiting = find_waiting_users(function, context, &checked.eligible, query.within).await?;
    summary.with_waiting(&waiting).with_lists(checked, query)
}

/// Counts the checked users, renders a sample and finds the facts that the operator should know: the
/// answer without its lists.
async fn summarize(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
    checked: &CheckedCandidates,
    mut samples: SampleMails<'_>,
) -> Result<PreviewResponse, Problem> {
    let eligible = &checked.eligible;
    let searched = searched_for_login_link(draft, eligible.iter(), context);
    let shown = eligible.first().into_iter().chain(searched.iter().copied());
    let store = &function.api.store;
    samples.read_attributes(store, shown).await?;

    let counts = PreviewCounts::new(checked, &draft.passwords, &samples, context);
    let change_of = |user: &User| draft.passwords.for_user(user, context).0;
    let sample = eligible
        .first()
        .map(|user| PreviewSample::new(user, change_of(user), &samples))
        .transpose()?;

    let start_at = draft.start.time.at;
    let forecast = PreviewForecast::read(store, context, start_at, counts.eligible).await?;
    let mut notices = preview_notices(store, context, draft, eligible, forecast).await?;
    notices.extend(template_notices(draft, &samples, &searched));
    notices.extend(missing_attributes(checked));

    Ok(PreviewResponse {
        counts: Some(counts),
        sample,
        start_at: Some(start_at),
        expected_finish: forecast.expected_finish(),
        estimated: Some(checked.has_more),
        notices: Some(notices),
        ..PreviewResponse::default()
    })
}
