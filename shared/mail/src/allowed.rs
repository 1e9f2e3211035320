//! What the HTML of mails may hold: elements, attributes, styles, and addresses.

use crate::jinja;

/// Elements of mails. None of them runs anything, loads anything but images, or takes input.
pub(crate) const ELEMENTS: &[&str] = &[
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
pub(crate) const ATTRIBUTES: &[&str] = &[
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
pub(crate) const TEXTS: &[&str] = &["alt", "aria-label", "dir", "lang", "title"];

/// What CSS may not hold: it would load or run something, or hide that it does.
const NOT_IN_STYLES: &[&str] = &[
    "url(",
    "@import",
    "image(",
    "image-set(",
    "src(",
    "expression(",
    "javascript:",
    "behavior",
    "-moz-binding",
    "\\",
    "<",
];

/// An attribute of a family: the prefix, and then a name of letters, digits and hyphens.
pub(crate) fn is_plain(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

pub(crate) fn style(css: &str) -> Result<(), String> {
    let folded = css.to_ascii_lowercase();
    match NOT_IN_STYLES
        .iter()
        .find(|forbidden| folded.contains(**forbidden))
    {
        Some(forbidden) => Err(format!("a style may not hold {forbidden}")),
        None if css.contains('&') => Err("a style may not hold &".into()),
        None if jinja::holds_tags(css) => Err("a style may not hold a variable".into()),
        None => Ok(()),
    }
}

pub(crate) fn image(value: &str) -> Result<(), String> {
    if jinja::holds_tags(value) {
        return Err("the address of an image may not hold a variable".into());
    }
    let address = unescaped(value)?.to_ascii_lowercase();
    let inline = [
        "data:image/png;base64,",
        "data:image/gif;base64,",
        "data:image/jpeg;base64,",
    ];
    if address.starts_with("https://") || inline.iter().any(|inline| address.starts_with(inline)) {
        Ok(())
    } else {
        Err("must begin with https://, or be a PNG, GIF or JPEG as data:".into())
    }
}

/// An address without the five character references that our own escaping writes. Others could hide what it says, as blanks
/// and control characters could.
pub(crate) fn unescaped(value: &str) -> Result<String, String> {
    let mut address = value.to_string();
    for (reference, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
    ] {
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
