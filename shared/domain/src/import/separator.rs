//! The separator of a file's cells, which its header tells.

/// The separators, in the order in which equal counts are decided.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A text without its line `sep=;`, with the separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeparatedText<'t> {
    pub separator: u8,
    /// The text from the header on.
    pub text: &'t str,
    /// The lines before the header.
    pub skipped_lines: u64,
}

/// Finds the separator: that of a first line `sep=;`, or the one that the header has most of.
pub(super) fn find_separator(text: &str) -> SeparatedText<'_> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let named = first.trim_end_matches('\r').trim_matches('"');
    if let Some([separator]) = named
        .get(..4)
        .filter(|begin| begin.eq_ignore_ascii_case("sep="))
        .and_then(|_| named.as_bytes().get(4..))
    {
        return SeparatedText {
            separator: *separator,
            text: rest,
            skipped_lines: 1,
        };
    }

    SeparatedText {
        separator: most_frequent(text),
        text,
        skipped_lines: 0,
    }
}

fn most_frequent(text: &str) -> u8 {
    let mut counts = [0_usize; SEPARATORS.len()];
    let (mut is_quoted, mut is_empty) = (false, true);
    for byte in text.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted && !is_empty => break,
            _ if is_quoted => {}
            _ => {
                for (count, separator) in counts.iter_mut().zip(SEPARATORS) {
                    *count += usize::from(byte == separator);
                }
            }
        }
        is_empty = is_empty && byte.is_ascii_whitespace();
    }

    let most = counts.iter().max().copied().unwrap_or_default();
    SEPARATORS
        .into_iter()
        .zip(counts)
        .find(|(_, count)| *count == most)
        .map_or(b',', |(separator, _)| separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_the_separator_unless_a_line_names_it() {
        for (text, separator, skipped) in [
            ("login_id", b',', 0),
            ("login_id;email\na,b,c;d", b';', 0),
            ("login_id\temail\n", b'\t', 0),
            ("\"a;b;c\",d\n", b',', 0),
            ("sep=;\r\nlogin_id,x;email\n", b';', 1),
            ("\"sep=|\"\nlogin_id|email\n", b'|', 1),
        ] {
            let found = find_separator(text);
            assert_eq!(
                (found.separator, found.skipped_lines),
                (separator, skipped),
                "{text}"
            );
        }
    }
}
