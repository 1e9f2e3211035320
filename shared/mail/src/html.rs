//! The allow-list that the HTML of a mail must keep to, before it is stored and after it is rendered. What would have to be
//! taken out is refused: a template that says other than it looks is nobody's intention. A secret is in no other place than
//! those for it, whatever stands around it: a source may look other than what is made of it, so a mail is asked, too.

use std::cell::{Cell, RefCell};

use lol_html::{
    DocumentContentHandlers, RewriteStrSettings, element,
    errors::RewritingError,
    html_content::{Element, TextType},
    rewrite_str,
};

use crate::allowed::{ATTRIBUTES, ELEMENTS, TEXTS, image, is_plain, style, unescaped};
use crate::places::Places;
use crate::{jinja, stand_in};

/// What is wrong with some HTML, and at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub at: usize,
    pub rule: String,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage<'a> {
    /// The source of a template.
    Source,
    /// A mail with a stand-in for its secret, which is this.
    Rendered { secret: Option<&'a str> },
}

/// Nobody reads more findings than this.
const MOST: usize = 50;

/// Everything that is wrong with some HTML.
pub(crate) fn check(html: &str, stage: Stage<'_>) -> Vec<Finding> {
    let checker = Checker {
        stage,
        found: RefCell::default(),
        places: RefCell::default(),
    };
    checker.run(html, 0);
    checker.secrets(html);
    let mut found = checker.found.into_inner();
    found.sort_by_key(|finding| finding.at);
    found.truncate(MOST);
    found
}

/// Stands behind what is looked at: where it is not read as a tag, something before it is not closed.
const END: &str = "<wbr>";

struct Checker<'a> {
    stage: Stage<'a>,
    found: RefCell<Vec<Finding>>,
    /// Where secrets may be.
    places: RefCell<Places>,
}

impl Checker<'_> {
    fn add(&self, at: usize, rule: impl Into<String>) {
        self.found.borrow_mut().push(Finding {
            at,
            rule: rule.into(),
        });
    }

    /// Looks at some HTML that begins at a byte of the whole.
    fn run(&self, html: &str, offset: usize) {
        let document = DocumentContentHandlers::default()
            .comments(|comment: &mut lol_html::html_content::Comment<'_>| {
                self.places.borrow_mut().tear();
                self.comment(
                    &comment.text(),
                    offset + comment.source_location().bytes().start,
                );
                Ok(())
            })
            .text(|text: &mut lol_html::html_content::TextChunk<'_>| {
                let location = text.source_location().bytes();
                let range = offset + location.start..offset + location.end;
                match text.text_type() {
                    TextType::RawText => self.style(text.as_str(), range.start),
                    TextType::Data => self.places.borrow_mut().text(range),
                    _ => {}
                }
                Ok(())
            });
        let closed = Cell::new(false);
        let settings = RewriteStrSettings::new()
            .append_element_content_handler(element!("*", |element| {
                if element.source_location().bytes().start == html.len() {
                    closed.set(true);
                } else {
                    self.places.borrow_mut().tear();
                    self.element(element, offset);
                }
                Ok(())
            }))
            .append_document_content_handler(document);
        match rewrite_str(&format!("{html}{END}"), settings) {
            Ok(_) if closed.get() => {}
            Ok(_) => {
                self.add(
                    offset + html.rfind('<').unwrap_or_default(),
                    "a tag, a comment or a style is not closed",
                );
            }
            Err(RewritingError::ParsingAmbiguity(_)) => {
                self.add(offset, "mixes markup that browsers read differently")
            }
            Err(_) => self.add(offset, "cannot be read as HTML"),
        }
    }

    fn element(&self, element: &Element<'_, '_>, offset: usize) {
        let at = offset + element.source_location().bytes().start;
        let name = element.tag_name();
        if !ELEMENTS.contains(&&*name) {
            return self.add(at, format!("the element <{}> is not allowed", shown(&name)));
        }
        for attribute in element.attributes() {
            let (own, value) = (attribute.name(), attribute.value());
            let place = |location: Option<lol_html::html_content::SourceLocation>| {
                location.map_or(at, |location| offset + location.bytes().start)
            };
            let named = place(attribute.name_source_location());
            let value_range = attribute
                .value_source_location()
                .map(|location| location.bytes());
            let valued = value_range
                .as_ref()
                .map_or(named, |range| offset + range.start);
            let known =
                ATTRIBUTES.contains(&&*own) || is_plain(&own, "aria-") || is_plain(&own, "data-");
            let namespace = name == "html" && is_plain(&own, "xmlns:");
            if !(known || namespace) {
                self.add(
                    named,
                    format!("the attribute {} is not allowed", shown(&own)),
                );
                continue;
            }
            if let Err(rule) = self.attribute(&name, &own, &value) {
                self.add(valued, format!("{own}: {rule}"));
            } else if let Some(range) =
                value_range.filter(|_| name == "a" && own == "href" && self.is_invitation(&value))
            {
                self.places
                    .borrow_mut()
                    .link(offset + range.start..offset + range.end);
            }
        }
    }

    fn attribute(&self, element: &str, name: &str, value: &str) -> Result<(), String> {
        match name {
            "href" => return self.link(value),
            "src" => return image(value),
            "style" => style(value)?,
            "http-equiv"
                if !["content-type", "x-ua-compatible"]
                    .contains(&&*value.trim().to_ascii_lowercase()) =>
            {
                return Err("may only be content-type or x-ua-compatible".into());
            }
            "cite" | "xmlns" if !value.starts_with("http") => {
                return Err("must be an address".into());
            }
            _ => {}
        }
        let source = self.stage == Stage::Source && jinja::holds_tags(value);
        if source && (!TEXTS.contains(&name) || element == "meta") {
            return Err("may not hold a variable".into());
        }
        Ok(())
    }

    fn link(&self, value: &str) -> Result<(), String> {
        if self.stage == Stage::Source && jinja::holds_tags(value) {
            let whole = jinja::whole_variable(value);
            return match whole {
                Some("login_url" | "invitation_url") => Ok(()),
                _ => Err(
                    "must be an address, or {{ login_url }} or {{ invitation_url }} alone".into(),
                ),
            };
        }
        let address = match self.stage {
            Stage::Rendered {
                secret: Some(secret),
            } if value == stand_in::INVITATION_URL => secret.to_owned(),
            _ => unescaped(value)?,
        };
        let scheme = address
            .split([':', '/', '?', '#'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let known = ["https", "http", "mailto", "tel"].contains(&&*scheme)
            && address[scheme.len()..].starts_with(':');
        if known || address.starts_with('#') {
            Ok(())
        } else {
            Err("must begin with https:, http:, mailto:, tel: or #".into())
        }
    }

    fn comment(&self, text: &str, at: usize) {
        // Outlook reads what stands in such a comment.
        if let Some(condition) = text.trim_start().strip_prefix("[if")
            && let Some((_, inner)) = condition.split_once("]>")
        {
            let begins = text.len() - inner.len();
            let inner = inner
                .rsplit_once("<![endif]")
                .map_or(inner, |(inner, _)| inner);
            // Whoever else reads the mail sees none of it, so that it is no place for a secret.
            let outside = self.places.take();
            self.run(inner, at + "<!--".len() + begins);
            self.places.replace(outside);
            return;
        }
        if self.stage == Stage::Source && jinja::holds_tags(text) {
            self.add(at, "a comment may not hold a variable");
        }
    }

    fn style(&self, text: &str, at: usize) {
        if let Err(rule) = style(text) {
            self.add(at, rule);
        }
    }

    fn is_invitation(&self, value: &str) -> bool {
        match self.stage {
            Stage::Source => jinja::whole_variable(value) == Some("invitation_url"),
            Stage::Rendered { .. } => value == stand_in::INVITATION_URL,
        }
    }

    /// Every secret is in one of the places for it, and nothing beside takes it in.
    fn secrets(&self, html: &str) {
        let places = self.places.borrow();
        let found = match self.stage {
            Stage::Source => places.lacking(&jinja::secrets(html)),
            Stage::Rendered { .. } => {
                let secrets = stand_in::all(html);
                [places.lacking(&secrets), places.taken_in(html, &secrets)].concat()
            }
        };
        self.found.borrow_mut().extend(found);
    }
}

/// A name from a template, short enough to be shown.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
