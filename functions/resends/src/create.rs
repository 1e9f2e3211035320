//! Making a resend: once for each `Idempotency-Key`.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode},
};
use chrono::TimeDelta;
use reinvite_aws::random;
use reinvite_domain::{
    Access, AuditAction, Counts, DailyUsage, MailCounts, Resend, ResendId, ResendState, Selection,
    SenderJob, SenderProfile, UserId,
    audit::{AuditedSelection, MAX_AUDITED_IDS},
    daily_usage::until_tomorrow,
    resend::{MAX_IDS_PREPARED_AT_ONCE, PreparationProgress},
};
use reinvite_engine::{MailConditions, candidates, check_eligibility};
use reinvite_store::{Error, IdempotentRequest, NewResend, OperatorContext};
use reinvite_web::{
    Caller, IdempotencyKey, JsonBody, PathId, Problem, ProblemKind, etag, made, permitted,
};

use crate::engine_problem::engine_problem;
use crate::{
    CALLER_WAITS, Resends,
    request::{Asked, Request},
    template::{check_for, letters},
    view::ResendView,
};

/// Exclusions told in the answer; all of them are at `/excluded`.
const EXCLUDED_TOLD: usize = 200;

/// Users of a filter whose mails are tried before it is taken.
const LOOKED_AT: usize = 100;

/// `POST /v1/resends`
pub async fn create(
    State(resends): State<Resends>,
    Caller(context): Caller,
    key: IdempotencyKey,
    body: JsonBody<Asked>,
) -> Result<Answer, Problem> {
    permitted(
        context.operator.edits_users(),
        "Making a resend needs group_manager with edit.",
    )?;
    let once = key.once(&context, "/v1/resends", &body.bytes);
    if let Some(answer) = resends.repeated(&once, &context).await? {
        return Ok(answer);
    }
    let request = resends.understand(body.value, &context).await?;
    resends.make(request, &once, &context).await
}

/// `POST /v1/users/{id}/resend`
pub async fn create_for_one(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    key: IdempotencyKey,
    body: Option<JsonBody<Asked>>,
) -> Result<Answer, Problem> {
    let user = resends
        .api
        .store
        .users
        .get(&context.organisation.id, &id)
        .await?;
    let access = user
        .and_then(|user| context.operator.access(&user.groups))
        .ok_or_else(Problem::not_found)?;
    permitted(
        access == Access::Edit,
        "Inviting the user needs group_manager with edit on one of their groups.",
    )?;
    let (asked, bytes) = body
        .map(|body| (body.value, body.bytes))
        .unwrap_or_default();
    let once = key.once(&context, format!("/v1/users/{id}/resend"), &bytes);
    if let Some(answer) = resends.repeated(&once, &context).await? {
        return Ok(answer);
    }
    let request = resends.understand_for(id, asked, &context).await?;
    resends.make(request, &once, &context).await
}

/// The answer to making a resend.
pub type Answer = (StatusCode, [(HeaderName, String); 1], Json<ResendView>);

impl Resends {
    /// The answer to a request that was made before. What was understood once is not judged again: a start that was ahead
    /// then may be past by now.
    pub(crate) async fn repeated(
        &self,
        once: &IdempotentRequest,
        context: &OperatorContext,
    ) -> Result<Option<Answer>, Problem> {
        let Some(remembered) = self
            .api
            .store
            .idempotent_requests
            .earlier(once, context.now)
            .await?
        else {
            return Ok(None);
        };
        let id = ResendId::new(made(remembered)?).map_err(|_| Problem::not_found())?;
        let resend = self
            .api
            .store
            .resends
            .get(&id)
            .await?
            .ok_or_else(Problem::not_found)?;
        self.go_on(resend, context).await.map(Some)
    }

    /// Makes a resend, once.
    pub(crate) async fn make(
        &self,
        request: Request,
        once: &IdempotentRequest,
        context: &OperatorContext,
    ) -> Result<Answer, Problem> {
        let daily_limit = context.organisation.settings.daily_recipients;
        let recipients = self.recipients_of(&request, context).await?;
        if recipients > daily_limit {
            let detail =
                format!("It has {recipients} recipients, and a day may have {daily_limit}.");
            return Err(Problem::new(ProblemKind::AboveDailyLimit, detail));
        }
        let resend = new_resend(&request, recipients, context)?;
        let audit = context.audit(told(&request, &resend), random()?);
        let new = NewResend {
            resend: &resend,
            ids: &request.ids,
            choices: &request.choices,
            variants: &request.template.variants,
            audit: &audit,
            daily_limit,
            retried: request.retried.as_ref(),
        };
        match self.api.store.resends.create(&new, once, context.now).await {
            Ok(true) => self.go_on(resend, context).await,
            // Another of the same was sooner.
            Ok(false) => self
                .repeated(once, context)
                .await?
                .ok_or_else(|| Error::Changed.into()),
            Err(Error::DailyLimit) => {
                let wait = until_tomorrow(context.now, context.organisation.settings.time_zone);
                Err(Problem::from(Error::DailyLimit)
                    .retry_after(wait.num_seconds().unsigned_abs() + 1))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// How many recipients a resend will have that is prepared at once, of which none may be nobody's; 0 where that is
    /// found out later. Whoever is looked at can be written to.
    async fn recipients_of(
        &self,
        request: &Request,
        context: &OperatorContext,
    ) -> Result<u32, Problem> {
        let store = &self.api.store;
        let looked_at = match &request.refinement {
            Some(refinement) => {
                candidates(store, context, refinement, None, LOOKED_AT)
                    .await?
                    .ids
            }
            None => request
                .ids
                .iter()
                .take(MAX_IDS_PREPARED_AT_ONCE)
                .cloned()
                .collect(),
        };
        let refinement = request.refinement.as_ref();
        let conditions = MailConditions {
            start_at: request.start.at,
            cooldown: request.cooldown(context),
        };
        let judged = check_eligibility(store, context, &looked_at, refinement, conditions).await?;
        let eligible: Vec<_> = judged
            .verdicts
            .iter()
            .filter(|(_, verdict)| verdict.is_ok())
            .collect();
        let users = eligible.iter().filter_map(|(id, _)| judged.users.get(id));
        let users = users.map(|user| {
            (
                user,
                request
                    .password_change_of(user, context, self.credentials())
                    .0,
            )
        });
        check_for(
            users,
            &letters(&request.template)?,
            &request.sender_profile,
            request.edited.as_ref(),
            context,
        )?;
        if !request.is_prepared_at_once() {
            return Ok(0);
        }
        match (eligible.is_empty(), judged.verdicts.as_slice()) {
            (true, [(_, Err(reason))]) => {
                let reason = serde_json::to_value(reason).unwrap_or_default();
                let detail = format!(
                    "The user cannot be invited: {}.",
                    reason.as_str().unwrap_or_default()
                );
                Err(Problem::new(ProblemKind::NobodyEligible, detail))
            }
            (true, _) => Err(Problem::new(
                ProblemKind::NobodyEligible,
                "Nobody of those selected can be invited: see a preview for why.",
            )),
            _ => Ok(u32::try_from(eligible.len()).unwrap_or(u32::MAX)),
        }
    }

    /// Takes a resend on from wherever it is, and answers with it.
    async fn go_on(
        &self,
        mut resend: Resend,
        context: &OperatorContext,
    ) -> Result<Answer, Problem> {
        let at_once = resend.prepared_at_once;
        let mut excluded = Vec::new();
        if at_once {
            if resend.state == ResendState::Preparing {
                let clock = &self.api.clock;
                let deadline = clock.now() + CALLER_WAITS;
                resend = Box::pin(self.preparer.prepare(&resend, context, deadline))
                    .await
                    .map_err(engine_problem)?;
            }
            for list in self.api.store.recipient_lists.all(&resend.id).await? {
                excluded.extend(list.excluded);
            }
            excluded.truncate(EXCLUDED_TOLD);
        }
        if resend.state == ResendState::Preparing {
            let work = SenderJob::Prepare {
                resend: resend.id.clone(),
            };
            self.preparer.queue.send(&work, TimeDelta::zero()).await?;
        }
        let etag = etag(resend.version);
        let mut view = self.view(resend).await?;
        view.excluded = Some(excluded);
        let status = if at_once {
            StatusCode::CREATED
        } else {
            StatusCode::ACCEPTED
        };
        Ok((status, etag, Json(view)))
    }

    /// What every mail of a resend made now says of its sender.
    pub(crate) fn sender_profile(&self, context: &OperatorContext) -> SenderProfile {
        SenderProfile::new(&context.organisation, &self.login_url)
    }
}

fn new_resend(
    request: &Request,
    recipients: u32,
    context: &OperatorContext,
) -> Result<Resend, Problem> {
    let organisation = &context.organisation;
    let random = reinvite_aws::random()?;
    let operator = &context.operator.user.id;
    Ok(Resend {
        id: ResendId::generate(context.now, random),
        organisation: organisation.id.clone(),
        state: ResendState::Preparing,
        selection: request.selection.clone(),
        prepared_at_once: request.is_prepared_at_once(),
        group_id: request.group_id.clone(),
        created_by: operator.clone(),
        responsible: operator.clone(),
        created_at: context.now,
        start_at: request.start.at,
        time_zone: request.time_zone,
        template_id: request.template.id.clone(),
        template_version: request.template.version,
        password_change: request.password_change,
        has_choices: !request.choices.is_empty(),
        earlier_links: request.earlier_links,
        on_doubt: organisation.settings.on_doubt,
        validity: organisation.settings.validity(),
        change_for_logged_in: request.change_for_logged_in,
        ignore_cooldown: request.ignore_cooldown,
        retry_of: request.retried.as_ref().map(|retried| retried.id.clone()),
        retries: Vec::new(),
        daily_usage: DailyUsage::new(context.now, organisation.settings.time_zone, recipients),
        sender_profile: request.sender_profile.clone(),
        counts: Counts::default(),
        chunks: 0,
        preparation: PreparationProgress::default(),
        mail_counts_at_resume: MailCounts::default(),
        resumed_at: None,
        chunks_left: 0,
        lanes: 0,
        pause_reason: None,
        failure_reason: None,
        version: 1,
    })
}

/// What the audit trail says of it.
fn told(request: &Request, resend: &Resend) -> AuditAction {
    let filter = match &request.selection {
        Selection::UserIds => None,
        Selection::Filter(filter) => Some(filter.clone()),
    };
    let user_ids = request.ids.iter().take(MAX_AUDITED_IDS).cloned().collect();
    AuditAction::ResendCreated {
        resend_id: resend.id.clone(),
        selection: Box::new(AuditedSelection {
            filter,
            user_ids,
            count: request.ids.len(),
        }),
        template_id: resend.template_id.clone(),
        template_version: resend.template_version,
        edited: request.edited.is_some(),
        password_change: resend.password_change,
        earlier_links: resend.earlier_links,
        change_for_logged_in: resend.change_for_logged_in,
        ignore_cooldown: resend.ignore_cooldown,
        start_at: resend.start_at,
        retry_of: resend.retry_of.clone(),
    }
}
