//! What the crate promises, from outside: one test binary.
//!
//! `cfg(test)`, which always holds here, is how Clippy knows that helpers may unwrap too.

#[cfg(test)]
mod arbitrary_templates;
#[cfg(test)]
mod built_in;
#[cfg(test)]
mod check;
#[cfg(test)]
mod hostile_html;
#[cfg(test)]
mod hostile_templates;
#[cfg(test)]
mod hostile_values;
#[cfg(test)]
mod leaking_templates;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod variables;

use reinvite_domain::Variant;
use reinvite_mail::{Compiled, Mail, RenderError, Values};

fn template(subject: &str, html: &str, text: &str) -> Variant {
    Variant {
        subject: subject.to_owned(),
        html: html.to_owned(),
        text: text.to_owned(),
    }
}

fn render(template: &Variant, values: &Values) -> Result<Mail, RenderError> {
    Compiled::new("en", template)?.render(values)
}
