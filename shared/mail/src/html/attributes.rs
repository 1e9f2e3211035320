use std::ops::Range;

use lol_html::html_content::Attribute;
use reinvite_domain::Rule;

use super::addresses::{check_image, check_link, secure_image};
use super::allow_list::{NameRule, judge_attribute};
use super::input::HtmlInput;
use super::names::printable_name;
use super::style_violations::check_style_value;
use super::violation::{Edit, HtmlViolation};

/// Attributes in which a variable is only text.
const TEXT_ATTRIBUTES: &[&str] = &["alt", "aria-label", "dir", "lang", "title"];

/// Attributes that programs only show or read out.
const LABELS: &[&str] = &["alt", "aria-label", "title"];

/// An attribute, and its places in the HTML.
pub(crate) struct PlacedAttribute {
    /// The name, in lower case.
    pub name: String,
    /// The value as it stands in the HTML, with its character references.
    pub value: String,
    name_range: Range<usize>,
    /// The bytes of the value without its quotes; absent for an attribute without a value.
    pub value_range: Option<Range<usize>>,
}

impl PlacedAttribute {
    /// Reads an attribute of an element that begins at the offset.
    pub(crate) fn new(attribute: &Attribute<'_>, element_start: usize) -> Self {
        let name = attribute
            .name_source_location()
            .map_or(element_start..element_start, |name| name.bytes());

        Self {
            name: attribute.name(),
            value: attribute.value(),
            name_range: name,
            value_range: attribute.value_source_location().map(|value| value.bytes()),
        }
    }

    /// Finds the rules that the attribute breaks.
    pub(crate) fn check(
        &self,
        element: &str,
        html: &str,
        input: HtmlInput<'_>,
    ) -> Vec<HtmlViolation> {
        match judge_attribute(element, &self.name) {
            NameRule::Allowed => self.check_value(element, html, input),
            NameRule::Unknown => {
                let attribute = printable_name(&self.name);
                vec![HtmlViolation {
                    offset: self.name_range.start,
                    rule: Rule::UnknownAttribute { attribute },
                    cleaning: Some(vec![Edit::removal(self.whole_range(html))]),
                }]
            }
            NameRule::Refused => {
                let attribute = printable_name(&self.name);
                let rule = Rule::AttributeNotAllowed { attribute };
                vec![HtmlViolation::refused(self.name_range.start, rule)]
            }
        }
    }

    fn check_value(&self, element: &str, html: &str, input: HtmlInput<'_>) -> Vec<HtmlViolation> {
        let rule = match &*self.name {
            "style" => return check_style_value(&self.value, self.value_start(), input),
            "href" => check_link(&self.value, input),
            "src" | "background" => check_image(&self.name, &self.value),
            _ => check_other(element, &self.name, &self.value, input)
                .and_then(|()| self.check_quotes(html, input)),
        };

        let Err(rule) = rule else {
            return Vec::new();
        };
        let cleaning = match (&rule, &self.value_range) {
            (Rule::ImageOverHttp, Some(range)) => Some(vec![secure_image(&self.value, range)]),
            _ => None,
        };
        vec![HtmlViolation {
            offset: self.value_start(),
            rule,
            cleaning,
        }]
    }

    /// Refuses a variable in a value without quotes, which ends at the first blank of the rendered value.
    fn check_quotes(&self, html: &str, input: HtmlInput<'_>) -> Result<(), Rule> {
        if input.is_templated(&self.value) && self.quote(html).is_none() {
            return Err(Rule::UnquotedVariable {
                attribute: self.name.clone(),
            });
        }
        Ok(())
    }

    /// The quote around the value.
    fn quote(&self, html: &str) -> Option<u8> {
        let value = self.value_range.as_ref()?;
        let quote = *html.as_bytes().get(value.start.checked_sub(1)?)?;
        let is_quoted =
            matches!(quote, b'"' | b'\'') && html.as_bytes().get(value.end) == Some(&quote);
        is_quoted.then_some(quote)
    }

    /// Whether the value is in quotes, and is only shown or read out: no rule looks at it.
    pub(crate) fn is_label(&self, element: &str, html: &str) -> bool {
        LABELS.contains(&&*self.name) && element != "meta" && self.quote(html).is_some()
    }

    fn value_start(&self) -> usize {
        self.value_range
            .as_ref()
            .map_or(self.name_range.start, |value| value.start)
    }

    /// The bytes to take out: the name, the value in its quotes, and the blank before them unless it parts
    /// the attributes around.
    fn whole_range(&self, html: &str) -> Range<usize> {
        // An attribute that is not closed goes on behind the HTML.
        let behind = |at: usize| html.get(at..).unwrap_or_default();
        let Range { mut start, end } = self.name_range;

        let behind_name = behind(end);
        let end = match &self.value_range {
            Some(value) => value.end + usize::from(self.quote(html).is_some()),
            // `name=` without a value.
            None if behind_name.trim_ascii_start().starts_with('=') => {
                end + behind_name.find('=').map_or(0, |at| at + 1)
            }
            None => end,
        };

        let before = html.get(..start).unwrap_or_default();
        let has_blank = before.ends_with(|c: char| c.is_ascii_whitespace());
        let is_last = behind(end).starts_with(|c: char| c.is_ascii_whitespace() || c == '>');
        start -= usize::from(has_blank && is_last);
        start..end
    }
}

fn check_other(element: &str, name: &str, value: &str, input: HtmlInput<'_>) -> Result<(), Rule> {
    match name {
        "http-equiv" => check_http_equiv(value)?,
        "cite" | "xmlns" if !value.starts_with("http") && !value.starts_with("urn:") => {
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
        "cache-control"
        | "cleartype"
        | "content-language"
        | "content-script-type"
        | "content-style-type"
        | "content-type"
        | "expires"
        | "imagetoolbar"
        | "pragma"
        | "x-ua-compatible" => Ok(()),
        _ => Err(Rule::HttpEquiv),
    }
}
