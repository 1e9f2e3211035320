//! The note of a resend: plain text by the operator, for the mails of this resend alone.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Rule,
    text::{is_line_break, without_hidden_characters},
};

/// The longest note, in characters.
pub const MAX_NOTE_CHARACTERS: usize = 1_000;

/// The note of a resend: plain text of one or more lines, which end in `\n`.
///
/// ```
/// use reinvite_domain::Note;
///
/// let note = Note::parse("See you on Monday.\r\nBring a pen. ").unwrap().unwrap();
/// assert_eq!(note.as_str(), "See you on Monday.\nBring a pen.");
/// assert_eq!(Note::parse(" \n"), Ok(None));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Note(String);

impl Note {
    /// Parses a note as names are parsed, but keeps its line breaks and tabs; `None` if nothing can
    /// be seen of it.
    pub fn parse(text: &str) -> Result<Option<Self>, Rule> {
        let lines: Vec<String> = text
            .replace("\r\n", "\n")
            .split(is_line_break)
            .map(without_hidden_characters)
            .collect();
        let note = lines.join("\n").trim().to_owned();

        if note.chars().count() > MAX_NOTE_CHARACTERS {
            return Err(Rule::Length {
                min: 0,
                max: MAX_NOTE_CHARACTERS,
            });
        }
        if note.chars().any(is_forbidden) {
            return Err(Rule::ControlCharacterInNote);
        }
        Ok((!note.is_empty()).then_some(Self(note)))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the SHA-256 of the text in hexadecimal digits: the audit trail tells by it whether a
    /// text was the note.
    #[must_use]
    pub fn hash(&self) -> String {
        Sha256::digest(self.0.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Shows nothing of the text, which may name a person.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Note").finish_non_exhaustive()
    }
}

fn is_forbidden(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Note::parse(text).unwrap().map(|note| note.0)
    }

    #[test]
    fn every_kind_of_line_break_stays_a_line_break() {
        assert_eq!(
            parsed("a\r\nb\rc\u{2028}d\u{85}e\n\nf").as_deref(),
            Some("a\nb\nc\nd\ne\n\nf")
        );
    }

    #[test]
    fn a_note_loses_what_turns_or_hides_text_as_a_name_does() {
        assert_eq!(
            parsed("Ai\u{202E}ko\n\u{2066}T\u{200B}\u{FEFF}").as_deref(),
            Some("Aiko\nT")
        );
        assert_eq!(parsed("👩\u{200D}👧").as_deref(), Some("👩\u{200D}👧"));
    }

    #[test]
    fn a_control_character_is_refused() {
        for control in ["a\0b", "a\u{1b}[31mb", "a\u{7f}b", "a\u{9b}b"] {
            let rule = Rule::ControlCharacterInNote;
            assert_eq!(Note::parse(control), Err(rule), "{control:?}");
        }
        assert_eq!(parsed("a\tb").as_deref(), Some("a\tb"));
    }

    #[test]
    fn a_note_has_at_most_a_thousand_characters() {
        let longest = "ü".repeat(MAX_NOTE_CHARACTERS);
        assert_eq!(parsed(&format!("\n{longest}\n")), Some(longest.clone()));
        let too_long = Rule::Length {
            min: 0,
            max: MAX_NOTE_CHARACTERS,
        };
        assert_eq!(Note::parse(&format!("{longest}ü")), Err(too_long));
    }

    proptest! {
        #[test]
        fn a_note_is_parsed_to_itself(text in any::<String>()) {
            if let Ok(Some(note)) = Note::parse(&text) {
                prop_assert_eq!(Note::parse(note.as_str()), Ok(Some(note)));
            }
        }
    }
}
