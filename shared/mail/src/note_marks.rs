//! Marks around the note of a resend, and at its line breaks, while a mail is rendered.
//!
//! They are noncharacters of Unicode, which appear in no value: they tell whether a mail shows the
//! whole note, and at which places of HTML a line break is a `<br>`.

use reinvite_domain::text::is_line_break;

use crate::characters::single_line;
use crate::html::{HtmlText, html_texts};
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

/// Whether a rendered part, with its marks, shows a note from its start to its end.
pub(crate) fn shows_note(part: MailPart, rendered: &str) -> bool {
    if !rendered.contains(START) {
        return false;
    }
    let holds = |text: &str| [START, END].map(|mark| text.contains(mark));
    let found: Vec<[bool; 2]> = match part {
        MailPart::Subject => Vec::new(),
        MailPart::Text => vec![holds(rendered)],
        MailPart::Html => html_texts(rendered)
            .into_iter()
            .filter(|text| text.is_visible)
            .map(|text| holds(&rendered[text.range]))
            .collect(),
    };

    let finds = |mark: usize| found.iter().any(|found| found[mark]);
    finds(0) && finds(1)
}

/// Takes the marks out of a rendered part; a line break in a text of HTML becomes a `<br>`.
pub(crate) fn without_marks(part: MailPart, rendered: String) -> String {
    let is_mark = |c: char| matches!(c, START | END | LINE_BREAK);
    if !rendered.contains(is_mark) {
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

fn is_within(texts: &[HtmlText], offset: usize) -> bool {
    let candidate = texts.partition_point(|text| text.range.end <= offset);
    texts
        .get(candidate)
        .is_some_and(|text| text.range.start <= offset)
}
