//! The engine, set up so that a template can do no more than write one part of a mail.

use std::fmt;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior};

use crate::{FUEL, Part, limits};

/// An environment for one part, without templates and without a loader.
pub(crate) fn environment(part: Part) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    // A block tag on a line of its own would leave an empty line in every text.
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(limits::RECURSION);
    // Costs nothing until there is an error, which then names the variable and the column.
    environment.set_debug(true);
    // It would write all values into the mail.
    environment.remove_global("debug");
    match part {
        Part::Html => {
            environment.set_auto_escape_callback(|_| AutoEscape::Html);
            environment.set_formatter(write_html);
            environment.remove_filter("safe");
        }
        Part::Subject | Part::Text => {
            environment.set_auto_escape_callback(|_| AutoEscape::None);
            environment.set_formatter(|out, _, value| Ok(out.write_str(&written(value))?));
        }
    }
    Ok(environment)
}

/// Writes a value escaped, also within `{% autoescape false %}`, which the engine's own formatter heeds.
fn write_html(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(escaped) if value.is_safe() => out.write_str(escaped)?,
        Some(text) => write_escaped(out, text)?,
        None => write_escaped(out, &written(value))?,
    }
    Ok(())
}

/// A value as a reader writes it: a list with commas, and not as a program does.
fn written(value: &Value) -> String {
    match value.try_iter() {
        Ok(items) if value.kind() == ValueKind::Seq => items
            .map(|item| written(&item))
            .collect::<Vec<_>>()
            .join(", "),
        _ => value.to_string(),
    }
}

/// A text as [`write_escaped`] writes it.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // A string takes whatever is written.
    let _ = write_escaped(&mut escaped, text);
    escaped
}

/// The five characters that mean something in HTML text or an attribute. The engine's own escaping also takes `/`,
/// and a link written `https:&#x2f;&#x2f;` is right for a browser but not found by whoever looks for links in mails.
fn write_escaped(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (before, from) = rest.split_at(at);
        out.write_str(before)?;
        out.write_str(match from.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&quot;",
            _ => "&#39;",
        })?;
        rest = &from[1..];
    }
    out.write_str(rest)
}
