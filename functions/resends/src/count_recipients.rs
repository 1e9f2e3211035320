//! Counts the recipients of a draft, and checks that their mails can be rendered.

use reinvite_domain::{ExclusionReason, UserId, resend::MAX_IDS_PREPARED_IN_REQUEST};
use reinvite_engine::{EligibilityVerdicts, candidates, check_eligibility};
use reinvite_store::{Error, OperatorContext, Store};
use reinvite_web::{Problem, ProblemKind};

use crate::{resend_draft::ResendDraft, sample_mails::SampleMails};

/// Users of a filter for whom the template is rendered before the resend is created.
const CHECKED_FILTER_USERS: usize = 100;

/// Counts the eligible users of a draft that is prepared while the caller waits. Returns 0 for a
/// draft that is prepared later.
///
/// # Errors
///
/// No user is eligible, or the mail of an eligible user cannot be rendered.
pub async fn count_recipients(
    draft: &ResendDraft,
    store: &Store,
    context: &OperatorContext,
) -> Result<u32, Problem> {
    let checked = checked_users(draft, store, context).await?;
    let EligibilityVerdicts { users, verdicts } = check_eligibility(
        store,
        context,
        &checked,
        draft.selection.parsed_filter(),
        draft.mail_conditions(context),
    )
    .await?;

    let eligible: Vec<_> = verdicts
        .iter()
        .filter(|(_, verdict)| verdict.is_ok())
        .filter_map(|(id, _)| users.get(id))
        .map(|user| (user, draft.passwords.for_user(user, context).0))
        .collect();
    let eligible_count = u32::try_from(eligible.len()).unwrap_or(u32::MAX);
    SampleMails::new(draft, context)?.check(eligible)?;

    if !draft.selection.is_prepared_in_request() {
        return Ok(0);
    }
    if eligible_count == 0 {
        return Err(nobody_eligible(&verdicts));
    }
    Ok(eligible_count)
}

/// The users that are checked before the resend is created: all that are prepared in the request, or the
/// first ones of a larger selection.
async fn checked_users(
    draft: &ResendDraft,
    store: &Store,
    context: &OperatorContext,
) -> Result<Vec<UserId>, Error> {
    let Some(filter) = draft.selection.parsed_filter() else {
        let ids = draft.selection.ids.iter();
        return Ok(ids.take(MAX_IDS_PREPARED_IN_REQUEST).cloned().collect());
    };

    let page = candidates(store, context, filter, None, CHECKED_FILTER_USERS).await?;
    Ok(page.ids)
}

/// The answer to a draft without an eligible user. A single user is told the reason.
fn nobody_eligible(verdicts: &[(UserId, Result<(), ExclusionReason>)]) -> Problem {
    let detail = match verdicts {
        [(_, Err(reason))] => {
            let reason = serde_json::to_value(reason).unwrap_or_default();
            let reason = reason.as_str().unwrap_or_default();
            format!("The user cannot be invited: {reason}.")
        }
        _ => "Nobody of those selected can be invited: see a preview for why.".into(),
    };
    Problem::new(ProblemKind::NobodyEligible, detail)
}
