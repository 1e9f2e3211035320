//! Signs of a source that the template engine must not read, or that must be found again in its result.
//!
//! A control character stands for each while the engine renders. It is as long as the sign, so every
//! position stays true, and no value of a mail holds it.

use std::borrow::Cow;

use crate::jinja;

/// Stands for the `#` of `{#` in a style sheet, where the engine would begin a comment.
const CSS_HASH: char = '\u{1c}';

/// Stands for the `?` behind `{{ login_url }}`.
const QUERY: char = '\u{1d}';

/// Stands for the `#` behind `{{ login_url }}`.
const FRAGMENT: char = '\u{1e}';

/// Marks the `{#` of style sheets, such as `@media print{#page{…}}`.
///
/// A style sheet may hold no tag of the template, so no comment of it is lost.
pub(crate) fn mark_css(source: &str) -> Cow<'_, str> {
    if !source.contains("{#") || holds_mark(source) {
        return source.into();
    }

    let folded = source.to_ascii_lowercase();
    let mut marked = source.to_owned();
    let mut from = 0;
    while let Some(found) = folded[from..].find("<style") {
        let start = from + found;
        let end = folded[start..].find("</style").map(|length| start + length);
        let Some(end) = end.filter(|&end| !source[start..end].contains("#}")) else {
            from = start + 1;
            continue;
        };

        let style = source[start..end].replace("{#", &format!("{{{CSS_HASH}"));
        marked.replace_range(start..end, &style);
        from = end;
    }
    marked.into()
}

/// Marks the query or the fragment behind each `{{ login_url }}`.
pub(crate) fn mark_login_links(source: &str) -> Cow<'_, str> {
    if !source.contains("login_url") || holds_mark_of_link(source) {
        return source.into();
    }

    let mut marked = String::with_capacity(source.len());
    let mut from = 0;
    for tag in jinja::tags(source) {
        let end = tag.range.end;
        let is_login_url = jinja::sole_variable(&source[tag.range]) == Some("login_url");
        let mark = match link_sign(&source[end..]) {
            Some('?') if is_login_url => QUERY,
            Some('#') if is_login_url => FRAGMENT,
            _ => continue,
        };
        marked.push_str(&source[from..end]);
        marked.push(mark);
        from = end + 1;
    }
    marked.push_str(&source[from..]);
    marked.into()
}

/// Puts the signs back, and joins what stands behind each `login_url` to it as URLs are joined.
///
/// The address is given as the rendered text holds it, escaped or not.
pub(crate) fn resolve_marks(rendered: String, login_url: &str) -> String {
    if !holds_mark(&rendered) {
        return rendered;
    }

    let mut resolved = String::with_capacity(rendered.len());
    let mut rest = &*rendered;
    while let Some(at) = rest.find([QUERY, FRAGMENT]) {
        let (before, marked) = rest.split_at(at);
        resolved.push_str(before);

        let end = marked.find(ends_suffix).unwrap_or(marked.len());
        let suffix = marked[..end].replace(QUERY, "?").replace(FRAGMENT, "#");
        if !login_url.is_empty() && resolved.ends_with(login_url) {
            resolved.truncate(resolved.len() - login_url.len());
            resolved.push_str(&join(login_url, &suffix));
        } else {
            resolved.push_str(&suffix);
        }
        rest = &marked[end..];
    }
    resolved.push_str(rest);

    restore_css(resolved)
}

/// Whether no value in a rendered text changes how the marks of links in it are resolved.
///
/// The address is given as the text holds it. A value does if it stands in a query or a fragment, or
/// where the address is expected.
pub(crate) fn are_marks_apart(
    rendered: &str,
    login_url: &str,
    holds_value: impl Fn(&str) -> bool,
) -> bool {
    let mut marks = rendered.match_indices([QUERY, FRAGMENT]).peekable();
    if marks.peek().is_some() && login_url.contains(ends_suffix) {
        return false;
    }

    marks.all(|(at, _)| {
        let (before, marked) = rendered.split_at(at);
        let end = marked.find(ends_suffix).unwrap_or(marked.len());
        before.ends_with(login_url) && !holds_value(&marked[..end])
    })
}

/// Whether a query or a fragment ends before the character.
fn ends_suffix(character: char) -> bool {
    character.is_whitespace() || "\"'<>{".contains(character)
}

/// Puts the signs of style sheets back.
pub(crate) fn restore_css(text: String) -> String {
    if text.contains(CSS_HASH) {
        text.replace(CSS_HASH, "#")
    } else {
        text
    }
}

/// Joins a query or a fragment to an address.
///
/// A query of the address comes first, and its fragment stays last, and is the only one.
fn join(address: &str, suffix: &str) -> String {
    let (address, own_fragment) = split_fragment(address);
    let (query, fragment) = split_fragment(suffix);

    let query = match query.strip_prefix('?') {
        Some(query) if address.contains('?') => {
            let separator = if address.contains("&amp;") || query.contains("&amp;") {
                "&amp;"
            } else {
                "&"
            };
            format!("{separator}{query}")
        }
        _ => query.to_owned(),
    };
    let fragment = own_fragment.or(fragment);
    let fragment = fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
    format!("{address}{query}{fragment}")
}

/// Splits an address at its fragment; `&#39;` is an apostrophe in it.
fn split_fragment(address: &str) -> (&str, Option<&str>) {
    let hash = address
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|&at| !address[..at].ends_with('&'));
    match hash {
        Some(at) => (&address[..at], Some(&address[at + 1..])),
        None => (address, None),
    }
}

/// The sign of a query or fragment at the beginning of a text; a question mark alone ends a sentence.
fn link_sign(behind: &str) -> Option<char> {
    let mut characters = behind.chars();
    let sign = characters.next().filter(|c| matches!(c, '?' | '#'))?;
    characters
        .next()
        .is_some_and(|c| c.is_ascii_alphanumeric() || "_-/!%".contains(c))
        .then_some(sign)
}

fn holds_mark(text: &str) -> bool {
    text.contains([CSS_HASH, QUERY, FRAGMENT])
}

fn holds_mark_of_link(text: &str) -> bool {
    text.contains([QUERY, FRAGMENT])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(source: &str, login_url: &str) -> String {
        let marked = mark_login_links(source).replace("{{ login_url }}", login_url);
        resolve_marks(marked, login_url)
    }

    #[test]
    fn a_query_or_a_fragment_is_joined_to_the_login_url() {
        for (source, login_url, joined) in [
            (
                "{{ login_url }}?a=1",
                "https://x/login",
                "https://x/login?a=1",
            ),
            (
                "{{ login_url }}?a=1#t",
                "https://x/login",
                "https://x/login?a=1#t",
            ),
            (
                "{{ login_url }}?a=1&amp;b",
                "https://x/?o=2",
                "https://x/?o=2&amp;a=1&amp;b",
            ),
            (
                "{{ login_url }}?a=1",
                "https://x/#/login",
                "https://x/?a=1#/login",
            ),
            (
                "{{ login_url }}#t",
                "https://x/#/login",
                "https://x/#/login",
            ),
            ("{{ login_url }}#t", "https://x/?o=2", "https://x/?o=2#t"),
            ("{{ login_url }}?a#t", "https://x/?o#f", "https://x/?o&a#f"),
            ("{{ login_url }}? Yes", "https://x/?o", "https://x/?o? Yes"),
            ("{{ login_url }} ?a", "https://x/?o", "https://x/?o ?a"),
            (
                "'{{ login_url }}?a'?b",
                "https://x/?o",
                "'https://x/?o&a'?b",
            ),
        ] {
            assert_eq!(rendered(source, login_url), joined, "{source} {login_url}");
        }
    }

    #[test]
    fn an_id_in_a_style_sheet_is_no_comment() {
        let source = "<style>@media print{#a{b:c}}</style>{# x #}<STYLE>p{#b}</STYLE>";
        let marked = mark_css(source);

        assert_eq!(marked.len(), source.len());
        assert_eq!(marked.matches("{#").count(), 1);
        assert_eq!(restore_css(marked.into_owned()), source);
        for unchanged in ["<style>{# x #}</style>", "<style>{#a", "{# <style> #}"] {
            assert_eq!(mark_css(unchanged), unchanged);
        }
    }
}
