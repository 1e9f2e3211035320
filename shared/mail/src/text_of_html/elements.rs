//! The elements of HTML, as far as they matter to a text.

/// How the content of an element is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// With elements in it.
    Markup,
    /// As text in which no element begins, `title` for example.
    RcData,
    /// As text without character references, `style` for example.
    RawText,
    /// As the source of a script.
    Script,
}

/// How the content of an element is read.
pub(crate) fn content(name: &str) -> Content {
    match name {
        "title" | "textarea" => Content::RcData,
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Content::RawText,
        "script" => Content::Script,
        _ => Content::Markup,
    }
}

/// Whether a reader sees nothing of an element.
pub(crate) fn is_invisible(name: &str) -> bool {
    let holds_markup = content(name) == Content::Markup;
    let is_foreign = matches!(
        name,
        "template" | "select" | "object" | "svg" | "math" | "xml" | "video" | "audio"
    );
    !holds_markup || is_foreign
}

/// Whether an element has no content and no end tag.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// The line breaks before and behind an element: 2 leave an empty line, 0 stand for text in a line.
pub(crate) fn line_breaks(name: &str) -> u8 {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table"
        | "blockquote" | "pre" | "hr" | "figure" => 2,
        "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "div" | "dt"
        | "figcaption" | "footer" | "header" | "html" | "li" | "main" | "nav" | "section"
        | "tr" => 1,
        _ => 0,
    }
}

/// Whether an end tag inside of the element leaves the elements around it open.
pub(crate) fn is_scope(name: &str) -> bool {
    matches!(name, "td" | "th" | "caption" | "table" | "html")
}

/// The elements that the start tag of an element ends, and those in which it ends none.
pub(crate) fn ended_by(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    const TABLE: &[&str] = &["table"];
    match name {
        "li" => (&["li"], &["ul", "ol"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "tr" => (&["tr"], TABLE),
        "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot"], TABLE),
        "a" => (&["a"], &["td", "th", "table"]),
        _ if line_breaks(name) > 0 => (&["p"], &["td", "th", "li", "div", "table", "blockquote"]),
        _ => (&[], &[]),
    }
}
