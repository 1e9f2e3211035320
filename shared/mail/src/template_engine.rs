//! The template engine (minijinja), restricted to writing one part of a mail.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, functions,
};

use crate::characters::isolated;
use crate::html_escape::write_escaped;
use crate::limits::{MAX_FUEL_PER_PART, MAX_LOOP_DEPTH, MAX_RANGE};
use crate::mail_part::MailPart;

/// An environment for one part, without templates and without a loader.
pub(crate) fn environment(part: MailPart) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();

    // Without this a block tag on a line of its own would leave an empty line in every text.
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );

    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MAX_FUEL_PER_PART));
    environment.set_recursion_limit(MAX_LOOP_DEPTH);
    // Debug costs nothing until there is an error, which then names the variable and the column.
    environment.set_debug(true);
    // The function `debug` would write all values into the mail.
    environment.remove_global("debug");
    // A loop could nest the value of a namespace deeper with every turn, until the stack overflows.
    environment.remove_global("namespace");
    // Chained values of chained values would take for ever to count, without any fuel.
    environment.remove_filter("chain");
    // Both put lists into lists, which take for ever to compare.
    environment.remove_filter("zip");
    environment.remove_global("dict");
    environment.add_function("range", short_range);

    match part {
        MailPart::Html => {
            environment.set_auto_escape_callback(|_| AutoEscape::Html);
            environment.set_formatter(write_html);
            environment.remove_filter("safe");
        }
        MailPart::Subject => {
            environment.set_auto_escape_callback(|_| AutoEscape::None);
            environment
                .set_formatter(|out, _, value| Ok(out.write_str(&isolated(value_to_text(value)))?));
        }
        MailPart::Text => {
            environment.set_auto_escape_callback(|_| AutoEscape::None);
            environment.set_formatter(|out, _, value| Ok(out.write_str(&value_to_text(value))?));
        }
    }

    Ok(environment)
}

/// The numbers of a range, of which there may be [`MAX_RANGE`].
fn short_range(lower: isize, upper: Option<isize>, step: Option<isize>) -> Result<Value, Error> {
    let numbers = functions::range(lower, upper, step)?;
    if numbers.len().is_none_or(|count| count <= MAX_RANGE) {
        return Ok(numbers);
    }
    let message = format!("range() may have at most {MAX_RANGE} numbers");
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

/// Writes a value escaped, also within `{% autoescape false %}`.
///
/// The engine's own formatter would write it unescaped there.
fn write_html(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(escaped) if value.is_safe() => out.write_str(escaped)?,
        Some(text) => write_escaped(out, text)?,
        None => write_escaped(out, &value_to_text(value))?,
    }
    Ok(())
}

/// A value as a person writes it: a list with commas and without brackets.
pub(crate) fn value_to_text(value: &Value) -> String {
    match value.try_iter() {
        Ok(items) if value.kind() == ValueKind::Seq => items
            .map(|item| value_to_text(&item))
            .collect::<Vec<_>>()
            .join(", "),
        _ => value.to_string(),
    }
}
