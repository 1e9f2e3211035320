//! Making a resend: once for each `Idempotency-Key`.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::TimeDelta;
use reinvite_aws::{Acting, Remembered};
use reinvite_domain::{Counts, Letterhead, Resend, ResendId, ResendState, Work};
use reinvite_web::{Caller, IdempotencyKey, JsonBody, Kind, Problem, made, permitted};

use crate::{
    Resends,
    request::{Asked, Request},
    view::ResendView,
};

/// Exclusions told in the answer; all of them are at `/excluded`.
const EXCLUDED_TOLD: usize = 200;

pub async fn create(
    State(resends): State<Resends>,
    Caller(acting): Caller,
    key: IdempotencyKey,
    body: JsonBody<Asked>,
) -> Result<impl IntoResponse, Problem> {
    permitted(acting.operator.edits_users(), "Making a resend needs group_manager with edit.")?;
    let once = key.once(&acting, "/v1/resends", &body.bytes);
    let store = &resends.clients.store;
    // What was understood once is not judged again: a start that was ahead then may be past by now.
    if let Some(remembered) = store.remembered(&once, acting.now).await? {
        return resends.repeat(remembered, &acting).await;
    }
    let request = body.value.understand(&acting)?;
    if request.is_prepared_at_once() {
        let cooldown = acting.organisation.settings.cooldown();
        let judged = store.judge(&acting, &request.ids, None, request.start.at, cooldown).await?;
        if judged.verdicts.iter().all(|(_, verdict)| verdict.is_err()) {
            return Err(Problem::new(
                Kind::NobodyEligible,
                "Nobody of those selected can be invited: see a preview for why.",
            ));
        }
    }
    let resend = resends.new_resend(&request, &acting)?;
    if store.create_resend(&resend, &request.ids, &request.template.variants, &once, acting.now).await? {
        return resends.go_on(resend, &acting).await;
    }
    // Another of the same was sooner.
    let remembered = store.remembered(&once, acting.now).await?.ok_or(reinvite_aws::Error::Conflict)?;
    resends.repeat(remembered, &acting).await
}

type Answer = (StatusCode, Json<ResendView>);

impl Resends {
    async fn repeat(&self, remembered: Remembered, acting: &Acting) -> Result<Answer, Problem> {
        let id = ResendId::new(made(remembered)?).map_err(|_| Problem::not_found())?;
        let resend = self.clients.store.resend(&id).await?.ok_or_else(Problem::not_found)?;
        self.go_on(resend, acting).await
    }

    /// Takes a resend on from wherever it is, and answers with it.
    async fn go_on(&self, mut resend: Resend, acting: &Acting) -> Result<Answer, Problem> {
        let at_once = resend.prepared_at_once;
        let mut excluded = Vec::new();
        if at_once {
            if resend.state == ResendState::Preparing {
                resend = self.clients.preparation.prepare(&resend, acting).await?;
            }
            for list in self.clients.store.lists(&resend.id).await? {
                excluded.extend(list.excluded);
            }
            excluded.truncate(EXCLUDED_TOLD);
        } else if resend.state == ResendState::Preparing {
            let work = Work::Prepare { resend: resend.id.clone() };
            self.clients.queue.send(&work, TimeDelta::zero()).await?;
        }
        let (now, rate) = self.now_and_rate().await?;
        let mut view = ResendView::new(resend, now, rate);
        view.excluded = Some(excluded);
        let status = if at_once { StatusCode::CREATED } else { StatusCode::ACCEPTED };
        Ok((status, Json(view)))
    }

    fn new_resend(&self, request: &Request, acting: &Acting) -> Result<Resend, Problem> {
        let organisation = &acting.organisation;
        let random = reinvite_aws::random().map_err(|error| Problem::internal(&error))?;
        let operator = &acting.operator.user.id;
        Ok(Resend {
            id: ResendId::generate(acting.now, random),
            organisation: organisation.id.clone(),
            state: ResendState::Preparing,
            selection: request.selection.clone(),
            prepared_at_once: request.is_prepared_at_once(),
            group_id: request.group().cloned(),
            created_by: operator.clone(),
            responsible: operator.clone(),
            created_at: acting.now,
            start_at: request.start.at,
            time_zone: request.time_zone,
            template_id: request.template.id.clone(),
            template_version: request.template.version,
            password_change: request.password_change,
            earlier_links: request.earlier_links,
            change_for_logged_in: request.change_for_logged_in,
            ignore_cooldown: false,
            letterhead: self.letterhead(acting),
            counts: Counts::default(),
            chunks: 0,
            chunks_left: 0,
            lanes: 0,
            pause_reason: None,
            failure_reason: None,
            version: 1,
        })
    }

    /// What every mail of a resend made now says of its sender.
    pub(crate) fn letterhead(&self, acting: &Acting) -> Letterhead {
        let organisation = &acting.organisation;
        let settings = &organisation.settings;
        Letterhead {
            organisation_name: organisation.name.clone(),
            sender_name: settings.sender_name.clone().unwrap_or_else(|| organisation.name.clone()),
            reply_to: settings.reply_to.clone(),
            login_url: settings.login_url.clone().unwrap_or_else(|| self.clients.login_url.clone()),
            language: settings.language.clone(),
        }
    }
}
