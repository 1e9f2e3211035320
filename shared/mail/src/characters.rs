//! Which characters reach a mail. A user may choose their own display name, so a name may try to add a header, a
//! paragraph, or text that reads backwards.

use std::borrow::Cow;

use serde::Serializer;

/// The value as one line: control characters, line separators and bidirectional overrides are replaced by a space,
/// several in a row by one. Other blanks stay, for they may be part of a name (U+3000 in a Japanese one).
pub(crate) fn single_line(value: &str) -> Cow<'_, str> {
    if !value.contains(breaks_a_line) {
        return Cow::Borrowed(value);
    }
    let words: Vec<&str> = value
        .split(breaks_a_line)
        .filter(|word| !word.is_empty())
        .collect();
    Cow::Owned(words.join(" "))
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

/// The text with every line ended by `\n`, and without control characters other than that and the tab.
pub(crate) fn lines(text: String) -> String {
    if !may_hold_control_characters(&text) {
        return text;
    }
    let mut lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    lines
}

/// Looks at bytes, and at all of them, which the compiler turns into a few wide instructions: decoding the characters
/// of every mail took twice as long as rendering it. 0xC2 begins U+0080 to U+00BF in UTF-8.
fn may_hold_control_characters(text: &str) -> bool {
    let is_suspect =
        |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte == 0x7f || byte == 0xc2;
    text.bytes()
        .fold(false, |found, byte| found | is_suspect(byte))
}

/// Whether a reader, or a mail server, would begin a new line here.
pub(crate) fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Control characters, the format characters of UAX #9 that turn or isolate the text that follows, and the noncharacters
/// around stand-ins. The marks U+200E and U+200F are not among them: they are harmless and right in a mixed name.
fn breaks_a_line(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || is_line_break(c) || turns || matches!(c, '\u{fdd0}'..='\u{fdef}')
}
