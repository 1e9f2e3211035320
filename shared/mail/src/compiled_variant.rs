use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::value::{Serde, Value};
use reinvite_domain::{MailProgram, PasswordChange, Rule, Variant, text::is_line_break};

use crate::characters;
use crate::compiled_part::{CompiledPart, RenderedPart};
use crate::mail::{FilledMail, Mail};
use crate::mail_part::MailPart;
use crate::note_marks::mark_note;
use crate::part_skeleton::PartSkeleton;
use crate::placeholder::{WithheldSecret, withhold_secret};
use crate::recipient_values::RecipientValues;
use crate::render_error::RenderError;
use crate::skeleton::{Skeleton, Skeletons};
use crate::template_values::TemplateValues;

/// A rendered mail, and what it lacks.
pub(crate) struct RenderedMail {
    /// The mail.
    pub mail: FilledMail,
    /// The first part that does not show the note.
    pub without_note: Option<MailPart>,
    /// The error of the first part that does not show the secret, if the mail has one.
    pub without_secret: Option<RenderError>,
}

/// A [`Variant`], ready to render for any number of recipients, from any number of threads.
#[derive(Debug)]
pub struct CompiledVariant {
    language: String,
    subject: CompiledPart,
    html: CompiledPart,
    text: CompiledPart,
    /// Absent where every mail is rendered anew.
    skeletons: Option<Skeletons>,
}

impl CompiledVariant {
    /// Compiles the variant of a template in `language` (a BCP 47 tag).
    ///
    /// # Errors
    ///
    /// A part exceeds its size limit, does not parse, or reads a variable that no mail has.
    pub fn new(language: &str, variant: &Variant) -> Result<Self, RenderError> {
        let subject = CompiledPart::new(MailPart::Subject, &variant.subject)?;
        let html = CompiledPart::new(MailPart::Html, &variant.html)?;
        let text = CompiledPart::new(MailPart::Text, &variant.text)?;

        Ok(Self {
            language: language.to_owned(),
            skeletons: Skeletons::of_parts([&subject, &html, &text]),
            subject,
            html,
            text,
        })
    }

    /// Compiles a variant with variables of its own, which no invitation has.
    pub(crate) fn parse(language: &str, variant: &Variant) -> Result<Self, RenderError> {
        Ok(Self {
            language: language.to_owned(),
            subject: CompiledPart::parse(MailPart::Subject, &variant.subject)?,
            html: CompiledPart::parse(MailPart::Html, &variant.html)?,
            text: CompiledPart::parse(MailPart::Text, &variant.text)?,
            skeletons: None,
        })
    }

    /// Renders every mail anew, without the parts that mails share. The mails are the same.
    #[must_use]
    pub fn without_skeletons(self) -> Self {
        Self {
            skeletons: None,
            ..self
        }
    }

    /// The parts of a recipient's mail that need not be rendered, once there is a mail of its shape.
    #[must_use]
    pub fn filled_parts(&self, values: &TemplateValues) -> Vec<MailPart> {
        let (_, secret) = withhold_secret(&values.password_change);
        let for_engine = LazyCell::new(|| value_for_engine(values));
        // The first mail of a shape makes no skeleton.
        let find = || self.filler(values, &for_engine, secret);
        let Some((skeleton, recipient)) = find().or_else(find) else {
            return Vec::new();
        };

        let parts = [
            (MailPart::Subject, &skeleton.subject),
            (MailPart::Html, &skeleton.html),
            (MailPart::Text, &skeleton.text),
        ];
        let is_filled = |part: &PartSkeleton| part.fill(&recipient, secret).is_some();
        parts
            .into_iter()
            .filter(|(_, part)| part.as_ref().is_some_and(is_filled))
            .map(|(part, _)| part)
            .collect()
    }

    /// The names of the attributes of a user that the variant reads.
    #[must_use]
    pub fn attributes(&self) -> BTreeSet<String> {
        [&self.subject, &self.html, &self.text]
            .into_iter()
            .flat_map(|part| part.attributes().clone())
            .collect()
    }

    /// Renders the mail of one recipient.
    ///
    /// # Errors
    ///
    /// As [`render_unjudged`](Self::render_unjudged); or the HTML or the text does not show the
    /// secret that the mail is for.
    pub fn render(&self, values: &TemplateValues) -> Result<Mail, RenderError> {
        self.fill(values).map(Mail::from)
    }

    /// Renders the mail of one recipient as [`render`](Self::render) does, and keeps apart what its texts
    /// share with those of other recipients.
    ///
    /// # Errors
    ///
    /// As [`render`](Self::render).
    pub fn fill(&self, values: &TemplateValues) -> Result<FilledMail, RenderError> {
        let rendered = self.render_values(values)?;

        match rendered.without_secret {
            Some(error) => Err(error),
            None => Ok(rendered.mail),
        }
    }

    /// Renders the mail of one recipient, whether or not it shows the secret that it is for.
    ///
    /// # Errors
    ///
    /// A part runs out of fuel, exceeds its size limit, cannot be evaluated, or breaks a rule of
    /// mails; or the subject is empty or has several lines.
    pub fn render_unjudged(&self, values: &TemplateValues) -> Result<Mail, RenderError> {
        self.render_values(values)
            .map(|rendered| rendered.mail.into())
    }

    /// Renders the mail of one recipient, which must show the note if there is one.
    ///
    /// # Errors
    ///
    /// As [`render`](Self::render); or the HTML or the text does not show the whole note.
    pub fn render_with_note(&self, values: &TemplateValues) -> Result<Mail, RenderError> {
        let rendered = self.render_values(values)?;
        if let Some(error) = rendered.without_secret {
            return Err(error);
        }

        match rendered.without_note.filter(|_| !values.note.is_empty()) {
            Some(part) => Err(self.note_not_shown(part)),
            None => Ok(rendered.mail.into()),
        }
    }

    /// Renders the mail of an invented recipient, who has every attribute that the variant reads.
    ///
    /// # Errors
    ///
    /// As [`render`](Self::render).
    pub fn render_sample(&self, change: PasswordChange) -> Result<Mail, RenderError> {
        let values = TemplateValues::sample_with(&self.language, change);
        self.render(&values.with_sample_attributes(self.attributes()))
    }

    /// Fills the parts of a mail that it shares with others, and renders the rest.
    fn render_values(&self, values: &TemplateValues) -> Result<RenderedMail, RenderError> {
        let (_, secret) = withhold_secret(&values.password_change);
        let for_engine = LazyCell::new(|| value_for_engine(values));
        let filler = self.filler(values, &for_engine, secret);

        let render = |part: &CompiledPart, skeleton_of: fn(&Skeleton) -> &Option<PartSkeleton>| {
            let filled = filler.as_ref().and_then(|(skeleton, recipient)| {
                let skeleton = skeleton_of(skeleton).as_ref()?;
                skeleton.fill(recipient, secret)
            });
            filled.map_or_else(|| part.render(&for_engine, secret), Ok)
        };
        let subject = render(&self.subject, |skeleton| &skeleton.subject)?;
        let html = render(&self.html, |skeleton| &skeleton.html)?;
        let text = render(&self.text, |skeleton| &skeleton.text)?;

        self.join_parts([subject, html, text], secret)
    }

    /// The skeleton for a mail, and the texts to fill it with; `None` for a mail to render anew.
    fn filler<'a>(
        &'a self,
        values: &'a TemplateValues,
        for_engine: &LazyCell<Value, impl FnOnce() -> Value>,
        secret: Option<WithheldSecret<'_>>,
    ) -> Option<(Arc<Skeleton>, RecipientValues<'a>)> {
        let skeletons = self.skeletons.as_ref()?;
        let recipient = skeletons.recipient(values)?;
        let shape = skeletons.shape(values, &recipient);

        let parts = [&self.subject, &self.html, &self.text];
        let skeleton = skeletons.find_or_make(shape, || {
            Skeleton::new(parts, for_engine, &recipient, secret)
        })?;
        Some((skeleton, recipient))
    }

    /// Renders the parts with values that hold a placeholder for the secret, and finds what they lack.
    pub(crate) fn render_value(
        &self,
        values: &Value,
        secret: Option<WithheldSecret<'_>>,
    ) -> Result<RenderedMail, RenderError> {
        let subject = self.subject.render(values, secret)?;
        let html = self.html.render(values, secret)?;
        let text = self.text.render(values, secret)?;

        self.join_parts([subject, html, text], secret)
    }

    /// Makes a mail of its parts, and finds what they lack.
    fn join_parts(
        &self,
        [subject, html, text]: [RenderedPart; 3],
        secret: Option<WithheldSecret<'_>>,
    ) -> Result<RenderedMail, RenderError> {
        let parts = [(MailPart::Html, &html), (MailPart::Text, &text)];
        let without_note = parts
            .into_iter()
            .find_map(|(part, rendered)| (!rendered.shows_note).then_some(part));
        let without_secret = parts.into_iter().find_map(|(part, rendered)| {
            let program = rendered.without_secret?;
            Some(self.lacks_secret(part, secret?.variable, program))
        });
        let mail = FilledMail {
            subject: normalise_subject(&String::from(subject.content))?,
            html: html.content,
            text: text.content,
            language: self.language.clone(),
        };
        Ok(RenderedMail {
            mail,
            without_note,
            without_secret,
        })
    }

    fn lacks_secret(&self, part: MailPart, variable: &str, program: MailProgram) -> RenderError {
        let defect = Rule::TemplateLacksSecret {
            language: self.language.clone(),
            part: part.to_string(),
            variable: variable.to_owned(),
            program,
        };
        RenderError::new(part, defect)
    }

    fn note_not_shown(&self, part: MailPart) -> RenderError {
        let defect = Rule::NoteNotShown {
            language: self.language.clone(),
            part: part.to_string(),
        };
        RenderError::new(part, defect)
    }
}

/// The values of a mail for the engine: a placeholder stands for the secret, and the note is marked.
fn value_for_engine(values: &TemplateValues) -> Value {
    let (password_change, _) = withhold_secret(&values.password_change);
    Value::from(Serde(TemplateValues {
        password_change,
        note: mark_note(&values.note),
        ..values.clone()
    }))
}

/// Trims a rendered subject, and rejects one that is empty or has several lines.
///
/// Values hold no line breaks, so a line break comes from the template.
fn normalise_subject(rendered: &str) -> Result<String, RenderError> {
    let subject = rendered.trim();
    let reject = |defect| Err(RenderError::new(MailPart::Subject, defect));

    if subject.is_empty() {
        return reject(Rule::Empty);
    }
    if subject.contains(is_line_break) {
        return reject(Rule::LineBreakInSubject);
    }

    Ok(characters::subject_line(subject).into_owned())
}
