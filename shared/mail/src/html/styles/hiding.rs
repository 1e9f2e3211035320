use cssparser::Token;

use super::decoded_text::DecodedText;
use super::tokens::StyleTokens;

/// Whether a style attribute hides its element, in Outlook or in every other mail program.
pub(crate) fn hides(raw_value: &str, is_outlook: bool) -> bool {
    hides_decoded(DecodedText::attribute(raw_value).as_str(), is_outlook)
}

/// As [`hides`], for a value without character references.
pub(crate) fn hides_decoded(style: &str, is_outlook: bool) -> bool {
    let tokens = StyleTokens::read(style);
    let has_value = |property, values: &[&str]| {
        winning_value(&tokens, property).is_some_and(|value| values.contains(&&*value))
    };

    has_value("display", &["none"])
        || has_value("visibility", &["hidden", "collapse"])
        || is_outlook && has_value("mso-hide", &["all"])
}

/// The keyword that a property has in the end: the last important one, or the last one.
fn winning_value(tokens: &StyleTokens<'_>, property: &str) -> Option<String> {
    let mut winner: Option<(bool, String)> = None;
    let mut index = 0;

    while let Some(start) = tokens.next_index(index) {
        let end = end_of_declaration(tokens, start);
        if let Some((is_important, value)) = read_declaration(tokens, start..end, property)
            && winner
                .as_ref()
                .is_none_or(|winner| is_important || !winner.0)
        {
            winner = Some((is_important, value));
        }
        index = end + 1;
    }

    winner.map(|(_, value)| value)
}

/// The index of the semicolon behind a declaration, or that of the end.
fn end_of_declaration(tokens: &StyleTokens<'_>, start: usize) -> usize {
    let mut index = start;
    while let Some(token) = tokens.list.get(index) {
        if token.token == Token::Semicolon {
            break;
        }
        index = tokens.behind(index);
    }
    index
}

/// Whether the declaration of the property is important, and its keyword.
fn read_declaration(
    tokens: &StyleTokens<'_>,
    declaration: std::ops::Range<usize>,
    property: &str,
) -> Option<(bool, String)> {
    let parts: Vec<_> = tokens.list[declaration]
        .iter()
        .filter(|token| !token.is_blank())
        .collect();
    let [name, colon, value, importance @ ..] = &*parts else {
        return None;
    };

    let Token::Ident(value) = &value.token else {
        return None;
    };
    let is_important = match importance {
        [] => false,
        [mark, word] => mark.token == Token::Delim('!') && word.is_ident("important"),
        _ => return None,
    };
    (name.is_ident(property) && colon.token == Token::Colon)
        .then(|| (is_important, value.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_hides_however_it_is_written() {
        for (style, is_hidden) in [
            ("display:none", true),
            ("color:red; DISPLAY : None !important; width:1px", true),
            ("d\\69 splay:n&#111;ne", true),
            ("dis/**/play:none", false),
            ("display/**/:/**/none", true),
            ("display:none;display:block", false),
            ("display:none!important;display:block", true),
            ("display:block!important;display:none", false),
            ("visibility:hidden", true),
            ("visibility:visible", false),
            ("mso-hide:all", true),
            ("mso-hide:none;display:block", false),
            ("content:'display:none'", false),
            ("x(;display:none)", false),
            ("", false),
        ] {
            assert_eq!(hides(style, true), is_hidden, "{style}");
        }
        assert!(!hides("mso-hide:all", false));
    }
}
