//! Making, changing and deleting templates. What could not be sent is refused before it is stored.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header::LOCATION},
};
use reinvite_aws::{Error, OperatorContext, random};
use reinvite_domain::{
    AuditAction, FieldError, Language, Role, Template, TemplateId, Variant, text::check_name,
};
use reinvite_mail::{built_in_templates, check_template};
use reinvite_web::{
    Api, Caller, IdempotencyKey, IfMatch, JsonBody, PathId, Problem, ProblemKind, made, permitted,
};
use serde::Deserialize;

use crate::found::{Shown, shown, template, template_at};

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// A template as somebody sends it; as it was answered, it can be sent back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    id: Option<TemplateId>,
    name: String,
    #[serde(rename = "version")]
    _version: Option<f64>,
    variants: BTreeMap<Language, Variant>,
}

impl Sent {
    /// The template as it would be stored, or everything that is wrong with it.
    fn understand(self, id: TemplateId, version: u32) -> Result<Template, Problem> {
        let mut wrong = Vec::new();
        if self.id.is_some_and(|sent| sent != id) {
            wrong.push(FieldError::pointer("/id", "must be that of the path"));
        }
        if let Err(rule) = check_name(&self.name, LONGEST_NAME) {
            wrong.push(FieldError::pointer("/name", &rule));
        }
        let template = Template {
            id,
            name: self.name,
            version,
            variants: self.variants,
        };
        wrong.extend(
            check_template(&template)
                .err()
                .into_iter()
                .flatten()
                .map(FieldError::from),
        );
        if wrong.is_empty() {
            Ok(template)
        } else {
            Err(Problem::fields(ProblemKind::Invalid, wrong))
        }
    }
}

fn may_change(context: &OperatorContext) -> Result<(), Problem> {
    permitted(
        context.operator.holds(&Role::TemplateManager),
        "Changing templates needs template_manager.",
    )
}

/// `POST /v1/templates`: with an `Idempotency-Key`, once.
pub async fn create(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    key: Option<IdempotencyKey>,
    body: JsonBody<Sent>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Shown), Problem> {
    may_change(&context)?;
    let organisation = &context.organisation.id;
    let once = key.map(|key| key.once(&context, "/v1/templates", &body.bytes));
    let random = random()?;
    let mut body = Some(body);
    // The second time round, another of the same was sooner.
    for _ in 0..2 {
        if let Some(once) = &once
            && let Some(remembered) = api.store.remembered(once, context.now).await?
        {
            let id = TemplateId::new(made(remembered)?).map_err(|_| Problem::not_found())?;
            return Ok(created(template_at(&api, &context, &id, 1).await?));
        }
        let Some(body) = body.take() else { break };
        let template = body
            .value
            .understand(TemplateId::generate(context.now, random), 1)?;
        let audit = context.audit(AuditAction::TemplateCreated {
            template_id: template.id.clone(),
        })?;
        if api
            .store
            .create_template(organisation, &template, once.as_ref(), &audit, context.now)
            .await?
        {
            return Ok(created(template));
        }
    }
    Err(Error::Conflict.into())
}

fn created(template: Template) -> (StatusCode, [(HeaderName, String); 1], Shown) {
    let location = [(LOCATION, format!("/v1/templates/{}", template.id))];
    (StatusCode::CREATED, location, shown(template))
}

/// `PUT /v1/templates/{id}`: of two who change the same version, one is told that it is stale.
pub async fn put(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    if_match: IfMatch,
    JsonBody { value: sent, .. }: JsonBody<Sent>,
) -> Result<Shown, Problem> {
    may_change(&context)?;
    let current = template(&api, &context, &id).await?;
    own(&id)?;
    if_match.check(current.version.into())?;
    let next = sent.understand(id, current.version + 1)?;
    if (&next.name, &next.variants) == (&current.name, &current.variants) {
        return Ok(shown(current));
    }
    let audit = context.audit(AuditAction::TemplateChanged {
        template_id: next.id.clone(),
        version: next.version,
    })?;
    match api
        .store
        .change_template(&context.organisation.id, &next, &audit)
        .await
    {
        Ok(()) => Ok(shown(next)),
        Err(Error::Conflict) => Err(stale()),
        Err(error) => Err(error.into()),
    }
}

/// `DELETE /v1/templates/{id}`: its versions stay, for resends name them.
pub async fn delete(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    if_match: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    may_change(&context)?;
    let current = template(&api, &context, &id).await?;
    own(&id)?;
    if context.organisation.settings.default_template_id == id {
        return Err(default());
    }
    if let Some(if_match) = &if_match {
        if_match.check(current.version.into())?;
    }
    let audit = context.audit(AuditAction::TemplateDeleted { template_id: id })?;
    match api
        .store
        .delete_template(&context.organisation.id, &current, &audit)
        .await
    {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(default()),
        Err(Error::Conflict) if if_match.is_some() => Err(stale()),
        Err(error) => Err(error.into()),
    }
}

fn default() -> Problem {
    Problem::new(
        ProblemKind::TemplateInUse,
        "The settings name it as the default template.",
    )
}

fn own(id: &TemplateId) -> Result<(), Problem> {
    if built_in_templates().contains_key(id) {
        return Err(Problem::new(
            ProblemKind::TemplateInUse,
            "It comes with Reinvite: make one of your own from it.",
        ));
    }
    Ok(())
}

fn stale() -> Problem {
    Problem::new(
        ProblemKind::PreconditionFailed,
        "It has another version by now: read it again.",
    )
}
