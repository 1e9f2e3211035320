use crate::jinja;

/// Text that CSS may not hold: it would load or run something, or hide that it does.
const FORBIDDEN: &[&str] = &[
    "url(",
    "@import",
    "image(",
    "image-set(",
    "src(",
    "expression(",
    "javascript:",
    "behavior",
    "-moz-binding",
    "\\",
    "<",
];

/// Checks CSS of an attribute or of an element, and returns the rule that it breaks.
pub(crate) fn check_style(css: &str) -> Result<(), String> {
    let folded = css.to_ascii_lowercase();
    let forbidden = FORBIDDEN
        .iter()
        .find(|forbidden| folded.contains(**forbidden));

    match forbidden {
        Some(forbidden) => Err(format!("a style may not hold {forbidden}")),
        None if css.contains('&') => Err("a style may not hold &".into()),
        None if jinja::contains_tag(css) => Err("a style may not hold a variable".into()),
        None => Ok(()),
    }
}
