//! What a resend would do: who gets it, who does not and why, and a mail as it would be.

use std::collections::{BTreeMap, HashMap, HashSet};

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    ExclusionReason, KeepReason, PasswordChange, ResendState, SenderProfile, User, UserId,
    resend::{MAX_IDS_PREPARED_AT_ONCE, expected_finish},
};
use reinvite_engine::{Candidates, MailConditions, candidates, check_eligibility, user_lists};
use reinvite_mail::CompiledTemplate;
use reinvite_store::{Error, OperatorContext};
use reinvite_web::{Caller, JsonBody, Problem, permitted};
use serde::Serialize;

use crate::{
    Resends,
    request::{Asked, Request},
    template::{check_for, letters, sample},
};

/// Rows of each list that are shown.
const SHOWN: usize = 200;

/// Users of a selection that are looked at one by one; beyond, counts are estimates.
const LOOKED_AT: u64 = 10_000;

/// A filter may mean few of many: after this long, too, counts are estimates.
const LOOKS: TimeDelta = TimeDelta::seconds(10);

/// Other resends that are looked through for the same users.
const OTHERS: usize = 20;

/// The answer to a preview.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    counts: PreviewCounts,
    eligible: Vec<EligibleRow>,
    excluded: Vec<ExcludedRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<Sample>,
    start_at: DateTime<Utc>,
    expected_finish: DateTime<Utc>,
    estimated: bool,
    notices: Vec<Notice>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PreviewCounts {
    eligible: u64,
    excluded: u64,
    by_language: BTreeMap<String, u64>,
    by_password_change: BTreeMap<PasswordChange, u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EligibleRow {
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    password_change: PasswordChange,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_change_reason: Option<KeepReason>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExcludedRow {
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    reason: ExclusionReason,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sample {
    user_id: UserId,
    subject: String,
    html: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Notice {
    r#type: &'static str,
    detail: String,
}

/// Candidates judged.
#[derive(Default)]
struct Looked {
    eligible: Vec<User>,
    excluded: Vec<ExcludedRow>,
    excluded_count: u64,
    /// Where not all candidates were looked at: how many were, and how many there are about.
    part: Option<(u64, u64)>,
}

impl Looked {
    fn users(&self) -> u64 {
        count(self.eligible.len()) + self.excluded_count
    }

    /// How many there are of what so many were found of.
    fn in_all(&self, found: u64) -> u64 {
        self.part
            .map_or(found, |(seen, all)| (found * all + seen / 2) / seen)
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

pub async fn preview(
    State(resends): State<Resends>,
    Caller(context): Caller,
    body: JsonBody<Asked>,
) -> Result<Json<Preview>, Problem> {
    permitted(
        context.operator.edits_users(),
        "Previewing a resend needs group_manager with edit.",
    )?;
    let request = resends.understand(body.value, &context).await?;
    let letters = letters(&request.template)?;
    let looked = resends.look(&request, &context).await?;
    let change_of = |user: &User| request.password_change_of(user, &context, resends.credentials());
    check_for(
        looked
            .eligible
            .iter()
            .take(MAX_IDS_PREPARED_AT_ONCE)
            .map(|user| (user, change_of(user).0)),
        &letters,
        &request.sender_profile,
        request.edited.as_ref(),
        &context,
    )?;
    let fallback = &context.organisation.settings.language;
    let (mut by_language, mut by_password_change) = (BTreeMap::new(), BTreeMap::new());
    for user in &looked.eligible {
        let language = letters
            .choose_language(user.language.as_ref(), fallback)
            .map(String::from)
            .unwrap_or_default();
        *by_language.entry(language).or_default() += 1;
        *by_password_change.entry(change_of(user).0).or_default() += 1;
    }
    let counts = PreviewCounts {
        eligible: looked.in_all(count(looked.eligible.len())),
        excluded: looked.in_all(looked.excluded_count),
        by_language: by_language
            .into_iter()
            .map(|(language, found)| (language, looked.in_all(found)))
            .collect(),
        by_password_change: by_password_change
            .into_iter()
            .map(|(change, found)| (change, looked.in_all(found)))
            .collect(),
    };
    let sample = match looked.eligible.first() {
        Some(user) => Some(shown(
            user,
            change_of(user).0,
            &letters,
            &request.sender_profile,
            &context,
        )?),
        None => None,
    };
    let throughput = resends
        .mailer
        .throughput()
        .await?
        .at(request.start.at, context.now);
    let mails = u32::try_from(counts.eligible).unwrap_or(u32::MAX);
    let row = |user: &User| {
        let (password_change, password_change_reason) = change_of(user);
        let (user_id, display_name) = (user.id.clone(), user.display_name.clone());
        EligibleRow {
            user_id,
            display_name,
            password_change,
            password_change_reason,
        }
    };
    Ok(Json(Preview {
        notices: resends
            .notices(
                &request,
                &context,
                &looked,
                throughput.quota.map(|quota| quota.left),
                mails,
            )
            .await?,
        eligible: looked.eligible.iter().take(SHOWN).map(row).collect(),
        excluded: looked.excluded,
        sample,
        start_at: request.start.at,
        expected_finish: expected_finish(request.start.at, mails, throughput),
        estimated: looked.part.is_some(),
        counts,
    }))
}

impl Resends {
    async fn look(&self, request: &Request, context: &OperatorContext) -> Result<Looked, Error> {
        let store = &self.api.store;
        let mut looked = Looked::default();
        let Some(refinement) = &request.refinement else {
            self.judge(request, context, &request.ids, &mut looked)
                .await?;
            return Ok(looked);
        };
        let left_out: HashSet<_> = request.ids.iter().collect();
        let until = self.api.clock.now() + LOOKS;
        let mut seen = 0;
        let mut after: Option<UserId> = None;
        loop {
            let Candidates {
                ids: candidates,
                more,
            } = candidates(store, context, refinement, after.as_ref(), 1_000).await?;
            let enough = looked.users() >= LOOKED_AT || self.api.clock.now() >= until;
            if enough && seen > 0 && !candidates.is_empty() {
                let mut all = 0;
                for list in user_lists(context, refinement.group.as_ref()) {
                    all += store
                        .user_lists
                        .count(&context.organisation.id, list.as_ref())
                        .await?;
                }
                looked.part = Some((seen, all.max(seen)));
                return Ok(looked);
            }
            seen += count(candidates.len());
            let wanted: Vec<_> = candidates
                .iter()
                .filter(|id| !left_out.contains(id))
                .cloned()
                .collect();
            self.judge(request, context, &wanted, &mut looked).await?;
            after = candidates.last().cloned().or(after);
            if !more {
                return Ok(looked);
            }
        }
    }

    async fn judge(
        &self,
        request: &Request,
        context: &OperatorContext,
        candidates: &[UserId],
        looked: &mut Looked,
    ) -> Result<(), Error> {
        let cooldown = request.cooldown(context);
        let store = &self.api.store;
        let conditions = MailConditions {
            start_at: request.start.at,
            cooldown,
        };
        let refinement = request.refinement.as_ref();
        let judged = check_eligibility(store, context, candidates, refinement, conditions).await?;
        let mut users: HashMap<UserId, User> = judged.users;
        for (id, verdict) in judged.verdicts {
            match verdict {
                Ok(()) => looked.eligible.extend(users.remove(&id)),
                Err(reason) => {
                    looked.excluded_count += 1;
                    if looked.excluded.len() < SHOWN {
                        // Of somebody out of scope, no more is told than of nobody.
                        let user = users
                            .get(&id)
                            .filter(|_| reason != ExclusionReason::NotFound);
                        let display_name = user.and_then(|user| user.display_name.clone());
                        looked.excluded.push(ExcludedRow {
                            user_id: id,
                            display_name,
                            reason,
                        });
                    }
                }
            }
        }
        Ok(())
    }

    async fn notices(
        &self,
        request: &Request,
        context: &OperatorContext,
        looked: &Looked,
        quota_left: Option<i64>,
        mails: u32,
    ) -> Result<Vec<Notice>, Error> {
        let mut notices = Vec::new();
        if request.start.ambiguous {
            let detail = format!(
                "In {} this local time comes twice; the earlier is taken: {}.",
                request.time_zone,
                request.start.at.format("%Y-%m-%dT%H:%M:%SZ"),
            );
            notices.push(Notice {
                r#type: "ambiguous_local_time",
                detail,
            });
        }
        let waiting = self.waiting(context).await?;
        let twice = looked
            .eligible
            .iter()
            .filter(|user| waiting.contains(&user.id))
            .count();
        if twice > 0 {
            let detail =
                format!("{twice} of these users already wait in another scheduled resend.");
            notices.push(Notice {
                r#type: "already_scheduled",
                detail,
            });
        }
        if let Some(left) = quota_left.filter(|left| *left < i64::from(mails)) {
            let detail = format!(
                "The daily quota leaves {left} mails on the first day: the others go on the days after."
            );
            notices.push(Notice {
                r#type: "daily_quota",
                detail,
            });
        }
        Ok(notices)
    }

    /// Who waits in the organisation's newest scheduled resends.
    async fn waiting(&self, context: &OperatorContext) -> Result<HashSet<UserId>, Error> {
        let store = &self.api.store;
        let states = [ResendState::Preparing, ResendState::Scheduled];
        let (resends, _) = store
            .resends
            .page(&context.organisation.id, &states, None, OTHERS)
            .await?;
        let mut waiting = HashSet::new();
        for resend in resends {
            for list in store.recipient_lists.all(&resend.id).await? {
                waiting.extend(list.recipients.into_iter().map(|member| member.user));
            }
        }
        Ok(waiting)
    }
}

fn shown(
    user: &User,
    change: PasswordChange,
    letters: &CompiledTemplate,
    sender_profile: &SenderProfile,
    context: &OperatorContext,
) -> Result<Sample, Problem> {
    let mail =
        sample(user, change, letters, sender_profile, context).ok_or_else(Problem::not_found)?;
    let mail = mail.map_err(|error| Problem::internal(&error))?;
    Ok(Sample {
        user_id: user.id.clone(),
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
    })
}
