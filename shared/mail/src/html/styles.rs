use reinvite_domain::Rule;

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
    "&",
];

/// Checks CSS of an attribute or of an element, and returns the rule that it breaks.
pub(crate) fn check_style(css: &str) -> Result<(), Rule> {
    let folded = css.to_ascii_lowercase();
    let forbidden = FORBIDDEN
        .iter()
        .find(|forbidden| folded.contains(**forbidden));

    match forbidden {
        Some(forbidden) => Err(Rule::ForbiddenInStyle {
            text: (*forbidden).into(),
        }),
        None if jinja::contains_tag(css) => Err(Rule::VariableInStyle),
        None => Ok(()),
    }
}
