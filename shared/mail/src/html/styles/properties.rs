use cssparser::Token;
use reinvite_domain::Rule;

use super::finding::Defect;
use super::loading::find_addresses;
use super::tokens::{StyleToken, StyleTokens};

/// Properties that run or open something in old browsers.
const FORBIDDEN_PROPERTIES: &[&str] = &["behavior", "-ms-behavior", "-moz-binding", "-o-link"];

/// Functions that run code, or choose by the value of an attribute, by a link or by a text.
const FORBIDDEN_FUNCTIONS: &[&str] = &[
    "contains",
    "expression",
    "if",
    "link-href",
    "link-to",
    "local-link",
    "url-pattern",
];

/// Names that old browsers also read with a comment in them, or with a blank before the bracket.
const SPLIT_NAMES: &[&str] = &["expression", "url"];

/// Filters of old browsers that load a file, within a string too.
const LOADING_FILTERS: &[&str] = &["alphaimageloader", "icmfilter"];

/// The pieces of a name that is split by comments. The longest name has ten letters.
const MAX_PIECES: usize = 20;

/// Finds properties and functions that no style may hold.
pub(super) fn find_properties(tokens: &StyleTokens<'_>) -> Vec<Defect> {
    let mut defects = Vec::new();
    let mut declaration = Declaration::default();

    for (index, token) in tokens.list.iter().enumerate() {
        declaration.follow(tokens, index);

        match &token.token {
            Token::Ident(name) => {
                let name = name.to_ascii_lowercase();
                let is_forbidden = FORBIDDEN_PROPERTIES.contains(&&*name) && is_used(tokens, index);
                if is_forbidden || name == "mso-element" && begins_field(tokens, index) {
                    defects.push(Defect::forbidden(token.range.clone(), &name));
                }
                if is_before_parenthesis(tokens, index) {
                    defects.extend(check_split_name(tokens, index));
                }
            }
            Token::Function(name) => {
                let name = name.to_ascii_lowercase();
                let is_attribute = name == "attr" && !declaration.is_content();
                if FORBIDDEN_FUNCTIONS.contains(&&*name) || is_attribute {
                    let range = token.range.clone();
                    defects.push(Defect::forbidden(range, &format!("{name}(")));
                } else if is_behind_comment(tokens, index) {
                    defects.extend(check_split_name(tokens, index));
                }
            }
            Token::QuotedString(text) => defects.extend(check_filter(token, text)),
            _ => {}
        }
    }

    defects
}

/// The declaration around a token.
struct Declaration<'a> {
    /// The property of each open block, the innermost last.
    properties: Vec<Option<&'a str>>,
    /// Whether a property may begin.
    is_start: bool,
}

impl Default for Declaration<'_> {
    fn default() -> Self {
        Self {
            properties: vec![None],
            is_start: true,
        }
    }
}

impl<'a> Declaration<'a> {
    /// Takes in the token at the index.
    fn follow(&mut self, tokens: &'a StyleTokens<'_>, index: usize) {
        let token = &tokens.list[index];
        if token.is_blank() {
            return;
        }
        let is_start = std::mem::take(&mut self.is_start);

        match &token.token {
            Token::CurlyBracketBlock => self.properties.push(None),
            Token::CloseCurlyBracket => {
                self.properties.pop();
            }
            Token::Semicolon => {}
            Token::Ident(name) if is_start && is_before_colon(tokens, index) => {
                return self.set(Some(name));
            }
            _ => return,
        }
        self.is_start = true;
        if token.token != Token::CurlyBracketBlock {
            self.set(None);
        }
    }

    fn set(&mut self, property: Option<&'a str>) {
        // A bracket that closes nothing leaves no block.
        self.properties.pop();
        self.properties.push(property);
    }

    /// Whether the declaration writes text into the mail.
    fn is_content(&self) -> bool {
        let property = self.properties.last().copied().flatten();
        property.is_some_and(|property| property.eq_ignore_ascii_case("content"))
    }
}

fn is_before_colon(tokens: &StyleTokens<'_>, index: usize) -> bool {
    let next = tokens.next_token(index + 1);
    next.is_some_and(|next| next.token == Token::Colon)
}

fn is_before_parenthesis(tokens: &StyleTokens<'_>, index: usize) -> bool {
    let next = tokens.next_token(index + 1);
    next.is_some_and(|next| next.token == Token::ParenthesisBlock)
}

fn is_behind_comment(tokens: &StyleTokens<'_>, index: usize) -> bool {
    let before = index
        .checked_sub(1)
        .map(|before| &tokens.list[before].token);
    matches!(before, Some(Token::Comment(_)))
}

/// Whether a forbidden property is set, to something else than what Word writes for its drawings.
fn is_used(tokens: &StyleTokens<'_>, index: usize) -> bool {
    // A class may have the name of a property.
    let before = index
        .checked_sub(1)
        .map(|before| &tokens.list[before].token);
    if before == Some(&Token::Delim('.')) || !is_before_colon(tokens, index) {
        return false;
    }

    let colon = tokens.next_index(index + 1);
    let value = colon.and_then(|colon| tokens.next_index(colon + 1));
    !value.is_some_and(|value| is_vml(tokens, value))
}

/// Whether the property at the index makes its element the beginning or the end of a field of Word.
///
/// Word runs the text of a field: it may load the address that stands in it.
fn begins_field(tokens: &StyleTokens<'_>, index: usize) -> bool {
    let colon = tokens.next_index(index + 1);
    let value = colon.and_then(|colon| tokens.next_token(colon + 1));
    value.is_some_and(|value| match &value.token {
        Token::Ident(name) => name.to_ascii_lowercase().starts_with("field"),
        _ => false,
    })
}

/// Whether the value is `url(#default#VML)` and nothing else.
fn is_vml(tokens: &StyleTokens<'_>, value: usize) -> bool {
    let is_vml = match &tokens.list[value].token {
        Token::UnquotedUrl(address) => address.eq_ignore_ascii_case("#default#VML"),
        Token::Function(name) if name.eq_ignore_ascii_case("url") => {
            let mut content = tokens.list[tokens.content(value)].iter();
            content.all(|token| match &token.token {
                Token::QuotedString(address) => address.eq_ignore_ascii_case("#default#VML"),
                _ => token.is_blank(),
            })
        }
        _ => false,
    };

    let next = tokens.next_token(tokens.behind(value));
    let is_end = next.is_none_or(|next| {
        matches!(
            next.token,
            Token::Semicolon | Token::CloseCurlyBracket | Token::Delim('!')
        )
    });
    is_vml && is_end
}

/// Refuses a name in pieces, which makes a function for old browsers only.
fn check_split_name(tokens: &StyleTokens<'_>, last: usize) -> Option<Defect> {
    let mut name = String::new();
    let mut first = last;

    for index in (0..=last).rev().take(MAX_PIECES) {
        match &tokens.list[index].token {
            Token::Ident(piece) | Token::Function(piece) => {
                name.insert_str(0, &piece.to_ascii_lowercase());
            }
            Token::Comment(_) => continue,
            _ => break,
        }
        first = index;
    }

    let range = tokens.list[first].range.start..tokens.list[last].range.end;
    SPLIT_NAMES
        .contains(&&*name)
        .then(|| Defect::forbidden(range, &format!("{name}(")))
}

/// Checks a filter that is written as a string.
fn check_filter(token: &StyleToken<'_>, text: &str) -> Option<Defect> {
    let folded = text.to_ascii_lowercase();
    let is_loading = LOADING_FILTERS.iter().any(|filter| folded.contains(filter));
    if !is_loading || find_addresses(&StyleTokens::read(text)).is_empty() {
        return None;
    }

    Some(Defect::refused(token.range.clone(), Rule::ImageAddress))
}
