//! Takes out of a source what may be taken out of it.

use std::ops::Range;

use super::violation::{Edit, HtmlViolation};

/// Applies the edits of all violations at once.
///
/// Of two edits that overlap, the one that begins later is left out.
pub(crate) fn apply_edits(source: &str, violations: &[HtmlViolation]) -> String {
    let mut edits: Vec<&Edit> = violations
        .iter()
        .flat_map(|violation| violation.cleaning.iter().flatten())
        .collect();
    edits.sort_by_key(|edit| (edit.range.start, usize::MAX - edit.range.end));

    let mut cleaned = String::with_capacity(source.len());
    let mut from = 0;
    for Edit { range, replacement } in edits {
        let Range { start, end } = *range;
        if start < from || source.get(start..end).is_none() {
            continue;
        }
        cleaned.push_str(&source[from..start]);
        cleaned.push_str(replacement);
        from = end;
    }

    cleaned.push_str(&source[from..]);
    cleaned
}
