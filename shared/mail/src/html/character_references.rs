//! Character references of HTML, as far as an address could be written with them.

/// The length of the longest name that is decoded.
const LONGEST_NAME: usize = "period".len();

/// Decodes the character references of some HTML.
///
/// It decodes every numeric reference, and the named ones for the blank and the signs of an address.
/// Other names stay, because no address can be written with them.
pub(crate) fn decode_references(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;

    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];

        let (character, length) = parse_reference(rest).unwrap_or(('&', 0));
        text.push(character);
        rest = &rest[length..];
    }

    text + rest
}

/// Whether the HTML ends within a reference, which would take in the text that follows.
pub(crate) fn ends_in_open_reference(html: &str) -> bool {
    html.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '#')
        .ends_with('&')
}

/// The character of the reference whose `&` precedes the text, and the reference's length in bytes.
fn parse_reference(text: &str) -> Option<(char, usize)> {
    match text.strip_prefix('#') {
        Some(number) => {
            parse_number(number).map(|(character, length)| (character, "#".len() + length))
        }
        None => parse_name(text),
    }
}

fn parse_name(text: &str) -> Option<(char, usize)> {
    let end = text
        .bytes()
        .take(LONGEST_NAME + 1)
        .position(|byte| byte == b';')?;
    let name = &text[..end];
    let character = match name {
        "nbsp" => '\u{a0}',
        "shy" => '\u{ad}',
        "bsol" => '\\',
        "zwj" => '\u{200d}',
        "zwnj" => '\u{200c}',
        "lt" => '<',
        "gt" => '>',
        "period" => '.',
        "sol" => '/',
        "colon" => ':',
        "commat" => '@',
        "quest" => '?',
        "num" => '#',
        _ => return None,
    };

    Some((character, name.len() + ";".len()))
}

fn parse_number(text: &str) -> Option<(char, usize)> {
    let (digits, radix) = text
        .strip_prefix(['x', 'X'])
        .map_or((text, 10), |digits| (digits, 16));
    let count = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());

    let character = u32::from_str_radix(&digits[..count], radix)
        .ok()
        .and_then(char::from_u32)?;

    // Browsers accept a number without its semicolon.
    let semicolon = usize::from(digits[count..].starts_with(';'));
    Some((character, text.len() - digits.len() + count + semicolon))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_open_until_it_can_no_longer_go_on() {
        for (html, is_open) in [
            ("&", true),
            ("a&#x", true),
            ("&et", true),
            ("&amp;", false),
            ("& b", false),
            ("b", false),
        ] {
            assert_eq!(ends_in_open_reference(html), is_open, "{html}");
        }
    }

    #[test]
    fn an_address_is_read_however_it_is_written() {
        for (html, text) in [
            ("a &amp; b & c &", "a &amp; b & c &"),
            ("https&#58;&#x2f;&#X2F&sol;a&period;b", "https:///a.b"),
            ("&nbsp;&lt;&gt;&commat;&num;&quest;&colon;", "\u{a0}<>@#?:"),
            (
                "&#; &#x; &#xg &#99999999999; &#xd800; &sol &日本;",
                "&#; &#x; &#xg &#99999999999; &#xd800; &sol &日本;",
            ),
        ] {
            assert_eq!(decode_references(html), text);
        }
    }
}
