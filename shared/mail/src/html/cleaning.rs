//! Takes out of a source what may be taken out of it.

use std::ops::Range;

use super::character_references::ends_in_open_reference;
use super::checker::find_violations;
use super::input::HtmlInput;
use super::violation::{Edit, HtmlViolation};
use crate::jinja;

/// Most rounds of cleaning: a part that is taken out may have hidden another.
const MAX_ROUNDS: usize = 8;

/// A source without the parts that may be taken out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CleanedSource {
    /// The source. Nothing more may be taken out of it.
    pub source: String,
    /// The violations that were taken out, with offsets in the source before cleaning.
    pub cleaned: Vec<HtmlViolation>,
}

/// Finds the rules that a source breaks. An edit that would change a tag of the template is none.
pub(crate) fn find_source_violations(source: &str) -> Vec<HtmlViolation> {
    let mut violations = find_violations(source, HtmlInput::TemplateSource);
    if violations
        .iter()
        .all(|violation| violation.cleaning.is_none())
    {
        return violations;
    }

    let marks: Vec<_> = jinja::marks(source)
        .into_iter()
        .map(|mark| mark.range)
        .collect();
    for violation in &mut violations {
        let changes_mark = violation
            .cleaning
            .iter()
            .flatten()
            .any(|edit| overlaps_any(&edit.range, &marks));
        if changes_mark {
            violation.cleaning = None;
        }
    }
    violations
}

/// Takes out of a source, which has these violations, everything that may be taken out.
///
/// # Errors
///
/// The offset of the text that would become a tag of HTML or of the template.
pub(crate) fn clean_source(
    source: &str,
    violations: Vec<HtmlViolation>,
) -> Result<CleanedSource, usize> {
    let refused = violations.len() - count_cleanable(&violations);
    let mut rounds = Rounds::new(source);
    let mut found = violations;

    for _ in 0..MAX_ROUNDS {
        if count_cleanable(&found) == 0 {
            let is_changed = jinja::marks_differ(source, &rounds.current);
            return match (is_changed, found.len() > refused) {
                (Some(at), _) => Err(rounds.offset_in_source(at)),
                (None, true) => Err(rounds.first_edit()),
                (None, false) => Ok(rounds.into_cleaned()),
            };
        }
        if let Some(at) = rounds.apply(found) {
            return Err(at);
        }
        found = find_source_violations(&rounds.current);
    }

    Err(rounds.first_edit())
}

fn count_cleanable(violations: &[HtmlViolation]) -> usize {
    violations
        .iter()
        .filter(|violation| violation.cleaning.is_some())
        .count()
}

/// The source after some rounds of cleaning.
struct Rounds {
    current: String,
    cleaned: Vec<HtmlViolation>,
    /// The edits of each round, in order.
    edits: Vec<Vec<Edit>>,
}

impl Rounds {
    fn new(source: &str) -> Self {
        Self {
            current: source.to_owned(),
            cleaned: Vec::new(),
            edits: Vec::new(),
        }
    }

    /// Applies the edits of all cleanable violations at once. It returns the offset, in the source
    /// before cleaning, of text that would become a tag, a comment or a character reference.
    fn apply(&mut self, violations: Vec<HtmlViolation>) -> Option<usize> {
        let cleanable = violations
            .into_iter()
            .filter(|violation| violation.cleaning.is_some())
            .map(|violation| HtmlViolation {
                offset: self.offset_in_source(violation.offset),
                ..violation
            });
        let cleanable: Vec<_> = cleanable.collect();

        let edits = disjoint_edits(&cleanable);
        let joined = find_made_markup(&self.current, &edits);
        let made = joined.map(|offset| self.offset_in_source(offset));
        self.current = apply_edits(&self.current, &edits);
        self.edits.push(edits);
        self.cleaned.extend(cleanable);
        made
    }

    /// The offset, in the source before cleaning, of an offset in the current one.
    fn offset_in_source(&self, offset: usize) -> usize {
        self.edits.iter().rev().fold(offset, |offset, edits| {
            let (mut removed, mut added) = (0, 0);
            for edit in edits {
                if edit.range.start + added > offset + removed {
                    break;
                }
                removed += edit.range.len();
                added += edit.replacement.len();
            }
            (offset + removed).saturating_sub(added)
        })
    }

    fn first_edit(&self) -> usize {
        let first = self.cleaned.iter().map(|violation| violation.offset).min();
        first.unwrap_or_default()
    }

    fn into_cleaned(mut self) -> CleanedSource {
        self.cleaned.sort_by_key(|violation| violation.offset);
        CleanedSource {
            source: self.current,
            cleaned: self.cleaned,
        }
    }
}

/// The edits of all violations in order. Of two that overlap, the one that begins later is left out.
fn disjoint_edits(violations: &[HtmlViolation]) -> Vec<Edit> {
    let mut edits: Vec<&Edit> = violations
        .iter()
        .flat_map(|violation| violation.cleaning.iter().flatten())
        .collect();
    edits.sort_by_key(|edit| (edit.range.start, usize::MAX - edit.range.end));

    let mut disjoint: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        let end = disjoint.last().map_or(0, |last| last.range.end);
        if edit.range.start >= end {
            disjoint.push(edit.clone());
        }
    }
    disjoint
}

/// The offset of the first edit that joins what is before and behind it to a tag, a comment or a
/// character reference.
fn find_made_markup(source: &str, edits: &[Edit]) -> Option<usize> {
    let mut before = String::new();
    let mut from = 0;

    for (index, Edit { range, replacement }) in edits.iter().enumerate() {
        before.push_str(source.get(from..range.start).unwrap_or_default());
        before.push_str(replacement);
        from = range.end;

        let next = edits
            .get(index + 1)
            .map_or(source.len(), |next| next.range.start);
        if is_open_markup(&before, source.get(from..next).unwrap_or_default()) {
            return Some(range.start);
        }
    }
    None
}

/// Whether the text behind goes on with markup that the text before only begins.
fn is_open_markup(before: &str, behind: &str) -> bool {
    let Some(next) = behind.chars().next() else {
        return false;
    };
    let begins_tag = ["<", "</", "<!", "<!-"]
        .iter()
        .any(|open| before.ends_with(open));

    begins_tag && (next.is_ascii_alphabetic() || "/!?-[".contains(next))
        || ends_in_open_reference(before) && (next.is_ascii_alphanumeric() || "#;".contains(next))
}

fn apply_edits(source: &str, edits: &[Edit]) -> String {
    let mut edited = String::with_capacity(source.len());
    let mut from = 0;

    for Edit { range, replacement } in edits {
        edited.push_str(source.get(from..range.start).unwrap_or_default());
        edited.push_str(replacement);
        from = range.end;
    }

    edited.push_str(source.get(from..).unwrap_or_default());
    edited
}

/// Whether the range overlaps one of the sorted ranges, which do not overlap each other.
fn overlaps_any(range: &Range<usize>, sorted: &[Range<usize>]) -> bool {
    let candidate = sorted.partition_point(|other| other.end <= range.start);
    sorted
        .get(candidate)
        .is_some_and(|other| other.start < range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_makes_no_markup_of_the_text_around() {
        for (source, is_clean) in [
            ("<<foo></foo>b>x", false),
            ("<<foo></foo>a href=\"https://example.com\">x</a>", false),
            ("<<foo></foo>!-- x -->", false),
            ("<<foo>/b>x", false),
            ("&<foo></foo>lt;b", false),
            ("&l<foo></foo>t;b", false),
            ("&lt<foo></foo>;b", false),
            ("&#<foo></foo>60;b", false),
            ("{<foo></foo># a {# b #}", false),
            ("{<foo></foo>{ user.name }}", false),
            ("a < <foo></foo>b", true),
            ("1 <<foo></foo> 2", true),
            ("a & <foo></foo>b", true),
            ("a &amp;<foo></foo>b", true),
            ("a&<foo></foo> b", true),
        ] {
            let cleaned = clean_source(source, find_source_violations(source));
            assert_eq!(cleaned.is_ok(), is_clean, "{source}: {cleaned:?}");
        }
    }
}
