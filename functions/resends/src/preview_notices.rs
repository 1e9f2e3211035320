//! The notices of a preview.

use std::collections::HashSet;

use reinvite_domain::{ResendState, User, UserId};
use reinvite_store::{Error, OperatorContext, Store};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    parse_start::ParsedStart, preview_forecast::PreviewForecast, resend_draft::ResendDraft,
};

/// The newest scheduled resends whose recipients are compared with those of the preview.
const MAX_COMPARED_RESENDS: usize = 20;

/// A notice for the operator, with the values of its sentence by name.
#[derive(Serialize)]
pub struct Notice {
    r#type: &'static str,
    detail: String,
    values: Value,
}

/// The notices about a draft and its eligible users.
pub async fn preview_notices(
    store: &Store,
    context: &OperatorContext,
    draft: &ResendDraft,
    eligible: &[User],
    forecast: PreviewForecast,
) -> Result<Vec<Notice>, Error> {
    let waiting = waiting_users(store, context).await?;
    let waiting_count = eligible
        .iter()
        .filter(|user| waiting.contains(&user.id))
        .count();

    let notices = [
        draft
            .start
            .time
            .ambiguous
            .then(|| ambiguous_start(draft.start)),
        (waiting_count > 0).then(|| already_scheduled(waiting_count)),
        forecast.first_day_mails().map(daily_quota),
        forecast.is_in_sandbox().then(sandbox),
        forecast.is_disabled().then(sending_disabled),
    ];
    Ok(notices.into_iter().flatten().collect())
}

fn ambiguous_start(start: ParsedStart) -> Notice {
    Notice {
        r#type: "ambiguous_local_time",
        detail: format!(
            "In {} this local time comes twice; the earlier is taken: {}.",
            start.time_zone,
            start.time.at.format("%Y-%m-%dT%H:%M:%SZ"),
        ),
        values: json!({"timeZone": start.time_zone, "at": start.time.at}),
    }
}

fn already_scheduled(users: usize) -> Notice {
    Notice {
        r#type: "already_scheduled",
        detail: format!("{users} of these users already wait in another scheduled resend."),
        values: json!({"users": users}),
    }
}

fn daily_quota(left: i64) -> Notice {
    Notice {
        r#type: "daily_quota",
        detail: format!(
            "The daily quota leaves {left} mails on the first day: the others go on the days after."
        ),
        values: json!({"mails": left}),
    }
}

fn sandbox() -> Notice {
    Notice {
        r#type: "sandbox",
        detail: "SES lets this account mail verified addresses only: the others fail.".into(),
        values: json!({}),
    }
}

fn sending_disabled() -> Notice {
    Notice {
        r#type: "sending_disabled",
        detail: "SES lets this account send nothing: the resend will pause.".into(),
        values: json!({}),
    }
}

/// The planned recipients of the organisation's newest resends that have not started.
async fn waiting_users(store: &Store, context: &OperatorContext) -> Result<HashSet<UserId>, Error> {
    let organisation = &context.organisation.id;
    let states = [ResendState::Preparing, ResendState::Scheduled];
    let (resends, _) = store
        .resends
        .page(organisation, &states, None, MAX_COMPARED_RESENDS)
        .await?;

    let mut waiting = HashSet::new();
    for resend in resends {
        let lists = store.recipient_lists.all(&resend.id).await?;
        let recipients = lists.into_iter().flat_map(|list| list.recipients);
        waiting.extend(recipients.map(|recipient| recipient.user));
    }
    Ok(waiting)
}
