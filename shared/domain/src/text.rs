//! Texts that people type: names, and how they are searched.

use unicode_normalization::UnicodeNormalization;

use crate::Rule;

/// Checks a name: 1 to `max_chars` characters, no control characters, no white space at either end.
pub fn check_name(text: &str, max_chars: usize) -> Result<(), Rule> {
    let length = text.chars().count();
    if length == 0 || length > max_chars {
        Err(Rule::Length {
            min: 1,
            max: max_chars,
        })
    } else if text.chars().any(char::is_control) {
        Err(Rule::ControlCharacter)
    } else if text.trim() != text {
        Err(Rule::SurroundingBlank)
    } else {
        Ok(())
    }
}

/// Parses a name as [`check_name`] does, without the invisible characters that turn text, break its line
/// or hide in it.
pub fn parse_name(text: &str, max_chars: usize) -> Result<String, Rule> {
    let name = without_hidden_characters(text);
    check_name(&name, max_chars).map(|()| name)
}

/// Returns a text of one line without the invisible characters that turn it, break it or hide in it.
///
/// Bidirectional overrides, embeddings and isolates go, and so do U+200B, U+FEFF and the separators
/// U+2028 and U+2029. A joiner stays between two visible characters: it shapes letters and emoji.
pub(crate) fn without_hidden_characters(text: &str) -> String {
    let kept: Vec<char> = text
        .chars()
        .filter(|character| !is_removed_from_names(*character))
        .collect();

    let is_visible = |index: Option<usize>| {
        let character = index.and_then(|index| kept.get(index));
        character.is_some_and(|character| !character.is_whitespace() && !is_joiner(*character))
    };
    let stays = |index: usize, character: char| {
        !is_joiner(character) || (is_visible(index.checked_sub(1)) && is_visible(Some(index + 1)))
    };
    kept.iter()
        .enumerate()
        .filter(|(index, character)| stays(*index, **character))
        .map(|(_, character)| *character)
        .collect()
}

/// Whether a reader, or a mail server, would begin a new line here.
#[must_use]
pub const fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

const fn is_removed_from_names(character: char) -> bool {
    matches!(
        character,
        '\u{200B}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}

const fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200C}' | '\u{200D}')
}

/// Whether a character is invisible and only formats others: the Unicode category `Cf`.
#[must_use]
pub const fn is_format_character(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{600}'..='\u{605}'
            | '\u{61C}'
            | '\u{6DD}'
            | '\u{70F}'
            | '\u{890}'..='\u{891}'
            | '\u{8E2}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{110BD}'
            | '\u{110CD}'
            | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0001}'
            | '\u{E0020}'..='\u{E007F}'
    )
}

/// Returns the values of a list that is written with commas. Blanks around a value, and a comma
/// without a value such as one at the end, mean nothing.
pub fn listed_values(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// Lists the names of an enum's values for an error text, such as `keep, set_link, temporary`.
#[must_use]
pub fn names<T: Copy + Into<&'static str>>(values: &[T]) -> String {
    let names: Vec<&'static str> = values.iter().map(|value| (*value).into()).collect();
    names.join(", ")
}

/// Folds a text by NFKC and by case, so that `ＡＢＣ` finds `abc`.
#[must_use]
pub fn folded(text: &str) -> String {
    caseless::default_case_fold_str(&text.nfkc().collect::<String>())
        .nfkc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_what_turns_or_hides_text_and_keeps_its_joiners() {
        let family = "👩\u{200D}👧";
        for (name, clean) in [
            ("Ai\u{202E}ko", "Aiko"),
            ("\u{2066}Aiko\u{2069} \u{2028}T\u{200B}\u{FEFF}", "Aiko T"),
            (family, family),
            ("क्\u{200D}ष", "क्\u{200D}ष"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("\u{200D}Ai \u{200C}ko\u{200D}", "Ai ko"),
        ] {
            assert_eq!(without_hidden_characters(name), clean);
        }
    }

    #[test]
    fn a_comma_without_a_value_means_nothing() {
        let values: Vec<_> = listed_values(", active ,,suspended,").collect();
        assert_eq!(values, ["active", "suspended"]);
        assert_eq!(listed_values("").count(), 0);
    }

    #[test]
    fn width_and_case_do_not_matter_to_a_search() {
        assert_eq!(folded("ＴＡＮＡＫＡ ｱｲｺ"), folded("tanaka アイコ"));
        assert_eq!(folded("Straße"), folded("STRASSE"));
    }
}
