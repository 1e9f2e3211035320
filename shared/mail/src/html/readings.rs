//! The readings of some HTML: Outlook's, which reads conditional comments, and that of everybody else.
//!
//! A reading is a text of the same length as the HTML, so that an offset means the same in each. A
//! filler stands for the bytes that a reader passes over.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use reinvite_domain::Rule;

use super::conditional_comments::ConditionalMark;
use super::conditions::Truth;
use super::violation::HtmlViolation;

/// Stands for a byte that a reader passes over. It is no blank: text around it is read as one.
pub(crate) const FILLER: char = '\u{1}';

/// Deepest nesting of conditional comments.
const MAX_CONDITION_DEPTH: usize = 4;

/// The HTML as one kind of mail program reads it.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// The text, as long as the HTML.
    pub text: Cow<'a, str>,
    /// Whether it is a reading of Outlook.
    pub is_outlook: bool,
    /// The delimiters, and the HTML that the reader passes over, in order.
    pub fillers: Vec<Range<usize>>,
    /// The HTML that some versions of Outlook pass over.
    pub uncertain: Vec<Range<usize>>,
}

/// A conditional comment, or one end of it, and its bytes in the HTML.
pub(crate) type PlacedMark = (Range<usize>, ConditionalMark);

/// Whether Outlook shows some HTML.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Visibility {
    Hidden,
    Uncertain,
    Shown,
}

impl<'a> Reading<'a> {
    /// The reading of everybody but Outlook: conditional comments are comments.
    pub(crate) const fn of_others(text: Cow<'a, str>) -> Self {
        Self {
            text,
            is_outlook: false,
            fillers: Vec::new(),
            uncertain: Vec::new(),
        }
    }

    /// The readings of Outlook: one, or several where versions of Outlook differ.
    ///
    /// Nobody should read a conditional comment in HTML that Outlook passes over. A program that does
    /// reads both, so a further reading passes over nothing.
    pub(crate) fn of_outlook(html: &str, marks: &[PlacedMark]) -> Vec<Self> {
        let blocks = find_blocks(marks);
        let is_read_by_nobody = holds_hidden_comment(marks, &blocks);
        let uncertain = blocks
            .into_iter()
            .filter(|(_, visibility)| *visibility == Visibility::Uncertain)
            .map(|(range, _)| range);
        let uncertain = merge(uncertain.collect());
        let reading = |least| Self::with_least(html, marks, least, uncertain.clone());

        let mut readings = vec![reading(Visibility::Uncertain)];
        if !uncertain.is_empty() {
            readings.push(reading(Visibility::Shown));
        }
        if is_read_by_nobody {
            readings.push(reading(Visibility::Hidden));
        }
        readings
    }

    /// The reading that shows every block of at least this visibility.
    fn with_least(
        html: &str,
        marks: &[PlacedMark],
        least: Visibility,
        uncertain: Vec<Range<usize>>,
    ) -> Reading<'static> {
        let mut fillers: Vec<Range<usize>> = delimiters(marks);
        fillers.extend(
            find_blocks(marks)
                .into_iter()
                .filter(|(_, visibility)| *visibility < least)
                .map(|(range, _)| range),
        );
        let fillers = merge(fillers);

        let mut text = String::with_capacity(html.len());
        let mut from = 0;
        for filler in &fillers {
            text.push_str(&html[from..filler.start]);
            text.extend(std::iter::repeat_n(FILLER, filler.len()));
            from = filler.end;
        }
        text.push_str(&html[from..]);

        Reading {
            text: text.into(),
            is_outlook: true,
            fillers,
            uncertain,
        }
    }

    /// Whether the reader passes over the byte at the offset.
    pub(crate) fn passes_over(&self, offset: usize) -> bool {
        holds(&self.fillers, offset)
    }

    /// Whether some versions of Outlook pass over the byte at the offset.
    pub(crate) fn is_uncertain(&self, offset: usize) -> bool {
        holds(&self.uncertain, offset)
    }
}

/// Finds the ends of conditional comments that do not belong to each other, or nest too deep.
pub(crate) fn find_unpaired(marks: &[PlacedMark]) -> Vec<HtmlViolation> {
    let mut violations = Vec::new();
    let mut open = Vec::new();

    for (range, mark) in marks {
        match mark {
            ConditionalMark::Hidden { .. } => {}
            ConditionalMark::Opening { .. } => {
                if open.len() == MAX_CONDITION_DEPTH {
                    let max = MAX_CONDITION_DEPTH;
                    violations.push(HtmlViolation::refused(range.start, Rule::TooDeep { max }));
                }
                open.push(range.start);
            }
            ConditionalMark::Closing => {
                if open.pop().is_none() {
                    let rule = Rule::ConditionalComment;
                    violations.push(HtmlViolation::refused(range.start, rule));
                }
            }
        }
    }

    let unclosed = open
        .into_iter()
        .map(|start| HtmlViolation::refused(start, Rule::ConditionalComment));
    violations.extend(unclosed);
    violations
}

/// The HTML of every conditional comment, with its delimiters, and whether Outlook shows it.
fn find_blocks(marks: &[PlacedMark]) -> Vec<(Range<usize>, Visibility)> {
    let mut blocks = Vec::new();
    let mut open: Vec<(usize, Visibility)> = Vec::new();

    for (range, mark) in marks {
        let around = open.last().map_or(Visibility::Shown, |(_, around)| *around);
        match mark {
            ConditionalMark::Hidden { truth, .. } => {
                // Other programs than Outlook read some of them, so each is read once.
                let visibility = match truth {
                    Truth::Holds => Visibility::Shown,
                    Truth::Fails | Truth::Unknown => Visibility::Uncertain,
                };
                blocks.push((range.clone(), visibility.min(around)));
            }
            ConditionalMark::Opening { truth } => {
                let visibility = match truth {
                    Truth::Holds => Visibility::Shown,
                    Truth::Unknown => Visibility::Uncertain,
                    Truth::Fails => Visibility::Hidden,
                };
                open.push((range.start, visibility.min(around)));
            }
            ConditionalMark::Closing => {
                if let Some((start, visibility)) = open.pop() {
                    blocks.push((start..range.end, visibility));
                }
            }
        }
    }

    blocks
}

/// Whether Outlook passes over a conditional comment that everybody else passes over, too.
fn holds_hidden_comment(marks: &[PlacedMark], blocks: &[(Range<usize>, Visibility)]) -> bool {
    let comments: HashSet<usize> = marks
        .iter()
        .filter(|(_, mark)| matches!(mark, ConditionalMark::Hidden { .. }))
        .map(|(range, _)| range.start)
        .collect();

    blocks.iter().any(|(range, visibility)| {
        *visibility == Visibility::Hidden && comments.contains(&range.start)
    })
}

/// The delimiters of conditional comments, in order.
pub(crate) fn delimiters(marks: &[PlacedMark]) -> Vec<Range<usize>> {
    marks
        .iter()
        .flat_map(|(range, mark)| match mark {
            ConditionalMark::Hidden { inner, .. } => vec![
                range.start..range.start + inner.start,
                range.start + inner.end..range.end,
            ],
            ConditionalMark::Opening { .. } | ConditionalMark::Closing => vec![range.clone()],
        })
        .collect()
}

/// Sorts ranges, and joins those that overlap.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);

    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Whether one of the sorted ranges, which do not overlap, holds the offset.
pub(crate) fn holds(ranges: &[Range<usize>], offset: usize) -> bool {
    let candidate = ranges.partition_point(|range| range.end <= offset);
    ranges
        .get(candidate)
        .is_some_and(|range| range.start <= offset)
}
