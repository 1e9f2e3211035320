//! Whether a tag can be parsed by itself.

use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

use super::bounds::find_exceeded_bound;
use super::literals::outside_literals;
use super::tags::{MarkKind, is_whitespace_control};

/// Whether the engine can parse a tag of a source, apart from the block that it opens, divides or ends.
pub(crate) fn is_well_formed(tag: &str, inner: &str, kind: MarkKind) -> bool {
    if find_exceeded_bound(tag, SyntaxConfig::default()).is_some() {
        return false;
    }
    if kind == MarkKind::Expression {
        return parses(tag);
    }

    let keyword = keyword(inner);
    match keyword {
        "elif" => parses(&format!("{{% if 1 %}}{tag}{{% endif %}}")),
        "set" if !is_block_set(inner) => parses(tag),
        "else" => is_alone(inner, keyword),
        _ if keyword.starts_with("end") => is_alone(inner, keyword),
        _ => parses(tag) || parses(&format!("{tag}{{% end{keyword} %}}")),
    }
}

/// The first word of a statement.
pub(crate) fn keyword(inner: &str) -> &str {
    let inner = without_control(inner);
    let end = inner.find(|c: char| !c.is_alphanumeric() && c != '_');
    &inner[..end.unwrap_or(inner.len())]
}

/// Whether a `set` takes its value from the block behind it. The value of a filter stands in brackets.
pub(crate) fn is_block_set(inner: &str) -> bool {
    let mut depth = 0;

    outside_literals(inner).all(|(_, character)| {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        character != '=' || depth > 0
    })
}

fn parses(source: &str) -> bool {
    parse(source, "", SyntaxConfig::default()).is_ok()
}

/// Whether a statement is its keyword and nothing else.
fn is_alone(inner: &str, keyword: &str) -> bool {
    let inner = without_control(inner);
    let inner = inner.strip_suffix(is_whitespace_control).unwrap_or(inner);
    inner.trim_ascii() == keyword
}

fn without_control(inner: &str) -> &str {
    let inner = inner.strip_prefix(is_whitespace_control).unwrap_or(inner);
    inner.trim_ascii_start()
}
