//! The templates there are: `GET /v1/templates`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{Template, TemplateId};
use reinvite_mail::built_in_templates;
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor};
use serde::{Deserialize, Serialize};

use crate::found::may_read;

/// Sources to a page: with JSON's escapes it stays within the 6 MB that Lambda answers.
const MOST_BYTES: usize = 2_000_000;

/// A page of templates.
#[derive(Serialize)]
pub struct Listed {
    templates: Vec<Template>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    template: TemplateId,
}

/// By id, those that come with Reinvite among the organisation's own.
pub async fn list(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<Listed>, Problem> {
    may_read(&context)?;
    let page = Page::<Cursor>::take(&mut parameters)?;
    parameters.end()?;
    let after = page.after.map(|cursor| cursor.template);
    let (mut found, mut more) = api
        .store
        .templates(&context.organisation.id, after.as_ref(), page.limit)
        .await?;
    // Up to where the organisation's own go on.
    let until = found.last().filter(|_| more).map(|last| last.id.clone());
    let between = |id: &TemplateId| {
        after.as_ref().is_none_or(|after| id > after)
            && until.as_ref().is_none_or(|until| id < until)
    };
    found.extend(
        built_in_templates()
            .values()
            .filter(|template| between(&template.id))
            .cloned(),
    );
    found.sort_by(|one, other| one.id.cmp(&other.id));
    let mut bytes = 0;
    let fits = found.iter().take(page.limit).take_while(|template| {
        bytes += template.bytes();
        bytes <= MOST_BYTES
    });
    let fits = fits.count();
    more |= fits < found.len();
    found.truncate(fits);
    let next = match found.last() {
        Some(last) if more => Some(cursor(&Cursor {
            template: last.id.clone(),
        })?),
        _ => None,
    };
    Ok(Json(Listed {
        templates: found,
        next,
    }))
}
