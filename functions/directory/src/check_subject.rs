use std::ops::RangeInclusive;

use reinvite_domain::Rule;

/// The length of a `sub` in ASCII characters (`OpenID` Connect Core 1.0, section 2).
const SUBJECT_CHARACTERS: RangeInclusive<usize> = 1..=255;

/// Checks the `sub` of a user's tokens.
///
/// # Errors
///
/// The rule that the text breaks.
pub fn check_subject(text: &str) -> Result<(), Rule> {
    let is_printable = text
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_control());

    if is_printable && SUBJECT_CHARACTERS.contains(&text.len()) {
        Ok(())
    } else {
        let (min, max) = SUBJECT_CHARACTERS.into_inner();
        Err(Rule::NotPrintableAscii { min, max })
    }
}
