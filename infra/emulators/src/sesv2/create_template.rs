//! `CreateEmailTemplate`, and the template that a call names.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    errors::bad_request,
    service::Ses,
    template::{EmailTemplateContent, Template},
};
use crate::refusal::Refusal;

/// The request of `CreateEmailTemplate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateEmailTemplate {
    template_name: String,
    template_content: EmailTemplateContent,
}

impl Ses {
    pub(super) fn create_email_template(
        &self,
        request: CreateEmailTemplate,
    ) -> Result<Value, Refusal> {
        let CreateEmailTemplate {
            template_name,
            template_content,
        } = request;

        template_content.check()?;
        let mut templates = self.templates();
        if templates.contains_key(&template_name) {
            let detail = format!("Template {template_name} already exists.");
            return Err(Refusal::bad_request("AlreadyExistsException", detail));
        }

        templates.insert(template_name, template_content);
        Ok(json!({}))
    }

    /// The contents of the template of a call.
    pub(super) fn content(&self, template: &Template) -> Result<EmailTemplateContent, Refusal> {
        let content = match (&template.template_name, &template.template_content) {
            (Some(name), None) => self.templates().get(name).cloned().ok_or_else(|| {
                let detail = format!("Template {name} does not exist.");
                Refusal::new(http::StatusCode::NOT_FOUND, "NotFoundException", detail)
            })?,
            (None, Some(content)) => content.clone(),
            _ => {
                return Err(bad_request(
                    "Template needs either TemplateName or TemplateContent.",
                ));
            }
        };
        content.check()?;
        Ok(content)
    }
}
