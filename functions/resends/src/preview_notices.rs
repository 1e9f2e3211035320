//! The notices of a preview.

use std::collections::HashMap;

use reinvite_domain::{DailyUsage, EmailAddress, User};
use reinvite_store::{Error, OperatorContext, Store};

use crate::{
    check_candidates::CheckedCandidates, notice::Notice, preview_forecast::PreviewForecast,
    resend_draft::ResendDraft,
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
        same_address(eligible),
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

/// The notice about users who share an address, compared without case.
fn same_address(users: &[User]) -> Option<Notice> {
    let mut users_by_address: HashMap<String, usize> = HashMap::new();
    for address in users.iter().filter_map(|user| user.email.as_ref()) {
        *users_by_address
            .entry(EmailAddress::folded(address))
            .or_default() += 1;
    }

    users_by_address.retain(|_, users| *users > 1);
    let addresses = users_by_address.len();
    (addresses > 0).then(|| Notice::same_address(users_by_address.values().sum(), addresses))
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
