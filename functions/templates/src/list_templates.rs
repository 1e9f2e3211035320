//! `GET /v1/templates`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{Language, Rule, Template, TemplateId};
use reinvite_mail::built_in_templates;
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor};
use serde::{Deserialize, Serialize};

use crate::permissions::require_template_reader;

/// The most bytes of sources in a page. With JSON's escapes the page stays within the 6 MB that
/// Lambda answers.
const MAX_PAGE_BYTES: usize = 2_000_000;

/// A page of templates.
#[derive(Serialize)]
pub struct TemplatesPage {
    templates: Vec<ListedTemplate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A template of a page, whole or by its names.
#[derive(Serialize)]
#[serde(untagged)]
enum ListedTemplate {
    Whole(Template),
    Names(TemplateNames),
}

/// A template without its sources.
#[derive(Serialize)]
struct TemplateNames {
    id: TemplateId,
    name: String,
    version: u32,
    languages: Vec<Language>,
}

/// The last template of the page before.
#[derive(Serialize, Deserialize)]
struct TemplateCursor {
    template: TemplateId,
}

/// Lists templates by id: the organisation's own, and those that come with Reinvite. With
/// `fields=names` it leaves out their sources.
pub async fn list_templates(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<TemplatesPage>, Problem> {
    require_template_reader(&context)?;
    let page = Page::<TemplateCursor>::take(&mut parameters)?;
    let fields = parameters.take_list("fields", check_fields)?;
    let has_only_names = !fields.is_empty();
    parameters.end()?;

    let after = page.after.map(|cursor| cursor.template);
    let (mut templates, mut has_more) = api
        .store
        .templates
        .page(&context.organisation.id, after.as_ref(), page.limit)
        .await?;
    insert_built_in(&mut templates, after.as_ref(), has_more);

    let count = if has_only_names {
        page.limit.min(templates.len())
    } else {
        count_that_fit(&templates, page.limit)
    };
    has_more |= count < templates.len();
    templates.truncate(count);

    let next = match templates.last() {
        Some(last) if has_more => Some(cursor(&TemplateCursor {
            template: last.id.clone(),
        })?),
        _ => None,
    };
    let templates = templates
        .into_iter()
        .map(|template| ListedTemplate::new(template, has_only_names))
        .collect();
    Ok(Json(TemplatesPage { templates, next }))
}

fn check_fields(text: &str) -> Result<(), Rule> {
    if text == "names" {
        Ok(())
    } else {
        Err(Rule::unknown_value(&["names"]))
    }
}

impl ListedTemplate {
    fn new(template: Template, has_only_names: bool) -> Self {
        if !has_only_names {
            return Self::Whole(template);
        }
        Self::Names(TemplateNames {
            id: template.id,
            name: template.name,
            version: template.version,
            languages: template.variants.into_keys().collect(),
        })
    }
}

/// Inserts the templates that come with Reinvite, in the order of ids.
///
/// If the organisation has more templates, it inserts only up to the last one that was read.
fn insert_built_in(templates: &mut Vec<Template>, after: Option<&TemplateId>, has_more: bool) {
    let last = templates
        .last()
        .filter(|_| has_more)
        .map(|template| template.id.clone());
    let is_within = |id: &TemplateId| {
        after.is_none_or(|after| id > after) && last.as_ref().is_none_or(|last| id < last)
    };

    templates.extend(
        built_in_templates()
            .values()
            .filter(|template| is_within(&template.id))
            .cloned(),
    );
    templates.sort_by(|one, other| one.id.cmp(&other.id));
}

/// The number of templates that fit into a page of `limit` templates and [`MAX_PAGE_BYTES`].
fn count_that_fit(templates: &[Template], limit: usize) -> usize {
    let mut bytes = 0;
    templates
        .iter()
        .take(limit)
        .take_while(|template| {
            bytes += template.bytes();
            bytes <= MAX_PAGE_BYTES
        })
        .count()
}
