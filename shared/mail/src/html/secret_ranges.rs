//! The places in some HTML that may hold a secret: visible text, and the whole address of a link.

use std::borrow::Cow;
use std::ops::Range;

use reinvite_domain::Rule;

use super::character_references::{decode_references, ends_in_open_reference};
use super::readings::FILLER;
use super::violation::HtmlViolation;
use crate::address_detection::is_secret_in_address;

/// The text as a reader reads it who passes over the fillers in it.
fn without_fillers(text: &str) -> Cow<'_, str> {
    if text.contains(FILLER) {
        text.replace(FILLER, "").into()
    } else {
        text.into()
    }
}

/// The byte ranges that may hold a secret, in order.
#[derive(Default)]
pub(crate) struct SecretRanges {
    texts: Vec<VisibleText>,
    links: Vec<Range<usize>>,
    /// Whether an element has begun since the last text.
    is_separated: bool,
}

struct VisibleText {
    range: Range<usize>,
    /// Whether an element begins between the text before and this one.
    ///
    /// An end tag that closes nothing, such as `</i>` or `</>`, does not separate two texts.
    is_separated: bool,
}

impl SecretRanges {
    /// Adds visible text. The parser splits a text at a `<` that begins no tag.
    pub(crate) fn add_text(&mut self, range: Range<usize>) {
        let is_separated = std::mem::take(&mut self.is_separated);

        match self.texts.last_mut() {
            Some(last) if last.range.end == range.start => last.range.end = range.end,
            _ => self.texts.push(VisibleText {
                range,
                is_separated,
            }),
        }
    }

    /// Adds the address of a link that is an invitation link and nothing else.
    pub(crate) fn add_link(&mut self, range: Range<usize>) {
        self.links.push(range);
    }

    /// Records that an element begins.
    pub(crate) fn separate(&mut self) {
        self.is_separated = true;
    }

    /// Finds the secrets outside of every permitted range.
    pub(crate) fn find_misplaced(&self, secrets: &[Range<usize>]) -> Vec<HtmlViolation> {
        secrets
            .iter()
            .filter(|secret| self.text_around(secret).is_none() && !self.is_in_link(secret))
            .map(|secret| HtmlViolation::refused(secret.start, Rule::MisplacedSecret))
            .collect()
    }

    /// Finds the secrets of a rendered mail that a character reference before them takes in.
    pub(crate) fn find_absorbed(&self, html: &str, secrets: &[Range<usize>]) -> Vec<HtmlViolation> {
        secrets
            .iter()
            .filter(|secret| {
                self.text_around(secret).is_some_and(|text| {
                    ends_in_open_reference(&without_fillers(&html[text.range.start..secret.start]))
                })
            })
            .map(|secret| HtmlViolation::refused(secret.start, Rule::AbsorbedSecret))
            .collect()
    }

    /// Finds the texts of a rendered mail in which a placeholder is a part of an address.
    pub(crate) fn find_in_addresses(&self, html: &str) -> Vec<HtmlViolation> {
        self.texts
            .chunk_by(|_, next| !next.is_separated)
            .filter(|run| {
                let text: String = run
                    .iter()
                    .map(|text| decode_references(&without_fillers(&html[text.range.clone()])))
                    .collect();
                is_secret_in_address(&text)
            })
            .map(|run| {
                let start = run.first().map_or(0, |text| text.range.start);
                HtmlViolation::refused(start, Rule::SecretInAddress)
            })
            .collect()
    }

    /// Whether a text, as far as no element parts it, joins a secret and a value.
    pub(crate) fn joins_values(&self, html: &str, is_joined: fn(&str) -> bool) -> bool {
        self.texts
            .chunk_by(|_, next| !next.is_separated)
            .any(|run| {
                let text: String = run
                    .iter()
                    .map(|text| without_fillers(&html[text.range.clone()]))
                    .collect();
                is_joined(&text)
            })
    }

    fn is_in_link(&self, secret: &Range<usize>) -> bool {
        let candidate = self.links.partition_point(|link| link.end < secret.end);
        self.links
            .get(candidate)
            .is_some_and(|link| link.start <= secret.start)
    }

    fn text_around(&self, secret: &Range<usize>) -> Option<&VisibleText> {
        let candidate = self
            .texts
            .partition_point(|text| text.range.end < secret.end);
        self.texts
            .get(candidate)
            .filter(|text| text.range.start <= secret.start)
    }
}
