//! Text of a style that another reader could take for the end of the style, or of a part of it.

use std::ops::Range;

use cssparser::Token;
use reinvite_domain::Rule;

use super::finding::Defect;
use super::tokens::{StyleToken, StyleTokens};

const COMMENT_START: &str = "<!--";
const COMMENT_END: &str = "-->";

/// Finds markup in a style sheet that a mail program may read as HTML.
///
/// Old editors wrap a whole sheet in a comment of HTML, and people name elements in comments of CSS.
pub(super) fn find_markup(css: &str, tokens: &StyleTokens<'_>) -> Vec<Defect> {
    let mut defects = Vec::new();

    for (at, _) in css.match_indices('<') {
        let behind = &css[at + 1..];
        let is_begun = behind.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        if !is_begun {
            continue;
        }
        if is_element_name(behind) {
            // A sheet begins in a sheet where the first one is not closed.
            if begins_sheet(behind) && !is_in_comment(tokens, at) {
                defects.push(Defect::refused(at..at + 1, Rule::UnclosedMarkup));
            }
            continue;
        }

        if css[at..].starts_with(COMMENT_START) {
            defects.extend(check_wrapping_comment(css, at));
        } else {
            defects.push(Defect::forbidden(at..at + 1, "<"));
        }
    }

    defects
}

/// Finds strings, comments and addresses that are not closed.
///
/// Some mail programs put all sheets of a mail together, so the next one would be read differently.
pub(super) fn find_unclosed(css: &str, tokens: &StyleTokens<'_>) -> Vec<Defect> {
    tokens
        .list
        .iter()
        .filter(|token| !is_closed(token, &css[token.range.clone()]))
        .map(|token| Defect::refused(token.range.clone(), Rule::UnclosedMarkup))
        .collect()
}

/// Finds strings that end with their line.
pub(super) fn find_broken_strings(tokens: &StyleTokens<'_>) -> Vec<Defect> {
    tokens
        .list
        .iter()
        .filter(|token| matches!(token.token, Token::BadString(_)))
        .map(|token| Defect::refused(token.range.clone(), Rule::UnclosedMarkup))
        .collect()
}

/// Whether the text behind `<` names an element, as in `<td>` or `</a>`.
fn is_element_name(behind: &str) -> bool {
    let name = behind.strip_prefix('/').unwrap_or(behind);
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != ':');
    length.is_some_and(|length| {
        let end = name[length..].trim_start_matches([' ', '/']);
        length > 0 && end.starts_with('>')
    })
}

/// Whether the text behind `<` names the element of a style sheet.
fn begins_sheet(behind: &str) -> bool {
    let name = behind.split(|c: char| !c.is_ascii_alphanumeric()).next();
    name.is_some_and(|name| name.eq_ignore_ascii_case("style"))
}

fn is_in_comment(tokens: &StyleTokens<'_>, offset: usize) -> bool {
    let around = tokens
        .list
        .iter()
        .find(|token| token.range.contains(&offset));
    around.is_some_and(|token| matches!(token.token, Token::Comment(_)))
}

/// Checks that the comment that begins at `at` is closed before the next one, and is no condition.
fn check_wrapping_comment(css: &str, at: usize) -> Option<Defect> {
    let range: Range<usize> = at..at + COMMENT_START.len();
    let behind = &css[range.end..];
    if behind.starts_with(['[', '>', '-']) {
        return Some(Defect::forbidden(range, COMMENT_START));
    }

    let next = behind.find(COMMENT_START).unwrap_or(behind.len());
    let is_closed = behind[..next].contains(COMMENT_END);
    (!is_closed).then(|| Defect::refused(range, Rule::UnclosedMarkup))
}

fn is_closed(token: &StyleToken<'_>, text: &str) -> bool {
    match &token.token {
        Token::QuotedString(_) => {
            let content = text.strip_suffix(['"', '\'']).unwrap_or_default();
            let backslashes = content.len() - content.trim_end_matches('\\').len();
            !content.is_empty() && text.ends_with(&content[..1]) && backslashes.is_multiple_of(2)
        }
        Token::Comment(_) => text.len() >= "/**/".len() && text.ends_with("*/"),
        Token::UnquotedUrl(_) | Token::BadUrl(_) => text.ends_with(')'),
        _ => true,
    }
}
