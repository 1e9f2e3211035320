use std::convert::Infallible;

use html5gum::{HtmlString, StartTag, State, StringReader, Token, Tokenizer};

use super::elements::{Content, content, is_invisible, is_void, line_breaks};
use super::marked_source::{MARK_END, MARK_START, MarkedTag};
use super::open_elements::OpenElements;
use super::text_writer::TextWriter;
use crate::html::hides_decoded;
use crate::jinja::sole_variable;

/// A line across the page.
const RULE: &str = "----";

/// Reads marked HTML, and writes its text.
pub(crate) struct Reader<'a> {
    tags: &'a [MarkedTag],
    /// The number of the first tag that was not met yet.
    next_tag: usize,
    open: OpenElements,
    lists: Vec<List>,
    writer: TextWriter,
}

/// An open list.
struct List {
    /// The number of the next item; `None` for a list without numbers.
    next_number: Option<usize>,
}

impl<'a> Reader<'a> {
    /// A reader of HTML with marks for these tags.
    pub(crate) fn new(tags: &'a [MarkedTag]) -> Self {
        Self {
            tags,
            next_tag: 0,
            open: OpenElements::default(),
            lists: Vec::new(),
            writer: TextWriter::default(),
        }
    }

    /// Reads HTML.
    pub(crate) fn read(&mut self, html: &str) {
        let mut tokenizer = Tokenizer::new(html);
        while let Some(Ok(token)) = next_token(&mut tokenizer) {
            match token {
                Token::StartTag(tag) => {
                    let name = text_of(&tag.name);
                    self.begin_element(&name, &tag);
                    match content(&name) {
                        Content::Markup => {}
                        Content::RcData => tokenizer.set_state(State::RcData),
                        Content::RawText => tokenizer.set_state(State::RawText),
                        Content::Script => tokenizer.set_state(State::ScriptData),
                    }
                }
                Token::EndTag(tag) => self.end_element(&text_of(&tag.name)),
                Token::String(text) if self.open.is_hidden() => self.pass_over(&text_of(&text)),
                Token::String(text) => self.add_text(&text_of(&text)),
                Token::Comment(text) => {
                    self.writer.separate();
                    self.pass_over(&text_of(&text));
                }
                _ => {}
            }
        }
    }

    /// The text.
    pub(crate) fn finish(mut self) -> String {
        self.writer.close_link();
        self.add_statements_before(self.tags.len());
        self.writer.finish()
    }

    fn begin_element(&mut self, name: &str, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| text_of(value));
        let hides = is_invisible(name)
            || attribute(b"hidden").is_some()
            || attribute(b"style").is_some_and(|style| hides_decoded(&style, false));

        if !is_void(name) {
            self.open.open(name, hides);
        }
        if hides || self.open.is_hidden() {
            return;
        }

        self.writer.separate();
        self.break_lines(name);
        match name {
            "br" => self.writer.break_line(),
            "hr" => {
                self.writer.add_text(RULE);
                self.writer.begin_block(2);
            }
            "img" => self.add_text(&attribute(b"alt").unwrap_or_default()),
            "a" => {
                self.writer.close_link();
                let address = attribute(b"href").and_then(|href| self.address(&href));
                self.writer.open_link(address);
            }
            "ul" => self.lists.push(List { next_number: None }),
            "ol" => self.lists.push(List {
                next_number: Some(1),
            }),
            "li" => self.begin_item(),
            "tr" => self.writer.begin_row(),
            "td" | "th" => self.writer.begin_cell(),
            _ => {}
        }
        self.writer.preserve_blanks(self.open.has("pre"));
    }

    fn end_element(&mut self, name: &str) {
        let was_hidden = self.open.is_hidden();
        if !self.open.close(name) || was_hidden {
            return;
        }

        match name {
            "a" => self.writer.close_link(),
            "ul" | "ol" => {
                self.lists.pop();
            }
            _ => {}
        }
        self.break_lines(name);
        self.writer.preserve_blanks(self.open.has("pre"));
    }

    /// Breaks the line at the edge of a block. A list in a list has no empty line around it.
    fn break_lines(&mut self, name: &str) {
        let breaks = match name {
            "ul" | "ol" if !self.lists.is_empty() => 1,
            _ => line_breaks(name),
        };
        if breaks > 0 {
            self.writer.begin_block(breaks);
        }
    }

    fn begin_item(&mut self) {
        let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(8));
        let number = self
            .lists
            .last_mut()
            .and_then(|list| list.next_number.as_mut());

        let bullet = match number {
            Some(number) => {
                *number += 1;
                format!("{indent}{}. ", *number - 1)
            }
            None => format!("{indent}- "),
        };
        self.writer.begin_item(bullet);
    }

    /// Adds text with marks.
    fn add_text(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, number, behind)) = split_at_mark(rest) {
            self.writer.add_text(before);
            if let Some(tag) = self.tags.get(number).filter(|_| number >= self.next_tag) {
                self.add_statements_before(number);
                self.next_tag = number + 1;
                self.add_tag(tag);
            }
            rest = behind;
        }
        self.writer.add_text(rest);
    }

    /// Passes over text that a reader does not see, but for its statements.
    fn pass_over(&mut self, text: &str) {
        let mut rest = text;
        while let Some((_, number, behind)) = split_at_mark(rest) {
            if (self.next_tag..self.tags.len()).contains(&number) {
                self.add_statements_before(number + 1);
            }
            rest = behind;
        }
    }

    fn add_tag(&mut self, tag: &MarkedTag) {
        if tag.is_expression {
            let is_secret = matches!(
                sole_variable(&tag.source),
                Some("password" | "invitation_url")
            );
            self.writer.add_expression(&tag.source, is_secret);
            return;
        }

        // A loop writes its items with the number of one of them.
        if tag.source[2..].trim_start().starts_with("for")
            && let Some(list) = self.lists.last_mut()
        {
            list.next_number = None;
        }
        self.writer.add_statement(&tag.source);
    }

    /// Adds the statements before a tag that stand in what a reader does not see. Blocks stay closed
    /// like this.
    fn add_statements_before(&mut self, number: usize) {
        let tags = self.tags;
        for tag in &tags[self.next_tag..number] {
            if !tag.is_expression {
                self.add_tag(tag);
            }
        }
        self.next_tag = number;
    }

    /// The address of a link as a text shows it; `None` if it leads to a place in the mail or has a
    /// scheme that no mail may have.
    fn address(&self, href: &str) -> Option<String> {
        let href = href.trim();
        if let Some((before, number, behind)) = split_at_mark(href) {
            let tag = self.tags.get(number)?;
            // The query or fragment is joined to the login address as in the HTML.
            let is_joined = behind.starts_with(['?', '#'])
                && !behind.contains(|c: char| c.is_whitespace() || "{}\"'<>".contains(c));
            let behind = if is_joined { behind } else { "" };
            return (before.is_empty() && tag.is_expression)
                .then(|| format!("{}{behind}", tag.source));
        }

        let (scheme, rest) = href.split_once(':')?;
        match &*scheme.to_ascii_lowercase() {
            "http" | "https" => Some(href.to_owned()),
            "mailto" => rest.split('?').next().map(str::to_owned),
            "tel" => Some(rest.to_owned()),
            _ => None,
        }
        .filter(|address| !address.contains(char::is_whitespace))
    }
}

fn next_token(
    tokenizer: &mut Tokenizer<StringReader<'_>>,
) -> Option<Result<Token<()>, Infallible>> {
    tokenizer.next()
}

fn text_of(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The text before the first mark, the number in it, and the text behind it.
fn split_at_mark(text: &str) -> Option<(&str, usize, &str)> {
    let (before, behind) = text.split_once(MARK_START)?;
    let (number, behind) = behind.split_once(MARK_END)?;
    Some((before, number.parse().ok()?, behind))
}
