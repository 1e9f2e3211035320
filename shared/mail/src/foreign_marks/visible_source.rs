use std::ops::Range;

use crate::jinja::{Segment, segments};
use crate::mail_part::MailPart;
use crate::style_elements::{ranges_between, without_styles};

/// A source in which everything that no mark of another program stands in is blank: our own tags, and
/// style sheets and comments of HTML. Offsets stay as they are.
pub(crate) fn visible_source(part: MailPart, source: &str) -> String {
    let source = match part {
        MailPart::Html => without_styles(source),
        MailPart::Subject | MailPart::Text => source.into(),
    };
    let source = &*source;
    let mut visible = source.as_bytes().to_vec();

    let mut raw = None;
    for segment in segments(source) {
        match segment {
            Segment::Tag(tag) => {
                if let Some(start) = raw.take() {
                    blank(&mut visible, start..tag.range.start);
                }
                blank(&mut visible, tag.range);
            }
            Segment::Silent(range) => {
                raw = source[range.clone()].starts_with("{%").then_some(range.end);
                blank(&mut visible, range);
            }
            Segment::Text(_) => {}
        }
    }

    if part == MailPart::Html {
        let folded = source.to_ascii_lowercase();
        for (open, close) in [("<!--", "-->"), ("<script", "</script")] {
            for range in ranges_between(&folded, open, close) {
                let is_shown_by_outlook = folded[range.clone()].starts_with("<!--[if");
                if !is_shown_by_outlook {
                    blank(&mut visible, range);
                }
            }
        }
    }
    String::from_utf8(visible).unwrap_or_default()
}

/// Blanks whole characters: a range begins and ends between two.
fn blank(bytes: &mut [u8], range: Range<usize>) {
    if let Some(bytes) = bytes.get_mut(range) {
        bytes.fill(b' ');
    }
}
