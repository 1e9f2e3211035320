use std::ops::Range;

use reinvite_domain::Rule;

use super::conditional_comments::{ConditionalMark, delimiter_offsets};
use super::input::HtmlInput;
use super::noscript::rename_noscript;
use super::reading_checker::{CheckedReading, check_reading};
use super::readings::{PlacedMark, Reading, delimiters, find_unpaired, holds};
use super::violation::HtmlViolation;

/// Finds the rules that some HTML breaks, in every reading, sorted by offset.
pub(crate) fn find_violations(html: &str, input: HtmlInput<'_>) -> Vec<HtmlViolation> {
    let secrets = input.secret_ranges(html);
    let reading = Reading::of_others(rename_noscript(html));
    let others = check_reading(&reading, input);

    let mut violations = find_stray_delimiters(&reading.text, &others.marks);
    violations.extend(find_unpaired(&others.marks));
    let hidden = hidden_ranges(&others.marks);
    let seen = |secret: &Range<usize>| !holds(&hidden, secret.start);
    violations.extend(check_secrets(&others, &reading, &secrets, seen, input));

    // Without conditional comments Outlook reads what everybody reads.
    if !others.marks.is_empty() {
        for outlook in Reading::of_outlook(&reading.text, &others.marks) {
            let checked = check_reading(&outlook, input);
            violations.extend(find_broken_delimiters(&outlook, &checked));
            let seen = |secret: &Range<usize>| !outlook.passes_over(secret.start);
            violations.extend(check_secrets(&checked, &outlook, &secrets, seen, input));
            violations.extend(checked.violations);
        }
    }

    violations.extend(others.violations);
    merge_equal(violations)
}

/// Checks that every secret that a reading sees is in a permitted place, and that no text beside it
/// takes it in.
fn check_secrets(
    checked: &CheckedReading,
    reading: &Reading<'_>,
    secrets: &[Range<usize>],
    is_seen: impl Fn(&Range<usize>) -> bool,
    input: HtmlInput<'_>,
) -> Vec<HtmlViolation> {
    let ranges = &checked.secret_ranges;
    let seen: Vec<_> = secrets
        .iter()
        .filter(|secret| is_seen(secret))
        .cloned()
        .collect();
    if seen.is_empty() {
        return Vec::new();
    }

    let mut violations = ranges.find_misplaced(&seen);
    // A source does not show the text that will stand beside a secret.
    if input != HtmlInput::TemplateSource {
        violations.extend(ranges.find_absorbed(&reading.text, &seen));
        violations.extend(ranges.find_in_addresses(&reading.text));
    }
    violations
}

/// Finds the delimiters of conditional comments in other places than comments.
fn find_stray_delimiters(html: &str, marks: &[PlacedMark]) -> Vec<HtmlViolation> {
    let known = delimiters(marks);

    delimiter_offsets(html)
        .filter(|&at| !holds(&known, at))
        .map(|at| HtmlViolation::refused(at, Rule::ConditionalComment))
        .collect()
}

/// Finds the ends of conditional comments that Outlook reads within a tag, a comment or raw text.
fn find_broken_delimiters(reading: &Reading<'_>, checked: &CheckedReading) -> Vec<HtmlViolation> {
    let is_in_text = |filler: &&Range<usize>| {
        let candidate = checked.texts.partition_point(|text| text.end < filler.end);
        checked
            .texts
            .get(candidate)
            .is_some_and(|text| text.start <= filler.start)
    };

    reading
        .fillers
        .iter()
        .filter(|filler| !is_in_text(filler))
        .map(|filler| HtmlViolation::refused(filler.start, Rule::ConditionalComment))
        .collect()
}

/// The HTML in comments, which only Outlook reads.
fn hidden_ranges(marks: &[PlacedMark]) -> Vec<Range<usize>> {
    marks
        .iter()
        .filter_map(|(range, mark)| match mark {
            ConditionalMark::Hidden { inner, .. } => {
                Some(range.start + inner.start..range.start + inner.end)
            }
            _ => None,
        })
        .collect()
}

/// Sorts violations, and tells those once that several readings have.
fn merge_equal(mut violations: Vec<HtmlViolation>) -> Vec<HtmlViolation> {
    violations.sort_by_key(|violation| (violation.offset, violation.rule.name()));

    let mut merged: Vec<HtmlViolation> = Vec::with_capacity(violations.len());
    for violation in violations {
        match merged.last_mut() {
            Some(last) if last.offset == violation.offset && last.rule == violation.rule => {
                add_edits(last, violation);
            }
            _ => merged.push(violation),
        }
    }
    merged
}

/// Adds the edits of the same violation in another reading, in which an element may end elsewhere.
fn add_edits(violation: &mut HtmlViolation, same: HtmlViolation) {
    if let (Some(edits), Some(others)) = (&mut violation.cleaning, same.cleaning) {
        for edit in others {
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
}
