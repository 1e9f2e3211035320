//! `POST /v1/resends/preview`

use axum::{Json, extract::State};
use reinvite_domain::{User, resend::MAX_IDS_PREPARED_IN_REQUEST};
use reinvite_web::{Caller, JsonBody, Problem, require_permission};

use crate::{
    check_candidates::{MAX_LISTED_USERS, check_candidates},
    create_request::CreateResendRequest,
    function::ResendsFunction,
    parse_draft::parse_draft,
    preview_forecast::PreviewForecast,
    preview_notices::preview_notices,
    preview_response::{EligibleUserResponse, PreviewCounts, PreviewResponse, PreviewSample},
    sample_mails::SampleMails,
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
    let draft = parse_draft(&function, &context, body.value).await?;
    let samples = SampleMails::new(&draft, &context)?;

    let checked = check_candidates(&function, &context, &draft).await?;
    let eligible = &checked.eligible;
    let change_of = |user: &User| draft.passwords.for_user(user, &context).0;
    let rendered_users = eligible.iter().take(MAX_IDS_PREPARED_IN_REQUEST);
    samples.check(rendered_users.map(|user| (user, change_of(user))))?;

    let counts = PreviewCounts::new(&checked, &draft.passwords, &samples, &context);
    let first_user = eligible.first();
    let sample = first_user
        .map(|user| PreviewSample::new(user, change_of(user), &samples))
        .transpose()?;

    let start_at = draft.start.time.at;
    let store = &function.api.store;
    let forecast = PreviewForecast::read(store, &context, start_at, counts.eligible).await?;
    let notices = preview_notices(store, &context, &draft, eligible, forecast).await?;

    let eligible = eligible
        .iter()
        .take(MAX_LISTED_USERS)
        .map(|user| EligibleUserResponse::new(user, &draft.passwords, &context))
        .collect();
    Ok(Json(PreviewResponse {
        counts,
        eligible,
        estimated: checked.is_estimated(),
        excluded: checked.excluded,
        sample,
        start_at,
        expected_finish: forecast.expected_finish(),
        notices,
    }))
}
