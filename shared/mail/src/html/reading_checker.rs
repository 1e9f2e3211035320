use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use lol_html::errors::RewritingError;
use lol_html::html_content::{Comment, Doctype, Element, EndTag, TextChunk, TextType};
use lol_html::{DocumentContentHandlers, RewriteStrSettings, element, rewrite_str};
use reinvite_domain::Rule;

use super::allow_list::{NameRule, judge_element};
use super::attributes::PlacedAttribute;
use super::conditional_comments::{CommentKind, classify_comment};
use super::input::HtmlInput;
use super::names::printable_name;
use super::noscript::{NOSCRIPT, holds_end_tag};
use super::readings::{PlacedMark, Reading};
use super::secret_ranges::SecretRanges;
use super::style_violations::check_style_element;
use super::violation::{Edit, HtmlViolation};

/// Most attributes of an element.
const MAX_ATTRIBUTES: usize = 100;

/// An element that is added behind the HTML.
///
/// If the parser does not read it as a tag, a tag, a comment or a style before it is not closed.
const SENTINEL: &str = "<wbr>";

/// The findings in one reading, and the places that other rules need.
#[derive(Default)]
pub(crate) struct CheckedReading {
    /// The rules that the reading breaks, in any order.
    pub violations: Vec<HtmlViolation>,
    /// The places that may hold a secret.
    pub secret_ranges: SecretRanges,
    /// The ends of conditional comments, in order.
    pub marks: Vec<PlacedMark>,
    /// The text outside of tags, comments and raw text, in order.
    pub texts: Vec<Range<usize>>,
    /// The titles, and the values of attributes that are only shown, in order.
    pub labels: Vec<Range<usize>>,
}

/// Checks every tag, comment and style of one reading.
pub(crate) fn check_reading(reading: &Reading<'_>, input: HtmlInput<'_>) -> CheckedReading {
    let checker = ReadingChecker::new(reading, input);
    let strict = checker.walk(true);
    if !matches!(strict, Err(RewritingError::ParsingAmbiguity(_))) {
        return checker.finish(&strict);
    }

    // The elements that make the markup ambiguous are refused anyway. The second walk finds the rest.
    let checker = ReadingChecker::new(reading, input);
    let _ = checker.walk(false);
    checker.finish(&strict)
}

/// The end tags of elements, each with the number of the violation that waits for it.
type EndTags = Rc<RefCell<Vec<(usize, Range<usize>)>>>;

/// Collects the findings while the parser walks a reading.
///
/// The handlers of the parser share it, so its fields are cells.
struct ReadingChecker<'a> {
    reading: &'a Reading<'a>,
    input: HtmlInput<'a>,
    found: RefCell<CheckedReading>,
    /// The text of the style that is read.
    style: RefCell<Option<Range<usize>>>,
    is_in_style: Cell<bool>,
    is_sentinel_read: Cell<bool>,
    /// The number of open elements whose content not every reader sees.
    hidden_elements: Rc<Cell<usize>>,
    /// End tags of elements that may be taken out, with the number of the violation.
    end_tags: EndTags,
}

impl<'a> ReadingChecker<'a> {
    fn new(reading: &'a Reading<'a>, input: HtmlInput<'a>) -> Self {
        Self {
            reading,
            input,
            found: RefCell::default(),
            style: RefCell::default(),
            is_in_style: Cell::default(),
            is_sentinel_read: Cell::default(),
            hidden_elements: Rc::default(),
            end_tags: Rc::default(),
        }
    }

    fn walk(&self, is_strict: bool) -> Result<String, RewritingError> {
        let html = &*self.reading.text;

        let document = DocumentContentHandlers::default()
            .doctype(|doctype: &mut Doctype<'_>| {
                self.visit_doctype(doctype);
                Ok(())
            })
            .comments(|comment: &mut Comment<'_>| {
                self.visit_comment(comment);
                Ok(())
            })
            .text(|text: &mut TextChunk<'_>| {
                self.visit_text(text);
                Ok(())
            });
        let settings = RewriteStrSettings::new()
            .with_strict(is_strict)
            .append_element_content_handler(element!("*", |element| {
                if element.source_location().bytes().start == html.len() {
                    self.is_sentinel_read.set(true);
                } else {
                    self.visit_element(element);
                }
                Ok(())
            }))
            .append_document_content_handler(document);

        rewrite_str(&format!("{html}{SENTINEL}"), settings)
    }

    fn finish(self, walked: &Result<String, RewritingError>) -> CheckedReading {
        self.end_style();

        match walked {
            Ok(_) if self.is_sentinel_read.get() => {}
            Ok(_) => {
                let last_tag = self.reading.text.rfind('<').unwrap_or_default();
                self.report(last_tag, Rule::UnclosedMarkup);
            }
            Err(RewritingError::ParsingAmbiguity(_)) => self.report(0, Rule::AmbiguousMarkup),
            Err(_) => self.report(0, Rule::NotHtml),
        }

        let mut found = self.found.into_inner();
        for (index, end_tag) in self.end_tags.take() {
            add_end_tag(&mut found.violations[index], end_tag);
        }
        found
    }

    fn report(&self, offset: usize, rule: Rule) {
        self.add(HtmlViolation::refused(offset, rule));
    }

    /// Adds a violation, and returns its number.
    fn add(&self, violation: HtmlViolation) -> usize {
        let violations = &mut self.found.borrow_mut().violations;
        violations.push(violation);
        violations.len() - 1
    }

    fn visit_text(&self, text: &TextChunk<'_>) {
        let range = text.source_location().bytes();
        // The text behind the last tag, if that is not closed, takes in the sentinel.
        let end = range.end.min(self.reading.text.len());
        let range = range.start.min(end)..end;

        if text.text_type() == TextType::Data {
            return self.visit_data(range);
        }
        self.check_no_end_of_noscript(range.start, &self.reading.text[range.clone()]);
        if text.text_type() == TextType::RCData {
            add_range(&mut self.found.borrow_mut().labels, range.clone());
        }
        if self.is_in_style.get() {
            let mut style = self.style.borrow_mut();
            let start = style.as_ref().map_or(range.start, |style| style.start);
            *style = Some(start..range.end);
        }
    }

    fn visit_data(&self, range: Range<usize>) {
        let found = &mut *self.found.borrow_mut();

        add_range(&mut found.texts, range.clone());
        if self.hidden_elements.get() == 0 {
            found.secret_ranges.add_text(range);
        }
    }

    /// Checks the style that has ended, if one has.
    fn end_style(&self) {
        self.is_in_style.set(false);
        if let Some(range) = self.style.take() {
            let violations = check_style_element(&self.reading.text, range, self.input);
            self.found.borrow_mut().violations.extend(violations);
        }
    }

    fn visit_comment(&self, comment: &Comment<'_>) {
        self.end_style();
        let range = comment.source_location().bytes();
        let end = range.end.min(self.reading.text.len());
        let source = &self.reading.text[range.start..end];

        self.check_no_end_of_noscript(range.start, source);
        match classify_comment(source) {
            CommentKind::Conditional(mark) => {
                self.found.borrow_mut().marks.push((range, mark));
                return;
            }
            CommentKind::Malformed => self.report(range.start, Rule::ConditionalComment),
            CommentKind::Ambiguous => self.report(range.start, Rule::AmbiguousMarkup),
            CommentKind::Plain => {}
        }
        if self.input.is_templated(source) {
            self.report(range.start, Rule::VariableInComment);
        }
    }

    /// Refuses a document type with a variable: some programs load its address.
    fn visit_doctype(&self, doctype: &Doctype<'_>) {
        let range = doctype.source_location().bytes();
        let source = self.reading.text.get(range.clone()).unwrap_or_default();
        if self.input.is_templated(source) {
            self.report(range.start, Rule::VariableInComment);
        }
    }

    /// Refuses an end tag in a `noscript` that only a reader sees who runs scripts.
    fn check_no_end_of_noscript(&self, offset: usize, text: &str) {
        if self.hidden_elements.get() > 0 && holds_end_tag(text) {
            self.report(offset, Rule::AmbiguousMarkup);
        }
    }

    fn visit_element(&self, element: &mut Element<'_, '_>) {
        self.end_style();
        let tag = element.source_location().bytes();
        if !self.reading.is_uncertain(tag.start) {
            self.found.borrow_mut().secret_ranges.separate();
        }

        let name = element.tag_name();
        match judge_element(&name, self.reading.is_outlook) {
            NameRule::Allowed => self.visit_allowed(element, &name, tag.start),
            NameRule::Unknown => {
                let rule = Rule::UnknownElement {
                    element: printable_name(&name),
                };
                self.take_out(element, tag, rule);
            }
            NameRule::Refused if name == "link" => self.take_out(element, tag, Rule::LinkedFile),
            NameRule::Refused if is_data_script(element, &name) => {
                let index = self.add(HtmlViolation::refused(tag.start, Rule::DataScript));
                self.await_end_tag(element, index);
            }
            NameRule::Refused => {
                let rule = Rule::ElementNotAllowed {
                    element: printable_name(&name),
                };
                self.report(tag.start, rule);
            }
        }
    }

    /// Reports an element whose tags may be taken out.
    fn take_out(&self, element: &mut Element<'_, '_>, tag: Range<usize>, rule: Rule) {
        let index = self.add(HtmlViolation {
            offset: tag.start,
            rule,
            cleaning: Some(vec![Edit::removal(tag)]),
        });
        self.await_end_tag(element, index);
    }

    /// Remembers the end tag of the element for the violation.
    fn await_end_tag(&self, element: &mut Element<'_, '_>, index: usize) {
        let name = element.tag_name();
        let end_tags = Rc::clone(&self.end_tags);

        if let Some(handlers) = element.end_tag_handlers() {
            handlers.push(Box::new(move |end: &mut EndTag<'_>| {
                if end.name() == name {
                    end_tags
                        .borrow_mut()
                        .push((index, end.source_location().bytes()));
                }
                Ok(())
            }));
        }
    }

    fn visit_allowed(&self, element: &mut Element<'_, '_>, name: &str, start: usize) {
        if matches!(name, NOSCRIPT | "xml") {
            self.hide_content(element);
        }
        self.is_in_style.set(name == "style");

        if element.attributes().len() > MAX_ATTRIBUTES {
            let max = MAX_ATTRIBUTES;
            return self.report(start, Rule::TooManyAttributes { max });
        }
        for attribute in element.attributes() {
            self.visit_attribute(name, &PlacedAttribute::new(attribute, start));
        }
    }

    fn visit_attribute(&self, element: &str, attribute: &PlacedAttribute) {
        let violations = attribute.check(element, &self.reading.text, self.input);
        let is_clean = violations.is_empty();
        self.found.borrow_mut().violations.extend(violations);

        let Some(range) = &attribute.value_range else {
            return;
        };
        self.check_no_end_of_noscript(range.start, &attribute.value);
        if is_clean && attribute.is_label(element, &self.reading.text) {
            self.found.borrow_mut().labels.push(range.clone());
        }
        let is_link = attribute.name == "href"
            && (element == "a" || element.starts_with("v:"))
            && self.hidden_elements.get() == 0;
        if is_clean && is_link && self.input.is_invitation_link(&attribute.value) {
            let secret_ranges = &mut self.found.borrow_mut().secret_ranges;
            secret_ranges.add_link(range.clone());
        }
    }

    /// Passes over the content of an element as a place for secrets, until its end tag.
    fn hide_content(&self, element: &mut Element<'_, '_>) {
        let name = element.tag_name();
        let hidden_elements = Rc::clone(&self.hidden_elements);

        if let Some(handlers) = element.end_tag_handlers() {
            self.hidden_elements.update(|count| count + 1);
            handlers.push(Box::new(move |end: &mut EndTag<'_>| {
                if end.name() == name {
                    hidden_elements.update(|count| count.saturating_sub(1));
                }
                Ok(())
            }));
        }
    }
}

/// Adds a range behind others; the parser may split a text.
fn add_range(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
    }
}

/// Adds the end tag of an element to the edits that take it out.
fn add_end_tag(violation: &mut HtmlViolation, end_tag: Range<usize>) {
    match &mut violation.cleaning {
        Some(edits) => edits.push(Edit::removal(end_tag)),
        // A script goes with its content, and only where it ends.
        None => violation.cleaning = Some(vec![Edit::removal(violation.offset..end_tag.end)]),
    }
}

/// Whether the element is a script with structured data, which no program runs.
fn is_data_script(element: &Element<'_, '_>, name: &str) -> bool {
    name == "script"
        && element
            .get_attribute("type")
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"))
}
