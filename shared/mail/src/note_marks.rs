//! Marks around the note of a resend, and at its line breaks, while a mail is rendered.
//!
//! They are noncharacters of Unicode, which appear in no value: they tell whether a mail shows the
//! whole note, and at which places of HTML a line break is a `<br>`.

use std::ops::Range;

use reinvite_domain::text::is_line_break;

use crate::characters::single_line;
use crate::html::{html_texts, is_shown_everywhere};
use crate::mail_part::MailPart;

const START: char = '\u{fdd2}';
const END: char = '\u{fdd3}';

/// Stands before each line break of the note.
const LINE_BREAK: char = '\u{fdd4}';

/// Marks a note for the template engine; a template sees that an empty one is empty.
///
/// Each line reaches the template as other values do.
pub(crate) fn mark_note(note: &str) -> String {
    if note.is_empty() {
        return String::new();
    }

    let lines: Vec<_> = note.split(is_line_break).map(single_line).collect();
    format!("{START}{}{END}", lines.join(&format!("{LINE_BREAK}\n")))
}

/// Whether a rendered part holds the mark of a line break, which the texts around it decide about.
pub(crate) fn holds_line_break(rendered: &str) -> bool {
    rendered.contains(LINE_BREAK)
}

/// Whether the character is a mark of a note.
pub(crate) const fn is_note_mark(character: char) -> bool {
    matches!(character, START | END | LINE_BREAK)
}

/// Whether a rendered part, with its marks, shows a note from its start to its end.
pub(crate) fn shows_note(part: MailPart, rendered: &str) -> bool {
    if !rendered.contains(START) {
        return false;
    }
    match part {
        MailPart::Subject => false,
        MailPart::Text => rendered.contains(END),
        MailPart::Html => [START, END]
            .into_iter()
            .all(|mark| is_shown_everywhere(rendered, &places_of(mark, rendered))),
    }
}

fn places_of(mark: char, rendered: &str) -> Vec<Range<usize>> {
    rendered
        .match_indices(mark)
        .map(|(at, found)| at..at + found.len())
        .collect()
}

/// Takes the marks out of a rendered part; a line break in a text of HTML becomes a `<br>`.
pub(crate) fn without_marks(part: MailPart, rendered: String) -> String {
    if !rendered.contains(is_note_mark) {
        return rendered;
    }

    let texts = match part {
        MailPart::Html => html_texts(&rendered),
        MailPart::Subject | MailPart::Text => Vec::new(),
    };
    let mut result = String::with_capacity(rendered.len());
    for (offset, character) in rendered.char_indices() {
        match character {
            LINE_BREAK if is_within(&texts, offset) => result.push_str("<br>"),
            START | END | LINE_BREAK => {}
            _ => result.push(character),
        }
    }
    result
}

fn is_within(texts: &[Range<usize>], offset: usize) -> bool {
    let candidate = texts.partition_point(|text| text.end <= offset);
    texts
        .get(candidate)
        .is_some_and(|text| text.start <= offset)
}
