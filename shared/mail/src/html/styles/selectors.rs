use std::ops::Range;

use cssparser::Token;
use reinvite_domain::Rule;

use super::finding::Defect;
use super::tokens::{StyleToken, StyleTokens};

/// Attributes that hold a link.
const LINKS: &[&str] = &["href", "src"];

/// Attributes of text, which may hold a variable.
const TEXTS: &[&str] = &["alt", "aria-label", "dir", "lang", "title"];

/// The longest language that a selector names, such as `zh-Hant-TW`.
const MAX_LANGUAGE_BYTES: usize = 11;

/// Finds selectors that look at the value of an attribute that may hold a link or a variable.
///
/// Such a selector tells the value to another host when its rule loads an image. A square bracket
/// outside of a selector names a line of a grid, and looks at no value.
pub(super) fn find_selectors(tokens: &StyleTokens<'_>) -> Vec<Defect> {
    tokens
        .list
        .iter()
        .enumerate()
        .filter_map(|(index, token)| {
            let attribute = match &token.token {
                Token::SquareBracketBlock => read_attribute(tokens, tokens.content(index)),
                Token::Function(name) if name.eq_ignore_ascii_case("lang") => {
                    read_language(tokens, tokens.content(index))
                }
                _ => None,
            };
            let rule = Rule::SelectorReadsAttribute {
                attribute: attribute?,
            };
            Some(Defect::refused(tokens.block_range(index), rule))
        })
        .collect()
}

/// The attribute whose value the selector may not look at.
fn read_attribute(tokens: &StyleTokens<'_>, content: Range<usize>) -> Option<String> {
    let content: Vec<_> = tokens.list[content]
        .iter()
        .filter(|token| !token.is_blank())
        .collect();
    let operator = content
        .iter()
        .rposition(|token| is_operator(&token.token))?;

    let (names, value) = (&content[..operator], &content[operator..]);
    let attribute = names.iter().find_map(|token| match &token.token {
        Token::Ident(name) => guarded_name(name),
        _ => None,
    })?;

    let is_harmless = if LINKS.contains(&attribute) {
        is_scheme(value)
    } else {
        is_language_or_direction(attribute, value)
    };
    (!is_harmless || names.iter().any(|token| is_operator(&token.token)))
        .then(|| attribute.to_string())
}

/// The name of an attribute that may hold a link or a variable, with or without a namespace.
fn guarded_name(name: &str) -> Option<&'static str> {
    let local = name.rsplit(':').next().unwrap_or(name);
    LINKS
        .iter()
        .chain(TEXTS)
        .copied()
        .find(|guarded| local.eq_ignore_ascii_case(guarded))
}

fn is_operator(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Delim('=')
            | Token::IncludeMatch
            | Token::DashMatch
            | Token::PrefixMatch
            | Token::SuffixMatch
            | Token::SubstringMatch
    )
}

/// Whether the operator and the value compare the beginning of a link with a scheme.
///
/// A link that holds a secret begins with `https://`, so this tells nothing.
fn is_scheme(value: &[&StyleToken<'_>]) -> bool {
    let [operator, value, ..] = value else {
        return false;
    };
    let (Token::PrefixMatch, Token::Ident(text) | Token::QuotedString(text)) =
        (&operator.token, &value.token)
    else {
        return false;
    };

    let scheme = text
        .strip_suffix("://")
        .or_else(|| text.strip_suffix(":/"))
        .or_else(|| text.strip_suffix(':'))
        .unwrap_or(text);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
}

/// Whether the operator and the value compare the attribute with a language or a direction.
fn is_language_or_direction(attribute: &str, value: &[&StyleToken<'_>]) -> bool {
    let [operator, value, ..] = value else {
        return false;
    };
    let (Token::Delim('=') | Token::DashMatch, Token::Ident(text) | Token::QuotedString(text)) =
        (&operator.token, &value.token)
    else {
        return false;
    };

    let text = text.to_ascii_lowercase();
    match attribute {
        "dir" => ["ltr", "rtl", "auto"].contains(&&*text),
        "lang" => is_language(&text),
        _ => false,
    }
}

/// The attribute `lang`, if the selector `:lang(…)` compares it with something else than languages.
fn read_language(tokens: &StyleTokens<'_>, content: Range<usize>) -> Option<String> {
    let is_harmless = tokens.list[content].iter().all(|token| match &token.token {
        Token::Ident(text) | Token::QuotedString(text) => is_language(text),
        _ => true,
    });
    (!is_harmless).then(|| "lang".to_string())
}

/// Whether the text could be a language tag, and is too short for a secret.
fn is_language(text: &str) -> bool {
    let primary = text.split('-').next().unwrap_or_default();

    text.len() <= MAX_LANGUAGE_BYTES
        && (2..=3).contains(&primary.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
