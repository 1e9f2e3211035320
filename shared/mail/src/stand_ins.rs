//! Stand-ins that the template engine gets instead of the values that differ between recipients.
//!
//! A mail that is rendered with stand-ins is the same for every recipient, but for the values that
//! replace them.

use std::ops::Range;

use crate::note_marks::is_note_mark;
use crate::placeholder::placeholder_ranges;

/// The beginning of a stand-in, before its number.
///
/// The noncharacters of Unicode around the number appear in no value. The letter in front makes a tag
/// of the stand-in behind a `<`, as the first letter of a value does.
const START: &str = "x\u{fdd5}";

/// The end of a stand-in.
const END: char = '\u{fdd6}';

/// A piece of a rendered text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that every recipient gets.
    Text(String),
    /// The stand-in with this number.
    Value(usize),
    /// The placeholder of the secret.
    Secret,
}

/// The stand-in with a number.
pub(crate) fn stand_in(number: usize) -> String {
    format!("{START}{number}{END}")
}

/// The byte ranges of the stand-ins in a rendered text.
pub(crate) fn stand_in_ranges(rendered: &str) -> Vec<Range<usize>> {
    rendered
        .match_indices(START)
        .filter_map(|(start, _)| {
            let (_, length) = read_stand_in(&rendered[start..])?;
            Some(start..start + length)
        })
        .collect()
}

/// Splits a rendered text at its stand-ins and at the placeholder of its secret.
///
/// Returns `None` for a text with other noncharacters, such as a part of a placeholder, of which a
/// value could make a whole one. Marks of notes may stand in it.
pub(crate) fn split_pieces(rendered: &str, placeholder: Option<&str>) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);

    while let Some(found) = rendered[at..].find('x') {
        let start = at + found;
        let Some((piece, length)) = read_piece(&rendered[start..], placeholder) else {
            at = start + 1;
            continue;
        };

        pieces.push(Piece::Text(rendered[from..start].to_owned()));
        pieces.push(piece);
        at = start + length;
        from = at;
    }
    pieces.push(Piece::Text(rendered[from..].to_owned()));

    let is_stray =
        |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(is_stray_noncharacter));
    (!pieces.iter().any(is_stray)).then_some(pieces)
}

/// Whether a word of a text holds both a stand-in and a placeholder of a secret. Blanks of ASCII part
/// words; nothing that stands beside such a blank changes it.
pub(crate) fn stand_beside_secret(text: &str) -> bool {
    text.split(|c: char| c.is_ascii_whitespace())
        .any(|word| word.contains(START) && !placeholder_ranges(word).is_empty())
}

/// Whether a text holds a stand-in, or a part of one.
pub(crate) fn holds_stand_in(text: &str) -> bool {
    text.contains(START)
}

/// The stand-in or the placeholder that a text begins with, and its length.
fn read_piece(text: &str, placeholder: Option<&str>) -> Option<(Piece, usize)> {
    if let Some(placeholder) = placeholder.filter(|placeholder| text.starts_with(placeholder)) {
        return Some((Piece::Secret, placeholder.len()));
    }
    let (number, length) = read_stand_in(text)?;
    Some((Piece::Value(number), length))
}

/// The number and the length of the stand-in that a text begins with.
fn read_stand_in(text: &str) -> Option<(usize, usize)> {
    let (number, _) = text.strip_prefix(START)?.split_once(END)?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let length = START.len() + number.len() + END.len_utf8();

    is_number
        .then(|| number.parse().ok())?
        .map(|number| (number, length))
}

/// Whether the character is a noncharacter that marks no note.
fn is_stray_noncharacter(character: char) -> bool {
    matches!(character, '\u{fdd0}'..='\u{fdef}') && !is_note_mark(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placeholder::INVITATION_URL;

    #[test]
    fn a_text_is_split_at_its_stand_ins_and_its_secret() {
        let text = format!("ax{}x{}{INVITATION_URL}b", stand_in(0), stand_in(17));
        let expected = [
            Piece::Text("ax".into()),
            Piece::Value(0),
            Piece::Text("x".into()),
            Piece::Value(17),
            Piece::Text(String::new()),
            Piece::Secret,
            Piece::Text("b".into()),
        ];

        assert_eq!(split_pieces(&text, Some(INVITATION_URL)).unwrap(), expected);
        assert_eq!(split_pieces(&text, None), None);
        assert_eq!(stand_in_ranges(&text).len(), 2);
    }

    #[test]
    fn a_part_of_a_stand_in_or_of_a_placeholder_is_refused() {
        let parts = [
            "x\u{fdd5}1",
            "\u{fdd6}",
            "x\u{fdd5}\u{fdd6}",
            "x\u{fdd5}+1\u{fdd6}",
        ];
        for part in parts.into_iter().chain([&INVITATION_URL[..8], "\u{fdef}"]) {
            assert_eq!(split_pieces(part, Some(INVITATION_URL)), None, "{part:?}");
        }
        assert!(split_pieces("x\u{fdd2}\u{fdd3}\u{fdd4}\u{fdd6}", None).is_none());
        assert!(split_pieces("x\u{fdd2}\u{fdd3}\u{fdd4}", None).is_some());
    }
}
