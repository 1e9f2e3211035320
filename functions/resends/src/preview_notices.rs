//! The notices of a preview.

use reinvite_domain::{DailyUsage, User};
use reinvite_store::{Error, OperatorContext, Store};

use crate::{
    checked_candidates::CheckedCandidates, notice::Notice, preview_forecast::PreviewForecast,
    resend_draft::ResendDraft, same_address::same_address,
};

/// The notices about a draft and its eligible users.
pub async fn preview_notices(
    store: &Store,
    context: &OperatorContext,
    draft: &ResendDraft,
    eligible: &[User],
    forecast: PreviewForecast,
) -> Result<Vec<Notice>, Error> {
    let zone = context.organisation.settings.time_zone;
    let usage = DailyUsage::new(draft.start.time.at, zone, forecast.mails());

    let notices = [
        Notice::ambiguous_local_time(draft.start),
        forecast.first_day_mails().map(Notice::daily_quota),
        forecast.is_in_sandbox().then(Notice::sandbox),
        forecast.is_disabled().then(Notice::sending_disabled),
        daily_limit(store, context, usage).await?,
        same_address(eligible.iter()),
    ];
    Ok(notices.into_iter().flatten().collect())
}

/// The notice about a limit that leaves fewer recipients than the draft has.
async fn daily_limit(
    store: &Store,
    context: &OperatorContext,
    usage: DailyUsage,
) -> Result<Option<Notice>, Error> {
    let organisation = &context.organisation;
    let taken = store
        .resends
        .recipients_of_day(&organisation.id, usage.day)
        .await?;

    let left = organisation.settings.daily_recipients.saturating_sub(taken);
    Ok((usage.recipients > left).then(|| Notice::daily_limit(usage, left)))
}

/// The notice about users who lack attributes that their mails show.
pub fn missing_attributes(checked: &CheckedCandidates) -> Option<Notice> {
    let missing: Vec<_> = checked
        .missing_attributes
        .iter()
        .map(|(name, users)| (name.as_str(), checked.estimate(*users)))
        .collect();
    (!missing.is_empty()).then(|| Notice::missing_attributes(&missing))
}
