//! Tests of the public interface, in one test binary.
//!
//! `cfg(test)` always holds here. It tells Clippy that helper functions may unwrap, too.

#[cfg(test)]
mod arbitrary_mails;
#[cfg(test)]
mod arbitrary_templates;
#[cfg(test)]
mod brought_kinds;
#[cfg(test)]
mod brought_templates;
#[cfg(test)]
mod built_in;
#[cfg(test)]
mod check_template;
#[cfg(test)]
mod deep_templates;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod filled_mails;
#[cfg(test)]
mod filling;
#[cfg(test)]
mod foreign_addresses;
#[cfg(test)]
mod foreign_tags;
#[cfg(test)]
mod hostile_html;
#[cfg(test)]
mod hostile_templates;
#[cfg(test)]
mod hostile_values;
#[cfg(test)]
mod leaking_templates;
#[cfg(test)]
mod made_mails;
#[cfg(test)]
mod made_texts;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod unclosed_tags;
#[cfg(test)]
mod variables;

use reinvite_domain::Variant;
use reinvite_mail::{CompiledVariant, Mail, RenderError, TemplateValues};

fn template(subject: &str, html: &str, text: &str) -> Variant {
    Variant {
        subject: subject.to_owned(),
        html: html.to_owned(),
        text: text.to_owned(),
        ..Variant::default()
    }
}

/// Renders a mail, whether or not it shows the secret that it is for.
fn render(template: &Variant, values: &TemplateValues) -> Result<Mail, RenderError> {
    CompiledVariant::new("en", template)?.render_unjudged(values)
}
