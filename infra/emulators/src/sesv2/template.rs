//! Templates: as a call brings them, or as they were stored under a name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    envelope::NameValue,
    errors::bad_request,
    mailbox::Mail,
    substitution::{MissingVariable, render},
};
use crate::refusal::Refusal;

/// The template of a call, by its name or inline. Attachments are not served here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the members' names are AWS's")]
pub struct Template {
    pub(super) template_name: Option<String>,
    pub(super) template_content: Option<EmailTemplateContent>,
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

/// The stored templates by name. They are kept while the process runs.
pub type Stored = BTreeMap<String, EmailTemplateContent>;

impl EmailTemplateContent {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.text.is_none() && self.html.is_none() {
            return Err(bad_request("Template has neither text nor HTML."));
        }
        Ok(())
    }

    /// The mail with its content; `None` if a variable is missing. SES accepts such a mail, gives it a message id and never
    /// delivers it: only a rendering failure event reports it.
    pub(super) fn fill(&self, data: &Map<String, Value>, mail: Mail) -> Option<Mail> {
        self.render_into(mail, data)
            .inspect_err(|MissingVariable(name)| {
                tracing::warn!(variable = name, "accepted mail cannot be rendered");
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
