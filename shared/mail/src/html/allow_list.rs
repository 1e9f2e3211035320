//! The elements and attributes that mails may use.

use super::known_names::is_known_element;
use super::noscript::NOSCRIPT;
use super::office::{is_office_attribute, is_office_element};

/// Elements of mails. None of them runs anything, loads anything but images, or takes input.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
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
    "data",
    "dd",
    "del",
    "details",
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
    "hgroup",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "map",
    "mark",
    "marquee",
    "menu",
    "meta",
    "nav",
    "nobr",
    "o:p",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "search",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
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

/// Attributes of every element, besides `aria-…`, `data-…` and `xmlns:…`.
const ATTRIBUTES: &[&str] = &[
    "abbr",
    "align",
    "alink",
    "alt",
    "axis",
    "background",
    "bgcolor",
    "bgproperties",
    "border",
    "bordercolor",
    "bordercolordark",
    "bordercolorlight",
    "bottommargin",
    "cellpadding",
    "cellspacing",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "clear",
    "color",
    "cols",
    "colspan",
    "compact",
    "content",
    "coords",
    "datetime",
    "decoding",
    "dir",
    "face",
    "fetchpriority",
    "frame",
    "headers",
    "height",
    "hidden",
    "href",
    "hreflang",
    "hspace",
    "http-equiv",
    "id",
    "ismap",
    "itemid",
    "itemprop",
    "itemref",
    "itemscope",
    "itemtype",
    "lang",
    "leftmargin",
    "link",
    "loading",
    "marginheight",
    "marginwidth",
    "media",
    "name",
    "nohref",
    "noshade",
    "nowrap",
    "open",
    "property",
    "referrerpolicy",
    "rel",
    "rev",
    "reversed",
    "rightmargin",
    "role",
    "rows",
    "rowspan",
    "rules",
    "scheme",
    "scope",
    "shape",
    "size",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "target",
    "text",
    "title",
    "topmargin",
    "translate",
    "type",
    "usemap",
    "valign",
    "value",
    "vlink",
    "vspace",
    "width",
    "xml:lang",
    "xmlns",
];

/// Attributes that load, send or run something. They are not cleaned away: their author means them.
const ACTIVE_ATTRIBUTES: &[&str] = &[
    "action",
    "archive",
    "autofocus",
    "classid",
    "code",
    "codebase",
    "data",
    "dynsrc",
    "form",
    "formaction",
    "formmethod",
    "formtarget",
    "imagesrcset",
    "is",
    "longdesc",
    "lowsrc",
    "manifest",
    "ping",
    "poster",
    "profile",
    "shadowrootmode",
    "slot",
    "srcdoc",
    "srcset",
];

/// The rule for a name of an element or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameRule {
    /// A mail may use it.
    Allowed,
    /// It does nothing in a mail, and may be taken out.
    Unknown,
    /// A mail may not use it.
    Refused,
}

/// The rule for an element. Only Outlook reads VML and settings of Office.
pub(crate) fn judge_element(name: &str, is_outlook: bool) -> NameRule {
    let is_allowed =
        ELEMENTS.contains(&name) || name == NOSCRIPT || is_outlook && is_office_element(name);

    if is_allowed {
        NameRule::Allowed
    } else if is_known_element(name) || !is_plain_name(name) {
        NameRule::Refused
    } else {
        NameRule::Unknown
    }
}

/// The rule for an attribute of an element that a mail may use.
pub(crate) fn judge_attribute(element: &str, name: &str) -> NameRule {
    let is_known = ATTRIBUTES.contains(&name);
    let is_prefixed = ["aria-", "data-", "xmlns:"]
        .iter()
        .any(|prefix| has_plain_suffix(name, prefix));
    let is_of_office = is_office_element(element) && is_office_attribute(element, name);
    let is_handler = name.len() > "on".len() && name.starts_with("on");

    if is_known || is_prefixed || is_of_office {
        NameRule::Allowed
    } else if is_handler || ACTIVE_ATTRIBUTES.contains(&name) || name.ends_with("href") {
        NameRule::Refused
    } else {
        NameRule::Unknown
    }
}

/// Whether the name is one of letters, digits and a few signs, and so could be taken out.
fn is_plain_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte))
}

/// Whether the name is the prefix and then letters, digits and hyphens.
fn has_plain_suffix(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|suffix| {
        !suffix.is_empty()
            && suffix
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}
