//! Templates: as a call brings them, or as they were stored under a name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Ses, bad_request,
    envelope::NameValue,
    mailbox::Mail,
    substitution::{MissingVariable, render},
};
use crate::refusal::Refusal;

/// The template of a call, by its name or inline. Attachments are not served here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the members' names are AWS's")]
pub struct Template {
    template_name: Option<String>,
    template_content: Option<EmailTemplateContent>,
    pub(super) template_data: Option<String>,
    #[serde(default)]
    pub(super) headers: Vec<NameValue>,
}

/// The contents of a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EmailTemplateContent {
    subject: String,
    text: Option<String>,
    html: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateEmailTemplate {
    template_name: String,
    template_content: EmailTemplateContent,
}

/// The stored ones, by name. They are kept while the process runs.
pub type Stored = BTreeMap<String, EmailTemplateContent>;

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

impl EmailTemplateContent {
    fn check(&self) -> Result<(), Refusal> {
        if self.text.is_none() && self.html.is_none() {
            return Err(bad_request("Template has neither text nor HTML."));
        }
        Ok(())
    }

    /// The mail with its content; `None` where a variable is missing. SES accepts such a mail, gives it a message id
    /// and never delivers it: only a rendering failure event tells.
    pub(super) fn fill(&self, data: &Map<String, Value>, mail: Mail) -> Option<Mail> {
        self.render_into(mail, data)
            .inspect_err(|MissingVariable(name)| {
                tracing::warn!(
                    variable = name,
                    "a mail was accepted and cannot be rendered"
                );
            })
            .ok()
    }

    fn render_into(&self, mail: Mail, data: &Map<String, Value>) -> Result<Mail, MissingVariable> {
        Ok(Mail {
            subject: render(&self.subject, data)?,
            text: self
                .text
                .as_ref()
                .map(|text| render(text, data))
                .transpose()?,
            html: self
                .html
                .as_ref()
                .map(|html| render(html, data))
                .transpose()?,
            ..mail
        })
    }
}
