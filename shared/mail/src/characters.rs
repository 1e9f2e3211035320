//! Rules for characters in mails.
//!
//! Users may choose their own display name, so a name may try to add a header, a paragraph, or text
//! that reads backwards.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reinvite_domain::text::is_line_break;
use serde::Serializer;

/// FIRST STRONG ISOLATE: the direction of the text that follows is its own (UAX #9).
const ISOLATE: char = '\u{2068}';

/// POP DIRECTIONAL ISOLATE: ends an isolate.
const END_OF_ISOLATE: char = '\u{2069}';

/// Turns a value into one line.
///
/// A run of control characters, line separators and bidirectional overrides becomes one space. Other
/// blanks stay, because they may be part of a name (U+3000 in a Japanese one).
pub(crate) fn single_line(value: &str) -> Cow<'_, str> {
    with_spaces_for(value, is_replaced)
}

/// Turns a rendered subject into one line, and keeps the isolates around its values.
pub(crate) fn subject_line(subject: &str) -> Cow<'_, str> {
    with_spaces_for(subject, |c| {
        is_replaced(c) && !matches!(c, ISOLATE | END_OF_ISOLATE)
    })
}

fn with_spaces_for(value: &str, is_replaced: fn(char) -> bool) -> Cow<'_, str> {
    if !value.contains(is_replaced) {
        return Cow::Borrowed(value);
    }

    let words: Vec<&str> = value
        .split(is_replaced)
        .filter(|word| !word.is_empty())
        .collect();
    Cow::Owned(words.join(" "))
}

/// Isolates a value that has text from right to left, so that it cannot reorder the line around it
/// (UAX #9, section 2.7).
pub(crate) fn isolated(value: String) -> String {
    if value.contains(is_right_to_left) {
        format!("{ISOLATE}{value}{END_OF_ISOLATE}")
    } else {
        value
    }
}

/// Whether the character is in a script that is written from right to left, or a mark of that
/// direction. The ranges are those in which Unicode puts such scripts.
fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}'
            | '\u{200f}'
            | '\u{fb1d}'..='\u{fdcf}'
            | '\u{fdf0}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefe}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

/// Serialises a text through [`single_line`].
pub(crate) fn serialize_single_line<S: Serializer>(
    value: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&single_line(value))
}

/// Serialises a list of texts through [`single_line`].
pub(crate) fn serialize_single_lines<S: Serializer>(
    values: &[String],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(|value| single_line(value)))
}

/// Serialises texts by name through [`single_line`].
pub(crate) fn serialize_single_line_values<S: Serializer>(
    values: &BTreeMap<String, String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        values
            .iter()
            .map(|(name, value)| (name, single_line(value))),
    )
}

/// Ends every line with `\n`, and removes control characters other than that and the tab.
pub(crate) fn normalise_lines(text: String) -> String {
    if !may_hold_control_characters(&text) {
        return text;
    }

    let mut lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    lines
}

/// Scans bytes without stopping early, which the compiler turns into a few wide instructions.
///
/// Decoding the characters of every mail took twice as long as rendering it. The byte 0xC2 begins
/// U+0080 to U+00BF in UTF-8.
fn may_hold_control_characters(text: &str) -> bool {
    let is_suspect =
        |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte == 0x7f || byte == 0xc2;
    text.bytes()
        .fold(false, |found, byte| found | is_suspect(byte))
}

/// Whether [`single_line`] replaces the character.
///
/// It replaces control characters, the format characters of UAX #9 that turn or isolate the text that
/// follows, and the noncharacters that delimit placeholders. The marks U+200E and U+200F stay: they
/// are harmless, and correct in a name of two scripts.
fn is_replaced(c: char) -> bool {
    let turns_text = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}');
    c.is_control() || is_line_break(c) || turns_text || is_noncharacter
}
