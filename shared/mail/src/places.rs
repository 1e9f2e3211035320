//! Where in some HTML a secret may be: in text that readers see, and as the whole address of a link.

use std::ops::Range;

use crate::html::Finding;
use crate::{Cause, references, stand_in};

/// The places that were found, in order.
#[derive(Default)]
pub(crate) struct Places {
    texts: Vec<Text>,
    links: Vec<Range<usize>>,
    is_torn: bool,
}

struct Text {
    range: Range<usize>,
    /// Whether an element or a comment begins between the text before and this one. An end tag of nothing, as `</i>` or
    /// `</>` can be, would leave them one.
    is_torn: bool,
}

impl Places {
    /// Adds text that readers see. It comes in pieces, where a `<` in it begins no tag.
    pub(crate) fn text(&mut self, range: Range<usize>) {
        let is_torn = std::mem::take(&mut self.is_torn);
        match self.texts.last_mut() {
            Some(last) if last.range.end == range.start => last.range.end = range.end,
            _ => self.texts.push(Text { range, is_torn }),
        }
    }

    /// Adds the address of a link that is an invitation link and nothing else.
    pub(crate) fn link(&mut self, range: Range<usize>) {
        self.links.push(range);
    }

    /// An element or a comment begins.
    pub(crate) fn tear(&mut self) {
        self.is_torn = true;
    }

    /// The secrets that are in none of the places.
    pub(crate) fn lacking(&self, secrets: &[Range<usize>]) -> Vec<Finding> {
        let rule =
            "a password may only be text, and an invitation link also the whole href of an <a>";
        let is_link = |secret: &Range<usize>| {
            let first = self.links.partition_point(|link| link.end < secret.end);
            self.links
                .get(first)
                .is_some_and(|link| link.start <= secret.start)
        };
        let lacking = secrets
            .iter()
            .filter(|secret| self.text_around(secret).is_none() && !is_link(secret));
        lacking
            .map(|secret| Finding {
                at: secret.start,
                rule: rule.to_owned(),
            })
            .collect()
    }

    /// The secrets that what stands beside them takes in: into a character reference, or into an address. `html` is
    /// rendered, with stand-ins: a source does not tell what will stand beside one.
    pub(crate) fn taken_in(&self, html: &str, secrets: &[Range<usize>]) -> Vec<Finding> {
        let open = secrets.iter().filter(|secret| {
            self.text_around(secret)
                .is_some_and(|text| references::is_open(&html[text.range.start..secret.start]))
        });
        let rule = "a & and letters before a password or an invitation link make a character of it";
        let mut found: Vec<_> = open
            .map(|secret| Finding {
                at: secret.start,
                rule: rule.to_owned(),
            })
            .collect();
        if secrets.is_empty() {
            return found;
        }
        for run in self.texts.chunk_by(|_, next| !next.is_torn) {
            let text: String = run
                .iter()
                .map(|text| references::read(&html[text.range.clone()]))
                .collect();
            if stand_in::is_in_address(&text) {
                let at = run.first().map_or(0, |text| text.range.start);
                found.push(Finding {
                    at,
                    rule: Cause::SecretInAddress.to_string(),
                });
            }
        }
        found
    }

    fn text_around(&self, range: &Range<usize>) -> Option<&Text> {
        let first = self
            .texts
            .partition_point(|text| text.range.end < range.end);
        self.texts
            .get(first)
            .filter(|text| text.range.start <= range.start)
    }
}
