//! Counts the recipients of a draft, and checks that their mails can be rendered.

use reinvite_domain::{ExclusionReason, UserId, resend::MAX_IDS_PREPARED_IN_REQUEST};
use reinvite_engine::{EligibilityVerdicts, candidates, check_eligibility};
use reinvite_store::{Error, OperatorContext, Store};
use reinvite_web::{Problem, ProblemKind};

use crate::{
    notice::Notice,
    render_defect::{RenderDefect, cannot_be_rendered},
    resend_draft::ResendDraft,
    same_address::same_address,
    template_notices::{searched_for_login_link, template_notices},
    unfit_template::{check_mails, check_variants},
};

/// Users of a filter for whom the template is rendered before the resend is created.
const CHECKED_FILTER_USERS: usize = 100;

/// The recipients of a draft.
#[derive(Debug)]
pub struct CountedRecipients {
    /// The number of eligible users; 0 for a draft that is prepared later.
    pub count: u32,
    /// The notices about the users that were checked, and about their template.
    pub notices: Vec<Notice>,
}

/// Counts the eligible users of a draft that is prepared while the caller waits.
///
/// # Errors
///
/// No user is eligible. The template is unfit for a mail that is checked. The template can be rendered
/// for none of the users that are checked; or, in a draft that is prepared while the caller waits and
/// leaves nobody out, not for all of them.
pub async fn count_recipients(
    draft: &ResendDraft,
    store: &Store,
    context: &OperatorContext,
) -> Result<CountedRecipients, Problem> {
    let checked = checked_users(draft, store, context).await?;
    let EligibilityVerdicts {
        users,
        mut verdicts,
    } = check_eligibility(
        store,
        context,
        &checked,
        draft.selection.parsed_filter(),
        draft.mail_conditions(context),
    )
    .await?;

    let mut samples = draft.sample_mails(context)?;
    check_variants(draft, &samples)?;
    samples.read_attributes(store, users.values()).await?;
    let mut defects = Vec::new();
    for (id, verdict) in verdicts.iter_mut().filter(|(_, verdict)| verdict.is_ok()) {
        let user = users.get(id);
        let defect = user.and_then(|user| RenderDefect::find(draft, &samples, user, context));
        if let Some(defect) = defect {
            *verdict = Err(ExclusionReason::NotRenderable);
            defects.push(defect);
        }
    }

    check_mails(&defects)?;
    let eligible = verdicts
        .iter()
        .filter(|(_, verdict)| verdict.is_ok())
        .count();
    let is_in_request = draft.selection.is_prepared_in_request();
    let needs_all = is_in_request || eligible == 0;
    if needs_all && !defects.is_empty() && !draft.leaves_out_not_renderable {
        return Err(cannot_be_rendered(&defects));
    }
    let count = match (is_in_request, eligible) {
        (false, _) => 0,
        (true, 0) => return Err(nobody_eligible(&verdicts)),
        (true, eligible) => u32::try_from(eligible).unwrap_or(u32::MAX),
    };

    let eligible_users = || {
        let eligible = verdicts.iter().filter(|(_, verdict)| verdict.is_ok());
        eligible.filter_map(|(id, _)| users.get(id))
    };
    let searched = searched_for_login_link(draft, eligible_users(), context);
    let mut notices = template_notices(draft, &samples, &searched);
    if is_in_request {
        notices.extend(same_address(eligible_users()));
    }
    Ok(CountedRecipients { count, notices })
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
