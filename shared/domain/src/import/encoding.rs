//! The text of a file, whatever encoding it is in.

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_8, UTF_16LE, WINDOWS_1252};

use super::line_error::LineError;
use crate::Rule;

/// The first bytes of a workbook (ZIP), and of one of the versions of Excel before 2007.
const SPREADSHEETS: [&[u8]; 2] = [b"PK\x03\x04", b"\xD0\xCF\x11\xE0"];

/// An encoding that a request names, such as `shift_jis` or `windows-1252`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

impl Charset {
    /// Finds an encoding by a label of the Encoding Standard, or by the name that Windows gives `Shift_JIS`.
    pub fn parse(label: &str) -> Result<Self, Rule> {
        let is_of_windows = ["cp932", "ms932"].contains(&&*label.trim().to_ascii_lowercase());
        let label = if is_of_windows { "shift_jis" } else { label };
        Encoding::for_label(label.as_bytes())
            .map(Self)
            .ok_or_else(|| Rule::UnknownValue {
                known: ["utf-8", "utf-16le", "shift_jis", "euc-jp", "windows-1252"]
                    .map(String::from)
                    .into(),
            })
    }
}

/// The text of a file, and the encoding that it was in.
#[derive(Clone, Debug)]
pub(super) struct DecodedText {
    pub text: String,
    pub encoding: &'static Encoding,
}

/// Decodes a file by its byte order mark, by the encoding that the request names, or as UTF-8.
///
/// The text begins without a mark, and its lines end in LF or CRLF.
pub(super) fn decode(file: &[u8], charset: Option<Charset>) -> Result<DecodedText, LineError> {
    if SPREADSHEETS.iter().any(|begin| file.starts_with(begin)) {
        return Err(LineError::of_line(1, Rule::NotCsv));
    }

    // API Gateway puts U+FFFD in place of what is not UTF-8 before the function sees it.
    if std::str::from_utf8(file).is_ok_and(|text| text.contains('\u{FFFD}')) {
        let text = String::from_utf8_lossy(file);
        return Err(not_decodable(&text, None));
    }

    let encoding = match (Encoding::for_bom(file), charset) {
        (Some((encoding, _)), _) | (None, Some(Charset(encoding))) => encoding,
        (None, None) => UTF_8,
    };
    let (text, has_errors) = encoding.decode_with_bom_removal(file);
    if has_errors || text.contains('\u{FFFD}') {
        let probable = if encoding == UTF_8 { guess(file) } else { None };
        return Err(not_decodable(&text, probable));
    }
    if encoding == UTF_8 && text.contains('\0') {
        return Err(LineError::of_line(
            1,
            Rule::Encoding {
                charset: Some(UTF_16LE.name().into()),
            },
        ));
    }
    Ok(DecodedText {
        text: with_line_feeds(&text),
        encoding,
    })
}

fn not_decodable(text: &str, probable: Option<&'static Encoding>) -> LineError {
    let before = text.split('\u{FFFD}').next().unwrap_or_default();
    let line = line_count(before);
    let charset = probable.map(|encoding| encoding.name().to_ascii_lowercase());
    LineError::of_line(line, Rule::Encoding { charset })
}

fn line_count(text: &str) -> u64 {
    let text = with_line_feeds(text);
    let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
    u64::try_from(breaks).unwrap_or_default() + 1
}

/// Guesses the encoding of a file that is not UTF-8: a Japanese one if all of it decodes to Japanese.
fn guess(file: &[u8]) -> Option<&'static Encoding> {
    let is_japanese = |encoding: &&'static Encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(file);
        text.is_some_and(|text| is_mostly_japanese(&text))
    };
    [SHIFT_JIS, EUC_JP]
        .into_iter()
        .find(is_japanese)
        .or(Some(WINDOWS_1252))
}

/// Whether at least half of the letters beyond ASCII are kana or common kanji. Half-width kana do not
/// count: bytes of European texts decode to them.
fn is_mostly_japanese(text: &str) -> bool {
    let is_common = |letter: &char| matches!(letter, '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF01}'..='\u{FF5E}');
    let letters: Vec<char> = text.chars().filter(|letter| !letter.is_ascii()).collect();
    let common = letters.iter().filter(|letter| is_common(letter)).count();
    2 * common >= letters.len()
}

/// Writes a line end that is CR alone as LF.
fn with_line_feeds(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_alone = character == '\r' && characters.peek() != Some(&'\n');
        lines.push(if is_alone { '\n' } else { character });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_found_by_the_name_that_windows_gives_it() {
        for label in ["cp932", "MS932", "Shift_JIS", "windows-31j"] {
            assert_eq!(Charset::parse(label), Ok(Charset(SHIFT_JIS)), "{label}");
        }
    }

    fn text(file: &[u8], charset: Option<Charset>) -> String {
        decode(file, charset).unwrap().text
    }

    fn rule(file: &[u8], charset: Option<&str>) -> Rule {
        let charset = charset.map(|label| Charset::parse(label).unwrap());
        decode(file, charset).unwrap_err().rule
    }

    #[test]
    fn a_file_in_another_encoding_is_refused_with_the_one_it_probably_has() {
        let probably = |charset: &str| Rule::Encoding {
            charset: Some(charset.into()),
        };
        assert_eq!(rule(b"a\n\x8eR\x93c", None), probably("shift_jis"));
        assert_eq!(rule(b"a\nM\xFCller", None), probably("windows-1252"));
        let replaced = "a\nJ\u{FFFD}rgen".as_bytes();
        assert_eq!(rule(replaced, None), Rule::Encoding { charset: None });
        assert_eq!(rule(b"PK\x03\x04...", None), Rule::NotCsv);
    }

    #[test]
    fn marks_and_names_choose_the_encoding_and_lines_end_in_line_feeds() {
        let utf_16: Vec<u8> = "\u{FEFF}山\r\n田"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(text(&utf_16, None), "山\r\n田");
        assert_eq!(text(b"\xEF\xBB\xBFa\rb", None), "a\nb");
        let named = Charset::parse("Shift_JIS").unwrap();
        assert_eq!(text(b"\x8eR\x93c", Some(named)), "山田");
        assert!(Charset::parse("klingon").is_err());
    }
}
