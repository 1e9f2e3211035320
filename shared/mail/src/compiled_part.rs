use std::borrow::Cow;
use std::collections::BTreeSet;

use minijinja::Environment;
use minijinja::value::Value;
use reinvite_domain::{MailProgram, MailText, Rule};

use crate::address_detection::is_secret_in_address;
use crate::characters::single_line;
use crate::foreign_marks::variable_for;
use crate::html::{HtmlInput, check_html, shown_secrets};
use crate::html_escape::escape_html;
use crate::jinja::ValueUse;
use crate::mail_part::MailPart;
use crate::note_marks::{shows_note, without_marks};
use crate::placeholder::{WithheldSecret, placeholder_ranges};
use crate::render_error::RenderError;
use crate::source_marks::{self, mark_css, mark_login_links};
use crate::undefined_variables::undefined_variables;
use crate::variables::is_variable;
use crate::{characters, jinja, limits, template_engine};

/// The name of the only template in an environment.
const TEMPLATE_NAME: &str = "part";

/// A rendered part of a mail.
pub(crate) struct RenderedPart {
    /// The part, as the recipient gets it.
    pub content: MailText,
    /// Whether it shows a note, from its start to its end.
    pub shows_note: bool,
    /// The mail programs that do not show the secret in it, if the mail has one.
    pub without_secret: Option<MailProgram>,
}

/// One part of a template, compiled.
#[derive(Debug)]
pub(crate) struct CompiledPart {
    part: MailPart,
    environment: Environment<'static>,
    /// The attributes of a user that the source reads.
    attributes: BTreeSet<String>,
    /// The use of the values that differ between recipients.
    value_use: ValueUse,
}

impl CompiledPart {
    /// Compiles a source and rejects a variable that no mail has.
    pub(crate) fn new(part: MailPart, source: &str) -> Result<Self, RenderError> {
        let compiled = Self::parse(part, source)?;

        match compiled.undefined_variables().into_iter().next() {
            Some(error) => Err(error),
            None => Ok(compiled),
        }
    }

    /// Parses a source within the size limit of its part.
    pub(crate) fn parse(part: MailPart, source: &str) -> Result<Self, RenderError> {
        check_size(part, source)?;
        let marked = mark_source(part, source);
        let source = &*marked;

        let to_error = |error| RenderError::from_engine(part, source, &error);
        let mut environment = template_engine::environment(part).map_err(to_error)?;
        let syntax = environment.syntax().clone();
        if let Some(bound) = jinja::find_exceeded_bound(source, syntax) {
            return Err(RenderError::at(part, source, bound.offset, bound.rule));
        }
        if let Some(offset) = jinja::find_growing_list(source, environment.syntax().clone()) {
            return Err(RenderError::at(part, source, offset, Rule::GrowingList));
        }
        let syntax = environment.syntax().clone();
        if let Some((offset, name)) = jinja::find_assignment(source, syntax, is_variable) {
            let rule = Rule::AssignedVariable { name };
            return Err(RenderError::at(part, source, offset, rule));
        }
        let attributes = jinja::attribute_use(source, environment.syntax().clone());
        if let Some(offset) = attributes.nameless {
            return Err(RenderError::at(part, source, offset, Rule::AttributeAccess));
        }
        let value_use = jinja::value_use(source, environment.syntax().clone());
        environment
            .add_template_owned(TEMPLATE_NAME, source.to_owned())
            .map_err(to_error)?;

        Ok(Self {
            part,
            environment,
            attributes: attributes.names,
            value_use,
        })
    }

    /// The part of the mail.
    pub(crate) const fn part(&self) -> MailPart {
        self.part
    }

    /// The use of the values that differ between recipients.
    pub(crate) const fn value_use(&self) -> ValueUse {
        self.value_use
    }

    /// The names of the attributes of a user that the source reads.
    pub(crate) const fn attributes(&self) -> &BTreeSet<String> {
        &self.attributes
    }

    /// The variables that the source reads and no mail has, as errors.
    pub(crate) fn undefined_variables(&self) -> Vec<RenderError> {
        let Ok(template) = self.environment.get_template(TEMPLATE_NAME) else {
            return Vec::new();
        };

        let source = template.source();
        let to_error = |name: String| {
            let defect = Rule::UnknownVariable {
                name: name.clone(),
                instead: variable_for(&name).map(str::to_owned),
            };
            match jinja::find_variable(source, &name) {
                Some(offset) => RenderError::at(self.part, source, offset, defect),
                None => RenderError::new(self.part, defect),
            }
        };

        undefined_variables(&self.environment, &template)
            .into_iter()
            .map(to_error)
            .collect()
    }

    /// Renders the part with values that hold a placeholder for the secret, checks the result, and
    /// puts the secret in.
    pub(crate) fn render(
        &self,
        values: &Value,
        secret: Option<WithheldSecret<'_>>,
    ) -> Result<RenderedPart, RenderError> {
        let (written, _) = self.write(values)?;
        let marked = self.clean(written, values);
        let shows_note = shows_note(self.part, &marked);
        let rendered = without_marks(self.part, marked);
        check_size(self.part, &rendered)?;

        let without_secret = self.judge(&rendered, secret)?;
        Ok(RenderedPart {
            content: self.put_secret_in(rendered, secret)?.into(),
            shows_note,
            without_secret,
        })
    }

    /// Writes the part with the template engine. Returns the fuel of it, too.
    pub(crate) fn write(&self, values: &Value) -> Result<(String, u64), RenderError> {
        let template = self
            .environment
            .get_template(TEMPLATE_NAME)
            .map_err(|error| RenderError::from_engine(self.part, "", &error))?;
        let written = template
            .render_captured(values.clone())
            .map_err(|error| RenderError::from_engine(self.part, template.source(), &error))?;

        let fuel = written.state().fuel_levels().map(|(consumed, _)| consumed);
        Ok((
            written.into_output(),
            fuel.unwrap_or(limits::MAX_FUEL_PER_PART),
        ))
    }

    /// Resolves the marks of a written part, and takes its control characters out.
    pub(crate) fn clean(&self, written: String, values: &Value) -> String {
        // Control characters go before the check: one inside a tag could hide the tag from it.
        match self.part {
            MailPart::Subject => written,
            MailPart::Html | MailPart::Text => {
                characters::normalise_lines(self.resolve_marks(written, values))
            }
        }
    }

    /// Refuses a rendered part that breaks a rule. Returns the mail programs that do not show the
    /// secret in it, if the mail has one.
    pub(crate) fn judge(
        &self,
        rendered: &str,
        secret: Option<WithheldSecret<'_>>,
    ) -> Result<Option<MailProgram>, RenderError> {
        match self.find_defect(rendered, secret) {
            Some(defect) => Err(RenderError::new(self.part, defect)),
            None => Ok(secret.and_then(|secret| self.find_without(rendered, secret))),
        }
    }

    /// Puts the secret in place of its placeholder.
    fn put_secret_in(
        &self,
        rendered: String,
        secret: Option<WithheldSecret<'_>>,
    ) -> Result<String, RenderError> {
        let Some(secret) = secret else {
            return Ok(rendered);
        };

        let mail = secret.substitute_into(&rendered, |secret| match self.part {
            MailPart::Html => escape_html(secret),
            MailPart::Subject | MailPart::Text => secret.to_owned(),
        });
        check_size(self.part, &mail)?;

        Ok(mail)
    }

    /// The login URL, as the engine writes it.
    pub(crate) fn written_login_url(&self, values: &Value) -> String {
        let login_url = values.get_attr("login_url").unwrap_or_default();
        let login_url = single_line(login_url.as_str().unwrap_or_default());

        match self.part {
            MailPart::Html => escape_html(&login_url),
            MailPart::Subject | MailPart::Text => login_url.into_owned(),
        }
    }

    /// Puts the signs back that the engine must not read.
    fn resolve_marks(&self, written: String, values: &Value) -> String {
        source_marks::resolve_marks(written, &self.written_login_url(values))
    }

    /// Finds the mail programs that would not show the secret of the rendered part.
    fn find_without(&self, rendered: &str, secret: WithheldSecret<'_>) -> Option<MailProgram> {
        match self.part {
            MailPart::Subject => None,
            MailPart::Text => {
                let is_shown = !placeholder_ranges(rendered).is_empty();
                (!is_shown).then_some(MailProgram::Every)
            }
            MailPart::Html => {
                let secret = Some(secret.secret);
                let shown = shown_secrets(rendered, HtmlInput::RenderedMail { secret });
                match (shown.outlook, shown.others) {
                    (true, true) => None,
                    (false, true) => Some(MailProgram::Outlook),
                    (true, false) => Some(MailProgram::Others),
                    (false, false) => Some(MailProgram::Every),
                }
            }
        }
    }

    /// The first reason why the rendered part may not be sent.
    fn find_defect(&self, rendered: &str, secret: Option<WithheldSecret<'_>>) -> Option<Rule> {
        match self.part {
            MailPart::Subject => {
                (!placeholder_ranges(rendered).is_empty()).then_some(Rule::SecretInSubject)
            }
            MailPart::Text => is_secret_in_address(rendered).then_some(Rule::SecretInAddress),
            MailPart::Html => {
                let secret = secret.map(|withheld| withheld.secret);
                check_html(rendered, HtmlInput::RenderedMail { secret })
                    .into_iter()
                    .next()
                    .map(|violation| violation.rule)
            }
        }
    }
}

/// Marks the signs of a source that the engine must not read.
fn mark_source(part: MailPart, source: &str) -> Cow<'_, str> {
    match part {
        MailPart::Subject => source.into(),
        MailPart::Text => mark_login_links(source),
        MailPart::Html => match mark_css(source) {
            Cow::Borrowed(source) => mark_login_links(source),
            Cow::Owned(marked) => mark_login_links(&marked).into_owned().into(),
        },
    }
}

fn check_size(part: MailPart, text: &str) -> Result<(), RenderError> {
    let limit = limits::max_bytes(part);

    if text.len() > limit {
        return Err(RenderError::new(part, Rule::TooLong { max: limit }));
    }
    Ok(())
}
