use std::fmt;

/// Escapes a text for HTML; see [`write_escaped`].
pub(crate) fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to a string cannot fail.
    let _ = write_escaped(&mut escaped, text);
    escaped
}

/// Escapes the five characters that have a meaning in HTML text or in an attribute.
///
/// The engine's own escaping also takes `/`. A browser reads `https:&#x2f;&#x2f;` correctly, but
/// programs that look for links in mails do not find it.
pub(crate) fn write_escaped(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    let mut rest = text;

    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (before, from) = rest.split_at(at);
        out.write_str(before)?;
        out.write_str(match from.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&quot;",
            _ => "&#39;",
        })?;
        rest = &from[1..];
    }

    out.write_str(rest)
}
