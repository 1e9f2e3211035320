//! The readings of some HTML: Outlook's, which reads conditional comments, and that of everybody else.
//!
//! A reading is a text of the same length as the HTML, so that an offset means the same in each. A
//! filler stands for the bytes that a reader passes over.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use reinvite_domain::Rule;

use super::conditional_comments::ConditionalMark;
use super::conditions::Readers;
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
        let uncertain = blocks
            .iter()
            .filter(|(_, readers)| ![Readers::ALL, Readers::NONE].contains(readers))
            .map(|(range, _)| range.clone());
        let uncertain = merge(uncertain.collect());

        let mut fillers: Vec<_> = Readers::each()
            .map(|reader| find_fillers(marks, &blocks, |readers| readers.meets(reader)))
            .collect();
        if holds_hidden_comment(marks, &blocks) {
            fillers.push(find_fillers(marks, &blocks, |_| true));
        }

        let mut seen = HashSet::new();
        fillers.retain(|fillers| seen.insert(fillers.clone()));
        fillers
            .into_iter()
            .map(|fillers| Self::without(html, fillers, uncertain.clone()))
            .collect()
    }

    /// The reading of Outlook that passes over some HTML.
    fn without(
        html: &str,
        fillers: Vec<Range<usize>>,
        uncertain: Vec<Range<usize>>,
    ) -> Reading<'static> {
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

/// The HTML of every conditional comment, with its delimiters, and who reads it.
fn find_blocks(marks: &[PlacedMark]) -> Vec<(Range<usize>, Readers)> {
    let mut blocks = Vec::new();
    let mut open: Vec<(usize, Readers)> = Vec::new();

    for (range, mark) in marks {
        let around = open.last().map_or(Readers::ALL, |(_, around)| *around);
        match mark {
            // Other programs than Outlook read some of them, so each is read once.
            ConditionalMark::Hidden { readers, .. } => {
                blocks.push((range.clone(), readers.with_any_version().and(around)));
            }
            ConditionalMark::Opening { readers } if *readers == Readers::NONE => {
                open.push((range.start, Readers::NONE));
            }
            ConditionalMark::Opening { readers } => {
                open.push((range.start, readers.with_any_version().and(around)));
            }
            ConditionalMark::Closing => {
                if let Some((start, readers)) = open.pop() {
                    blocks.push((start..range.end, readers));
                }
            }
        }
    }

    blocks
}

/// The delimiters, and the blocks that are not shown, in order.
fn find_fillers(
    marks: &[PlacedMark],
    blocks: &[(Range<usize>, Readers)],
    is_shown: impl Fn(Readers) -> bool,
) -> Vec<Range<usize>> {
    let mut fillers = delimiters(marks);
    let hidden = blocks.iter().filter(|(_, readers)| !is_shown(*readers));
    fillers.extend(hidden.map(|(range, _)| range.clone()));
    merge(fillers)
}

/// Whether Outlook passes over a conditional comment that everybody else passes over, too.
fn holds_hidden_comment(marks: &[PlacedMark], blocks: &[(Range<usize>, Readers)]) -> bool {
    let comments: HashSet<usize> = marks
        .iter()
        .filter(|(_, mark)| matches!(mark, ConditionalMark::Hidden { .. }))
        .map(|(range, _)| range.start)
        .collect();

    blocks
        .iter()
        .any(|(range, readers)| *readers == Readers::NONE && comments.contains(&range.start))
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
