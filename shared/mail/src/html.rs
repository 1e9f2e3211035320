//! The allow-list that the HTML of a mail must keep to, before it is stored and after it is rendered. What would have to be
//! taken out is refused: a template that says other than it looks is nobody's intention.

use std::cell::{Cell, RefCell};

use lol_html::{
    DocumentContentHandlers, RewriteStrSettings, element,
    errors::RewritingError,
    html_content::{Element, TextType},
    rewrite_str,
};

use crate::jinja;

/// What is wrong with some HTML, and at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub at: usize,
    pub rule: String,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The source of a template.
    Source,
    /// A mail.
    Rendered,
}

/// Nobody reads more findings than this.
const MOST: usize = 50;

/// Elements of mails. None of them runs anything, loads anything but images, or takes input.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Their attributes; `aria-…` and `data-…` besides.
const ATTRIBUTES: &[&str] = &[
    "abbr",
    "align",
    "alt",
    "bgcolor",
    "border",
    "bordercolor",
    "cellpadding",
    "cellspacing",
    "charset",
    "cite",
    "class",
    "clear",
    "color",
    "cols",
    "colspan",
    "content",
    "datetime",
    "dir",
    "face",
    "frame",
    "headers",
    "height",
    "href",
    "hspace",
    "http-equiv",
    "id",
    "lang",
    "media",
    "name",
    "noshade",
    "nowrap",
    "rel",
    "role",
    "rows",
    "rowspan",
    "rules",
    "scope",
    "size",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "target",
    "text",
    "title",
    "type",
    "valign",
    "value",
    "vspace",
    "width",
    "xml:lang",
    "xmlns",
];

/// Attributes in which a variable is only text.
const TEXTS: &[&str] = &["alt", "aria-label", "dir", "lang", "title"];

/// What CSS may not hold: it would load or run something, or hide that it does.
const NOT_IN_STYLES: &[&str] =
    &["url(", "@import", "image(", "image-set(", "expression(", "javascript:", "behavior", "-moz-binding", "\\", "<"];

/// Everything that is wrong with some HTML.
pub(crate) fn check(html: &str, stage: Stage) -> Vec<Finding> {
    let checker = Checker { stage, found: RefCell::default() };
    checker.run(html, 0);
    let mut found = checker.found.into_inner();
    found.sort_by_key(|finding| finding.at);
    found.truncate(MOST);
    found
}

/// Stands behind what is looked at: where it is not read as a tag, something before it is not closed.
const END: &str = "<wbr>";

struct Checker {
    stage: Stage,
    found: RefCell<Vec<Finding>>,
}

impl Checker {
    fn add(&self, at: usize, rule: impl Into<String>) {
        self.found.borrow_mut().push(Finding { at, rule: rule.into() });
    }

    /// Looks at some HTML that begins at a byte of the whole.
    fn run(&self, html: &str, offset: usize) {
        let document = DocumentContentHandlers::default()
            .comments(|comment: &mut lol_html::html_content::Comment<'_>| {
                self.comment(&comment.text(), offset + comment.source_location().bytes().start);
                Ok(())
            })
            .text(|text: &mut lol_html::html_content::TextChunk<'_>| {
                let at = offset + text.source_location().bytes().start;
                match text.text_type() {
                    TextType::RawText => self.style(text.as_str(), at),
                    TextType::RCData => self.secret(text.as_str(), at),
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
                    self.element(element, offset);
                }
                Ok(())
            }))
            .append_document_content_handler(document);
        match rewrite_str(&format!("{html}{END}"), settings) {
            Ok(_) if closed.get() => {}
            Ok(_) => {
                self.add(offset + html.rfind('<').unwrap_or_default(), "a tag, a comment or a style is not closed");
            }
            Err(RewritingError::ParsingAmbiguity(_)) => self.add(offset, "mixes markup that browsers read differently"),
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
            let valued = attribute.value_source_location().map_or(named, |location| offset + location.bytes().start);
            let known = ATTRIBUTES.contains(&&*own) || is_plain(&own, "aria-") || is_plain(&own, "data-");
            let namespace = name == "html" && is_plain(&own, "xmlns:");
            if !(known || namespace) {
                self.add(named, format!("the attribute {} is not allowed", shown(&own)));
                continue;
            }
            if let Err(rule) = self.attribute(&name, &own, &value) {
                self.add(valued, format!("{own}: {rule}"));
            }
        }
    }

    fn attribute(&self, element: &str, name: &str, value: &str) -> Result<(), String> {
        match name {
            "href" => return self.link(value),
            "src" => return image(value),
            "style" => style(value)?,
            "http-equiv" if !["content-type", "x-ua-compatible"].contains(&&*value.trim().to_ascii_lowercase()) => {
                return Err("may only be content-type or x-ua-compatible".into());
            }
            "cite" | "xmlns" if !value.starts_with("http") => return Err("must be an address".into()),
            _ => {}
        }
        let source = self.stage == Stage::Source && jinja::holds_tags(value);
        if source && (!TEXTS.contains(&name) || element == "meta") {
            return Err("may not hold a variable".into());
        }
        if source && jinja::mentions_secret(value) {
            return Err("may not hold a password or an invitation link".into());
        }
        Ok(())
    }

    fn link(&self, value: &str) -> Result<(), String> {
        if self.stage == Stage::Source && jinja::holds_tags(value) {
            let whole = jinja::whole_variable(value);
            return match whole {
                Some("login_url" | "invitation_url") => Ok(()),
                _ => Err("must be an address, or {{ login_url }} or {{ invitation_url }} alone".into()),
            };
        }
        let address = unescaped(value)?;
        let scheme = address.split([':', '/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let known = ["https", "http", "mailto", "tel"].contains(&&*scheme) && address[scheme.len()..].starts_with(':');
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
            let inner = inner.rsplit_once("<![endif]").map_or(inner, |(inner, _)| inner);
            return self.run(inner, at + "<!--".len() + begins);
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

    fn secret(&self, text: &str, at: usize) {
        if self.stage == Stage::Source && jinja::mentions_secret(text) {
            self.add(at, "a title may not hold a password or an invitation link");
        }
    }
}

/// An attribute of a family: the prefix, and then a name of letters, digits and hyphens.
fn is_plain(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

fn style(css: &str) -> Result<(), String> {
    let folded = css.to_ascii_lowercase();
    match NOT_IN_STYLES.iter().find(|forbidden| folded.contains(**forbidden)) {
        Some(forbidden) => Err(format!("a style may not hold {forbidden}")),
        None if css.contains('&') => Err("a style may not hold &".into()),
        None if jinja::holds_tags(css) => Err("a style may not hold a variable".into()),
        None => Ok(()),
    }
}

fn image(value: &str) -> Result<(), String> {
    if jinja::holds_tags(value) {
        return Err("the address of an image may not hold a variable".into());
    }
    let address = unescaped(value)?.to_ascii_lowercase();
    let inline = ["data:image/png;base64,", "data:image/gif;base64,", "data:image/jpeg;base64,"];
    if address.starts_with("https://") || inline.iter().any(|inline| address.starts_with(inline)) {
        Ok(())
    } else {
        Err("must begin with https://, or be a PNG, GIF or JPEG as data:".into())
    }
}

/// An address without the five character references that our own escaping writes. Others could hide what it says, as blanks
/// and control characters could.
fn unescaped(value: &str) -> Result<String, String> {
    let mut address = value.to_string();
    for (reference, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")] {
        address = address.replace(reference, character);
    }
    let bare = address.replace("&amp;", "");
    // `&name=value` is how addresses are often written, and is no reference.
    let hidden = bare.split('&').skip(1).any(|rest| {
        rest.starts_with('#')
            || rest
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .is_some_and(|name| rest[name.len()..].starts_with(';'))
    });
    if hidden || address.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("may not hold character references other than &amp;, or blanks".into());
    }
    Ok(address.replace("&amp;", "&"))
}

/// A name from a template, short enough to be shown.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
