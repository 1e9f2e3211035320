//! Retrying those of a resend whose mails failed: a new resend with the same content.

use std::collections::{BTreeSet, HashSet};

use axum::extract::State;
use reinvite_domain::{
    FieldError, RecipientState, Resend, ResendId, ResendState, Selection, Template, UserId,
    resend::MAX_SELECTION_IDS, time::ResolvedTime,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, IdempotencyKey, JsonBody, PathId, Problem, ProblemKind};
use serde::Deserialize;

use crate::{Resends, create::Answer, request::Request};

/// The states that can be retried; without being asked for, only the first two are.
const STATES: [RecipientState; 3] = [
    RecipientState::Failed,
    RecipientState::Bounced,
    RecipientState::Unknown,
];

/// Recipients looked at together.
const TOGETHER: usize = 1_000;

/// The body of a request to retry.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    states: Option<Vec<String>>,
}

/// `POST /v1/resends/{id}/retry`
pub async fn retry(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    key: IdempotencyKey,
    body: Option<JsonBody<Retry>>,
) -> Result<Answer, Problem> {
    let resend = resends.steerable(&id, &context).await?;
    let (asked, bytes) = body
        .map(|body| (body.value, body.bytes))
        .unwrap_or_default();
    let once = key.once(&context, format!("/v1/resends/{id}/retry"), &bytes);
    if let Some(answer) = resends.repeated(&once, &context).await? {
        return Ok(answer);
    }
    let states = states(asked.states.as_deref())?;
    if !matches!(
        resend.state,
        ResendState::Completed | ResendState::Cancelled | ResendState::Failed
    ) {
        let detail = format!(
            "The resend is {}: it can be retried once it has ended.",
            resend.state.name()
        );
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let ids = resends.to_retry(&resend, &states).await?;
    if ids.is_empty() {
        return Err(Problem::new(
            ProblemKind::NobodyEligible,
            "Nobody of it is left to be retried.",
        ));
    }
    let request = resends.same_again(resend, ids, &context).await?;
    resends.make(request, &once, &context).await
}

fn states(names: Option<&[String]>) -> Result<Vec<RecipientState>, Problem> {
    let Some(names) = names else {
        return Ok(STATES[..2].to_vec());
    };
    let state = |(index, name): (usize, &String)| {
        STATES
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| {
                let rule = format!(
                    "must be one of {}",
                    STATES.map(RecipientState::name).join(", ")
                );
                FieldError::pointer(format!("/states/{index}"), &rule)
            })
    };
    let (states, wrong): (Vec<_>, Vec<_>) =
        names.iter().enumerate().map(state).partition(Result::is_ok);
    let mut wrong: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
    if names.is_empty() {
        wrong.push(FieldError::pointer(
            "/states",
            "must name at least one state",
        ));
    }
    if wrong.is_empty() {
        Ok(states.into_iter().flatten().collect())
    } else {
        Err(Problem::fields(ProblemKind::Invalid, wrong))
    }
}

impl Resends {
    /// Who of a resend is in these states and was not retried already, in the order of ids; at most as many as a selection
    /// may list: the rest is left for the next retry.
    async fn to_retry(
        &self,
        resend: &Resend,
        states: &[RecipientState],
    ) -> Result<Vec<UserId>, Problem> {
        let store = &self.api.store;
        let mut found = BTreeSet::new();
        let retried = self.retried(resend).await?;
        let mut after = None;
        loop {
            let (page, more) = store
                .recipients
                .page_in_states(&resend.id, states, after, TOGETHER)
                .await?;
            after = page
                .last()
                .map(|last| (last.chunk, last.position))
                .or(after);
            // An index may lag behind a change of state by a moment.
            let meant = page
                .into_iter()
                .filter(|recipient| states.contains(&recipient.state));
            found.extend(
                meant
                    .map(|recipient| recipient.user_id)
                    .filter(|user| !retried.contains(user)),
            );
            if !more || found.len() >= MAX_SELECTION_IDS {
                break;
            }
        }
        Ok(found.into_iter().take(MAX_SELECTION_IDS).collect())
    }

    /// Whom the retries of a resend have taken: who was skipped by one, or is not on its list, can be retried again.
    async fn retried(&self, resend: &Resend) -> Result<HashSet<UserId>, Problem> {
        let store = &self.api.store;
        let mut retried = HashSet::new();
        for id in &resend.retries {
            let Some(retry) = store.resends.get(id).await? else {
                continue;
            };
            if retry.state == ResendState::Preparing {
                retried.extend(store.resend_inputs.selected_ids(id).await?);
            }
            for chunk in 0..retry.chunks {
                let recipients = store.recipients.of_chunk(id, chunk).await?;
                let taken = recipients
                    .into_iter()
                    .filter(|recipient| recipient.state != RecipientState::Skipped);
                retried.extend(taken.map(|recipient| recipient.user_id));
            }
        }
        Ok(retried)
    }

    /// The same content for these users, now, whenever they were last invited.
    async fn same_again(
        &self,
        resend: Resend,
        ids: Vec<UserId>,
        context: &OperatorContext,
    ) -> Result<Request, Problem> {
        let variants = self
            .api
            .store
            .resend_inputs
            .template_variants(&resend.id)
            .await?;
        let mut choices = self
            .api
            .store
            .resend_inputs
            .password_choices(&resend)
            .await?;
        choices.retain(|user, _| ids.binary_search(user).is_ok());
        Ok(Request {
            selection: Selection::UserIds,
            ids,
            refinement: None,
            template: Template {
                id: resend.template_id.clone(),
                name: String::new(),
                version: resend.template_version,
                variants,
            },
            edited: None,
            start: ResolvedTime {
                at: context.now,
                ambiguous: false,
            },
            time_zone: resend.time_zone,
            password_change: resend.password_change,
            choices,
            earlier_links: resend.earlier_links,
            change_for_logged_in: resend.change_for_logged_in,
            ignore_cooldown: true,
            group_id: resend.group_id.clone(),
            sender_profile: resend.sender_profile.clone(),
            retried: Some(resend),
        })
    }
}
