use std::cell::{Cell, RefCell};
use std::ops::Range;

use lol_html::errors::RewritingError;
use lol_html::html_content::{Attribute, Comment, Element, TextChunk, TextType};
use lol_html::{DocumentContentHandlers, RewriteStrSettings, element, rewrite_str};

use reinvite_domain::Rule;

use super::allow_list::{allows_attribute, allows_element};
use super::attributes::check_attribute;
use super::input::HtmlInput;
use super::secret_ranges::SecretRanges;
use super::styles::check_style_sheet;
use super::violation::HtmlViolation;
use crate::{jinja, placeholder};

/// The number of violations that a report shows. A person reads no more.
const MAX_VIOLATIONS: usize = 50;

/// The longest name of an element or attribute in a message, in characters.
const MAX_NAME_CHARACTERS: usize = 40;

/// Deepest nesting of conditional comments. Each is read on the stack of the one around it.
const MAX_COMMENT_DEPTH: usize = 4;

/// An element that is added behind the HTML.
///
/// If the parser does not read it as a tag, a tag, a comment or a style before it is not closed.
const SENTINEL: &str = "<wbr>";

/// Finds the rules that some HTML breaks, sorted by offset, at most [`MAX_VIOLATIONS`].
pub(crate) fn check_html(html: &str, input: HtmlInput<'_>) -> Vec<HtmlViolation> {
    let checker = Checker {
        input,
        violations: RefCell::default(),
        secret_ranges: RefCell::default(),
        depth: Cell::default(),
    };
    checker.check_markup(html, 0);
    checker.check_secrets(html);

    let mut violations = checker.violations.into_inner();
    violations.sort_by_key(|violation| violation.offset);
    violations.truncate(MAX_VIOLATIONS);
    violations
}

/// Collects violations and the ranges that may hold a secret while the parser walks the HTML.
///
/// The handlers of the parser share it, so its fields are cells.
struct Checker<'a> {
    input: HtmlInput<'a>,
    violations: RefCell<Vec<HtmlViolation>>,
    secret_ranges: RefCell<SecretRanges>,
    /// The number of conditional comments around the HTML that is read.
    depth: Cell<usize>,
}

impl Checker<'_> {
    fn report(&self, offset: usize, rule: Rule) {
        self.violations
            .borrow_mut()
            .push(HtmlViolation::refused(offset, rule));
    }

    /// Checks some HTML that begins at the byte `offset` of the whole.
    fn check_markup(&self, html: &str, offset: usize) {
        let is_sentinel_read = Cell::new(false);

        let document = DocumentContentHandlers::default()
            .comments(|comment: &mut Comment<'_>| {
                self.visit_comment(comment, offset);
                Ok(())
            })
            .text(|text: &mut TextChunk<'_>| {
                self.visit_text(text, offset);
                Ok(())
            });
        let settings = RewriteStrSettings::new()
            .append_element_content_handler(element!("*", |element| {
                if element.source_location().bytes().start == html.len() {
                    is_sentinel_read.set(true);
                } else {
                    self.visit_element(element, offset);
                }
                Ok(())
            }))
            .append_document_content_handler(document);

        match rewrite_str(&format!("{html}{SENTINEL}"), settings) {
            Ok(_) if is_sentinel_read.get() => {}
            Ok(_) => {
                let last_tag = offset + html.rfind('<').unwrap_or_default();
                self.report(last_tag, Rule::UnclosedMarkup);
            }
            Err(RewritingError::ParsingAmbiguity(_)) => {
                self.report(offset, Rule::AmbiguousMarkup);
            }
            Err(_) => self.report(offset, Rule::NotHtml),
        }
    }

    fn visit_text(&self, text: &TextChunk<'_>, offset: usize) {
        let range = shift(text.source_location().bytes(), offset);

        match text.text_type() {
            TextType::RawText => {
                for finding in check_style_sheet(text.as_str(), self.input) {
                    self.report(range.start + finding.range.start, finding.rule);
                }
            }
            TextType::Data => self.secret_ranges.borrow_mut().add_text(range),
            _ => {}
        }
    }

    fn visit_comment(&self, comment: &Comment<'_>, offset: usize) {
        self.secret_ranges.borrow_mut().separate();
        let text = comment.text();
        let comment_start = offset + comment.source_location().bytes().start;

        if let Some(inner) = conditional_html(&text) {
            if self.depth.get() == MAX_COMMENT_DEPTH {
                let max = MAX_COMMENT_DEPTH;
                return self.report(comment_start, Rule::TooDeep { max });
            }
            self.depth.update(|depth| depth + 1);
            let inner_start = comment_start + "<!--".len() + inner.start;
            // Only Outlook shows the HTML, so no text in it may hold a secret.
            let outside = self.secret_ranges.take();
            self.check_markup(&text[inner], inner_start);
            self.secret_ranges.replace(outside);
            self.depth.update(|depth| depth - 1);
        } else if self.input.is_templated(&text) {
            self.report(comment_start, Rule::VariableInComment);
        }
    }

    fn visit_element(&self, element: &Element<'_, '_>, offset: usize) {
        self.secret_ranges.borrow_mut().separate();
        let start = offset + element.source_location().bytes().start;
        let name = element.tag_name();

        if !allows_element(&name) {
            let rule = Rule::ElementNotAllowed {
                element: printable_name(&name),
            };
            self.report(start, rule);
            return;
        }

        for attribute in element.attributes() {
            let ranges = AttributeRanges::new(attribute, start, offset);
            self.visit_attribute(&name, attribute, &ranges);
        }
    }

    fn visit_attribute(&self, element: &str, attribute: &Attribute<'_>, ranges: &AttributeRanges) {
        let (name, value) = (attribute.name(), attribute.value());

        if !allows_attribute(element, &name) {
            let rule = Rule::AttributeNotAllowed {
                attribute: printable_name(&name),
            };
            self.report(ranges.name_start, rule);
            return;
        }
        if let Err(rule) = check_attribute(element, &name, &value, self.input) {
            self.report(ranges.value_start(), rule);
            return;
        }

        let is_link = element == "a" && name == "href";
        if let Some(range) = &ranges.value
            && is_link
            && self.input.is_invitation_link(&value)
        {
            self.secret_ranges.borrow_mut().add_link(range.clone());
        }
    }

    /// Checks that every secret is in a permitted place, and that no text beside it takes it in.
    fn check_secrets(&self, html: &str) {
        let ranges = self.secret_ranges.borrow();
        let secrets = match self.input {
            HtmlInput::TemplateSource => jinja::secret_tags(html),
            HtmlInput::RenderedMail { .. } => placeholder::placeholder_ranges(html),
        };
        if secrets.is_empty() {
            return;
        }

        let mut violations = self.violations.borrow_mut();
        violations.extend(ranges.find_misplaced(&secrets));
        // A source does not show the text that will stand beside a secret.
        if self.input != HtmlInput::TemplateSource {
            violations.extend(ranges.find_absorbed(html, &secrets));
            violations.extend(ranges.find_in_addresses(html));
        }
    }
}

/// The places of an attribute in the whole HTML.
struct AttributeRanges {
    name_start: usize,
    value: Option<Range<usize>>,
}

impl AttributeRanges {
    fn new(attribute: &Attribute<'_>, element_start: usize, offset: usize) -> Self {
        let name = attribute.name_source_location();
        let value = attribute.value_source_location();

        Self {
            name_start: name.map_or(element_start, |name| offset + name.bytes().start),
            value: value.map(|value| shift(value.bytes(), offset)),
        }
    }

    fn value_start(&self) -> usize {
        self.value
            .as_ref()
            .map_or(self.name_start, |value| value.start)
    }
}

fn shift(range: Range<usize>, offset: usize) -> Range<usize> {
    offset + range.start..offset + range.end
}

/// The range of the HTML in a conditional comment, which Outlook reads: `[if mso]>…<![endif]`.
fn conditional_html(comment: &str) -> Option<Range<usize>> {
    let condition = comment.trim_start().strip_prefix("[if")?;
    let (_, inner) = condition.split_once("]>")?;

    let start = comment.len() - inner.len();
    let length = inner.rfind("<![endif]").unwrap_or(inner.len());
    Some(start..start + length)
}

/// A name from a template, without control characters and short enough for a message.
fn printable_name(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME_CHARACTERS)
        .collect()
}
