use cssparser::Token;
use reinvite_domain::Rule;

use super::finding::{Defect, Repair};
use super::tokens::{StyleToken, StyleTokens};

/// Functions that load an image from an address, besides `url`.
const LOADING_FUNCTIONS: &[&str] = &[
    "alphaimageloader",
    "cross-fade",
    "element",
    "icmfilter",
    "image",
    "image-rect",
    "image-set",
    "src",
];

/// Functions whose strings are no addresses, in a function that loads an image.
const DESCRIBING_FUNCTIONS: &[&str] = &["format", "type", "tech"];

/// Functions whose result a style does not show.
const COMPUTED_FUNCTIONS: &[&str] = &["attr", "env", "if", "var"];

/// Addresses that load an image without telling anything but the mail's own text.
const IMAGE_PREFIXES: &[&str] = &[
    "https://",
    "data:image/png;base64,",
    "data:image/gif;base64,",
    "data:image/jpeg;base64,",
];

/// Whether a token loads something, or begins a function that does.
pub(super) fn loads(token: &Token<'_>) -> bool {
    match token {
        Token::UnquotedUrl(_) | Token::BadUrl(_) => true,
        Token::Function(name) => is_url(name) || is_loading_function(name),
        _ => false,
    }
}

/// Finds addresses that an image may not have.
pub(super) fn find_addresses(tokens: &StyleTokens<'_>) -> Vec<Defect> {
    let mut defects = Vec::new();

    for (index, token) in tokens.list.iter().enumerate() {
        match &token.token {
            Token::UnquotedUrl(address) => defects.extend(check_address(token, address)),
            Token::BadUrl(_) => {
                let rule = Rule::ImageAddress;
                defects.push(Defect::refused(token.range.clone(), rule));
            }
            Token::Function(name) if is_url(name) || is_loading_function(name) => {
                check_function(tokens, index, &mut defects);
            }
            _ => {}
        }
    }

    defects
}

fn is_url(name: &str) -> bool {
    name.eq_ignore_ascii_case("url")
}

fn is_loading_function(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = ["-webkit-", "-moz-", "-ms-", "-o-"]
        .iter()
        .find_map(|vendor| name.strip_prefix(vendor))
        .unwrap_or(&name);
    LOADING_FUNCTIONS.contains(&plain)
}

/// Checks the strings and the functions directly in a function that loads.
fn check_function(tokens: &StyleTokens<'_>, function: usize, defects: &mut Vec<Defect>) {
    let content = tokens.content(function);
    let mut index = content.start;

    while index < content.end {
        let token = &tokens.list[index];
        match &token.token {
            Token::QuotedString(address) => defects.extend(check_address(token, address)),
            Token::Function(name) => {
                let name = name.to_ascii_lowercase();
                let is_computed = COMPUTED_FUNCTIONS.contains(&&*name) || name.starts_with("--");
                if is_computed {
                    let range = tokens.block_range(index);
                    defects.push(Defect::refused(range, Rule::ImageAddress));
                }
                // A function that loads is checked by itself.
                if DESCRIBING_FUNCTIONS.contains(&&*name) || loads(&token.token) {
                    index = token.close;
                }
            }
            // `AlphaImageLoader(src=…)` of old browsers also reads an address without quotes.
            Token::Delim('=')
                if !is_string(tokens, index + 1, content.end)
                    && tokens
                        .previous_token(index)
                        .is_some_and(|name| name.is_ident("src")) =>
            {
                defects.push(Defect::refused(token.range.clone(), Rule::ImageAddress));
            }
            _ => {}
        }
        index += 1;
    }
}

fn is_string(tokens: &StyleTokens<'_>, from: usize, end: usize) -> bool {
    let value = tokens.list[from..end]
        .iter()
        .find(|token| !token.is_blank());
    value.is_some_and(|value| matches!(value.token, Token::QuotedString(_)))
}

fn check_address(token: &StyleToken<'_>, address: &str) -> Option<Defect> {
    let folded = address.to_ascii_lowercase();
    // An empty address loads nothing, and one of a fragment is the mail itself.
    if folded.is_empty() || folded.starts_with('#') {
        return None;
    }

    let is_hidden = folded.chars().any(|c| c.is_control() || c.is_whitespace());
    if !is_hidden
        && IMAGE_PREFIXES
            .iter()
            .any(|prefix| folded.starts_with(prefix))
    {
        return None;
    }
    if is_hidden || !folded.starts_with("http://") {
        return Some(Defect::refused(token.range.clone(), Rule::ImageAddress));
    }
    Some(Defect {
        range: token.range.clone(),
        rule: Rule::ImageOverHttp,
        repair: Some(Repair::UseHttps),
    })
}
