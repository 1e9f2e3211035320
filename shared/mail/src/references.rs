//! Character references of HTML, as far as an address could be written with them.

/// A text with the characters that its references stand for: any by its number, and by name the blank and the signs of an
/// address. Other names stay: they are of no use in one.
pub(crate) fn read(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) =
            reference(&rest[1..]).map_or(('&', 1), |(character, length)| (character, 1 + length));
        text.push(character);
        rest = &rest[length..];
    }
    text + rest
}

/// Whether a reference is open at the end, so that it would take in what follows.
pub(crate) fn is_open(html: &str) -> bool {
    html.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '#')
        .ends_with('&')
}

/// The character that a reference, which begins behind its `&`, stands for; and how long the reference is from there.
fn reference(behind: &str) -> Option<(char, usize)> {
    let Some(number) = behind.strip_prefix('#') else {
        let (name, _) = behind.split_once(';')?;
        let character = match name {
            "nbsp" => '\u{a0}',
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
        return Some((character, name.len() + 1));
    };
    let (digits, radix) = number
        .strip_prefix(['x', 'X'])
        .map_or((number, 10), |digits| (digits, 16));
    let count = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());
    let character = u32::from_str_radix(&digits[..count], radix)
        .ok()
        .and_then(char::from_u32)?;
    // The semicolon may be missing.
    let length =
        behind.len() - digits.len() + count + usize::from(digits[count..].starts_with(';'));
    Some((character, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_open_until_it_can_no_longer_go_on() {
        for (html, open) in [
            ("&", true),
            ("a&#x", true),
            ("&et", true),
            ("&amp;", false),
            ("& b", false),
            ("b", false),
        ] {
            assert_eq!(is_open(html), open, "{html}");
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
            assert_eq!(read(html), text);
        }
    }
}
