//! Detects a placeholder that a mail program would take for a part of an address.
//!
//! A mail program makes a link of text that looks like an address, and scanners of mails follow the
//! link: the secret would go to its host.

use crate::foreign_address::readable;
use crate::placeholder::placeholder_ranges;

/// Whether text around a placeholder makes an address of both, as the most generous program reads it.
pub(crate) fn is_secret_in_address(text: &str) -> bool {
    let text = readable(text).replace('\\', "/");
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>'))
        .any(|word| {
            let placeholders = placeholder_ranges(word);
            let last_start = placeholders.iter().map(|range| range.start).max();

            placeholders
                .iter()
                .any(|range| continues_as_address(&word[range.end..]))
                || last_start.is_some_and(|start| begins_address(&word[..start]))
        })
}

/// Whether an address begins in the text before: by its scheme, or as `example.com/`.
fn begins_address(before: &str) -> bool {
    let folded = before.to_lowercase();
    let has_scheme = ["://", "www.", "mailto:"]
        .iter()
        .any(|sign| folded.contains(sign));

    has_scheme
        || folded.starts_with("//")
        || folded
            .rfind(['/', '?', '#'])
            .is_some_and(|path| contains_dotted_name(&folded[..path]))
}

/// Whether the text behind makes an address of it: `@example.com` or `.example.com`.
fn continues_as_address(behind: &str) -> bool {
    let end = behind
        .find(|c: char| !c.is_alphanumeric() && !"-._~%+:!$&'*=".contains(c))
        .unwrap_or(behind.len());
    behind[end..].starts_with('@') || contains_dotted_name(&format!("x{}", &behind[..end]))
}

/// Whether a dot stands between two letters or digits.
fn contains_dotted_name(text: &str) -> bool {
    text.match_indices('.').any(|(at, _)| {
        text[..at].ends_with(char::is_alphanumeric)
            && text[at + 1..].starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placeholder::INVITATION_URL;

    #[test]
    fn a_secret_beside_an_address_differs_from_one_within() {
        for apart in [
            "Password: #",
            "Password:#.",
            "(#)",
            "<#>",
            "仮パスワード：#。9.5まで",
            "ID/PW:#",
            "Log in at https://example.com/ with #, please",
            "a.b@example.com #",
            "Dr.Smith:#",
            "終わり。#",
            "OK。#。次へ",
        ] {
            let text = apart.replace('#', INVITATION_URL);
            assert!(!is_secret_in_address(&text), "{apart}");
        }

        for within in [
            "https://example.com/#",
            "HTTPS://example.com/?a=(#)",
            "x\nwww.example#",
            "example.com?#",
            "mailto:#",
            "#@example.com",
            "#.example.com",
            "#-x.example.com",
            "# https://example.com/#",
            "#,#@example.com",
            "#\u{200b}.example.com",
            "#\u{ad}@example.com",
            "#＠example.com",
            "example．com/#",
            "example。com/#",
            "https：//example/#",
            "\\\\example.com\\#",
            "https:\\\\example\\#",
        ] {
            let text = within.replace('#', INVITATION_URL);
            assert!(is_secret_in_address(&text), "{within}");
        }
    }
}
