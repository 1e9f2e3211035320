use reinvite_domain::Rule;

use super::addresses::{check_image, check_link};
use super::input::HtmlInput;
use super::styles::check_style_attribute;

/// Attributes in which a variable is only text.
const TEXT_ATTRIBUTES: &[&str] = &["alt", "aria-label", "dir", "lang", "title"];

/// Checks the value of an attribute, and returns the rule that it breaks.
pub(crate) fn check_attribute(
    element: &str,
    name: &str,
    value: &str,
    input: HtmlInput<'_>,
) -> Result<(), Rule> {
    match name {
        "href" => return check_link(value, input),
        "src" => return check_image(value),
        "style" => {
            let first = check_style_attribute(value, input).into_iter().next();
            if let Some(finding) = first {
                return Err(finding.rule);
            }
        }
        "http-equiv" => check_http_equiv(value)?,
        "cite" | "xmlns" if !value.starts_with("http") => {
            return Err(Rule::NotALink {
                attribute: name.into(),
            });
        }
        _ => {}
    }

    let takes_variables = TEXT_ATTRIBUTES.contains(&name) && element != "meta";
    if input.is_templated(value) && !takes_variables {
        return Err(Rule::VariableInAttribute {
            attribute: name.into(),
        });
    }
    Ok(())
}

fn check_http_equiv(value: &str) -> Result<(), Rule> {
    match &*value.trim().to_ascii_lowercase() {
        "content-type" | "x-ua-compatible" => Ok(()),
        _ => Err(Rule::HttpEquiv),
    }
}
