//! Following resends: which there are, and how far one is.

use std::str::FromStr;

use axum::{Json, extract::State, http::HeaderName};
use chrono::{DateTime, Utc};
use reinvite_domain::{FieldError, Resend, ResendId, ResendState, resend::Throughput, text::names};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, Page, Parameters, PathId, Problem, ProblemKind, cursor, etag};
use serde::{Deserialize, Serialize};

use crate::engine_problem::engine_problem;
use crate::{Resends, view::ResendView};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    resend: ResendId,
}

/// A page of resends.
#[derive(Debug, Serialize)]
pub struct Listed {
    resends: Vec<ResendView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub async fn list(
    State(resends): State<Resends>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<Listed>, Problem> {
    let page = Page::<Cursor>::take(&mut parameters)?;
    let states = named_states(
        &parameters.take("state").unwrap_or_default(),
        ResendState::ALL,
    )?;
    parameters.end()?;
    let before = page.after.map(|cursor| cursor.resend);
    let store = &resends.api.store;
    let (found, more) = store
        .resends
        .page(
            &context.organisation.id,
            &states,
            before.as_ref(),
            page.limit,
        )
        .await?;
    let next = match found.last() {
        Some(last) if more => Some(cursor(&Cursor {
            resend: last.id.clone(),
        })?),
        _ => None,
    };
    let (now, throughput) = resends.now_and_throughput().await?;
    // An index may lag behind a change of state by a moment.
    let meant = |resend: &Resend| {
        is_visible(resend, &context) && (states.is_empty() || states.contains(&resend.state))
    };
    let resends = found
        .into_iter()
        .filter(meant)
        .map(|resend| ResendView::new(resend, now, throughput))
        .collect();
    Ok(Json(Listed { resends, next }))
}

/// The states that a parameter names, separated by commas.
pub(crate) fn named_states<T: Copy + PartialEq + FromStr + Into<&'static str>>(
    text: &str,
    known: &[T],
) -> Result<Vec<T>, Problem> {
    let mut states = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let Ok(state) = name.parse::<T>() else {
            let names = names(known);
            let rule = format!("must be states out of {names}, separated by commas");
            return Err(Problem::fields(
                ProblemKind::Malformed,
                vec![FieldError::parameter("state", &rule)],
            ));
        };
        if !states.contains(&state) {
            states.push(state);
        }
    }
    Ok(states)
}

pub async fn one(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
) -> Result<Shown, Problem> {
    let resend = resends.visible(&id, &context).await?;
    resends.shown(resend).await
}

/// A resend and its version.
pub type Shown = ([(HeaderName, String); 1], Json<ResendView>);

/// Whether the operator may see a resend.
fn is_visible(resend: &Resend, context: &OperatorContext) -> bool {
    resend.organisation == context.organisation.id && resend.access(&context.operator).is_some()
}

impl Resends {
    /// The resend of that id, where the operator may see it.
    pub(crate) async fn visible(
        &self,
        id: &ResendId,
        context: &OperatorContext,
    ) -> Result<Resend, Problem> {
        let resend = self.api.store.resends.get(id).await?;
        resend
            .filter(|resend| is_visible(resend, context))
            .ok_or_else(Problem::not_found)
    }

    /// The answer about a resend.
    pub(crate) async fn shown(&self, resend: Resend) -> Result<Shown, Problem> {
        let etag = etag(resend.version);
        Ok((etag, Json(self.view(resend).await?)))
    }

    /// A resend as it is now.
    pub(crate) async fn view(&self, resend: Resend) -> Result<ResendView, Problem> {
        let (now, throughput) = self.now_and_throughput().await?;
        Ok(ResendView::new(resend, now, throughput))
    }

    async fn now_and_throughput(&self) -> Result<(DateTime<Utc>, Throughput), Problem> {
        let now = self.api.clock.now();
        Ok((
            now,
            self.pacer.throughput(now).await.map_err(engine_problem)?,
        ))
    }
}
