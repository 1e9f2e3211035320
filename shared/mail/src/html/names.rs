/// The longest name of an element or attribute in a message, in characters.
const MAX_NAME_CHARACTERS: usize = 40;

/// A name from a template, without control characters and short enough for a message.
pub(crate) fn printable_name(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME_CHARACTERS)
        .collect()
}
