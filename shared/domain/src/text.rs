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
    fn width_and_case_do_not_matter_to_a_search() {
        assert_eq!(folded("ＴＡＮＡＫＡ ｱｲｺ"), folded("tanaka アイコ"));
        assert_eq!(folded("Straße"), folded("STRASSE"));
    }
}
