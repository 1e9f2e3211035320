use minijinja::value::{Serde, Value};

use reinvite_domain::Variant;

use crate::compiled_part::CompiledPart;
use crate::{Cause, Mail, Part, RenderError, Values, characters};

/// A [`Variant`] ready to render for any number of recipients, from any number of threads.
#[derive(Debug)]
pub struct Compiled {
    language: String,
    subject: CompiledPart,
    html: CompiledPart,
    text: CompiledPart,
}

impl Compiled {
    /// Compiles the variant of a template in `language` (a BCP 47 tag).
    ///
    /// # Errors
    ///
    /// A part is longer than it may be, cannot be read, or names a variable that no mail has.
    pub fn new(language: &str, template: &Variant) -> Result<Self, RenderError> {
        Ok(Self {
            language: language.to_owned(),
            subject: CompiledPart::new(Part::Subject, &template.subject)?,
            html: CompiledPart::new(Part::Html, &template.html)?,
            text: CompiledPart::new(Part::Text, &template.text)?,
        })
    }

    /// Renders the mail of one recipient.
    ///
    /// # Errors
    ///
    /// A part runs too long, comes out too large, asks for what cannot be done, or the subject has several lines.
    pub fn render(&self, values: &Values) -> Result<Mail, RenderError> {
        let (password_change, secret) = values.password_change.withhold();
        let values = Value::from(Serde(Values {
            password_change,
            ..values.clone()
        }));
        Ok(Mail {
            subject: subject(&self.subject.render(&values, secret)?)?,
            html: self.html.render(&values, secret)?,
            text: self.text.render(&values, secret)?,
            language: self.language.clone(),
        })
    }
}

/// Values hold no line break, so one that is here came from the template.
fn subject(rendered: &str) -> Result<String, RenderError> {
    let rendered = rendered.trim();
    if rendered.is_empty() {
        return Err(RenderError::new(Part::Subject, Cause::Empty));
    }
    if rendered.contains(characters::is_line_break) {
        return Err(RenderError::new(Part::Subject, Cause::LineBreakInSubject));
    }
    Ok(characters::single_line(rendered).into_owned())
}
