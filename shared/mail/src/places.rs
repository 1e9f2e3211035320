//! Where in some HTML a secret may be: in text that readers see, and as the whole address of a link.

use std::ops::Range;

use crate::html::Finding;
use crate::{Cause, references, stand_in};

/// The places that were found, in order.
#[derive(Default)]
pub(crate) struct Places {
    texts: Vec<Range<usize>>,
    links: Vec<Range<usize>>,
}

impl Places {
    /// Adds text that readers see. It comes in pieces, where a `<` in it begins no tag.
    pub(crate) fn text(&mut self, range: Range<usize>) {
        match self.texts.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.texts.push(range),
        }
    }

    /// Adds the address of a link that is an invitation link and nothing else.
    pub(crate) fn link(&mut self, range: Range<usize>) {
        self.links.push(range);
    }

    /// The secrets that are in none of the places.
    pub(crate) fn lacking(&self, secrets: &[Range<usize>]) -> Vec<Finding> {
        let rule = "a password may only be text, and an invitation link also the whole href of an <a>";
        let has_place = |secret: &&Range<usize>| around(secret, &self.texts).or(around(secret, &self.links)).is_some();
        let lacking = secrets.iter().filter(|secret| !has_place(secret));
        lacking.map(|secret| Finding { at: secret.start, rule: rule.to_owned() }).collect()
    }

    /// The texts in which a secret is part of an address. `html` is rendered, with stand-ins: a source does not tell what
    /// will stand beside one.
    pub(crate) fn in_addresses(&self, html: &str, secrets: &[Range<usize>]) -> Vec<Finding> {
        let mut texts: Vec<_> = secrets.iter().filter_map(|secret| around(secret, &self.texts)).collect();
        texts.dedup();
        let leading =
            texts.into_iter().filter(|text| stand_in::is_in_address(&references::read(&html[(*text).clone()])));
        leading.map(|text| Finding { at: text.start, rule: Cause::SecretInAddress.to_string() }).collect()
    }
}

/// Which of the places, which are in order, holds the range.
fn around<'a>(range: &Range<usize>, places: &'a [Range<usize>]) -> Option<&'a Range<usize>> {
    let first = places.partition_point(|place| place.end < range.end);
    places.get(first).filter(|place| place.start <= range.start)
}
