//! The contents of templates, and the mails that they make.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    mailbox::Mail,
    refusals::bad_request,
    substitution::{MissingVariable, render},
};
use crate::refusal::Refusal;

/// The contents of a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EmailTemplateContent {
    subject: String,
    text: Option<String>,
    html: Option<String>,
}

/// The stored templates, by name. They are kept while the process runs.
pub type StoredTemplates = BTreeMap<String, EmailTemplateContent>;

impl EmailTemplateContent {
    /// Refuses a template without a body.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.text.is_none() && self.html.is_none() {
            return Err(bad_request("Template has neither text nor HTML."));
        }
        Ok(())
    }

    /// The mail with its content; `None` if a variable is missing. SES accepts such a mail, gives it a message id
    /// and never delivers it: only a rendering failure event reports it.
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
