//! The forms in which other programs write marks.

use std::ops::Range;

use super::known_names::variable_for;

/// The longest name in a mark, in bytes.
const MAX_NAME_BYTES: usize = 80;

/// The fewest capitals that make a mark of a word in a form that ordinary text has too.
const MIN_CAPITALS: usize = 3;

/// A mark in a source, and the name in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundMark {
    /// The bytes of the mark.
    pub range: Range<usize>,
    /// The name.
    pub name: String,
}

/// A form of marks: the signs around the name, and how sure it is that they stand around one.
struct Form {
    open: &'static str,
    close: &'static str,
    certainty: Certainty,
}

/// How sure it is that a form is a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// Ordinary text has no such signs.
    Sure,
    /// A mark, unless a blank or a number stands beside its signs.
    Tight,
    /// A mark if the name is known, has a dot, or is written in capitals.
    Likely,
    /// A mark if the name is known and has capitals, a blank or an underscore.
    Doubtful,
}

/// The forms. One that begins as another does comes first if it is longer.
const FORMS: [Form; 15] = [
    Form::new("*|", "|*", Certainty::Sure),
    Form::new("{{", "}}", Certainty::Sure),
    Form::new("<%=", "%>", Certainty::Sure),
    Form::new("${", "}", Certainty::Sure),
    Form::new("{!", "}", Certainty::Sure),
    Form::new("{$", "}", Certainty::Sure),
    Form::new("[[", "]]", Certainty::Sure),
    Form::new("&lt;&lt;", "&gt;&gt;", Certainty::Tight),
    Form::new("<<", ">>", Certainty::Tight),
    Form::new("%%", "%%", Certainty::Tight),
    Form::new("##", "##", Certainty::Tight),
    Form::new("@@", "@@", Certainty::Tight),
    Form::new("«", "»", Certainty::Likely),
    Form::new("{", "}", Certainty::Likely),
    Form::new("[", "]", Certainty::Doubtful),
];

/// A form that is hardly told from numbers: 5 % of something, and escapes in addresses.
const PERCENT: Form = Form::new("%", "%", Certainty::Likely);

/// Finds the marks in a source, in order.
pub(crate) fn find_marks(source: &str) -> Vec<FoundMark> {
    let mut marks = Vec::new();
    let mut end = 0;

    for (at, character) in source.char_indices() {
        if at < end
            || !matches!(
                character,
                '*' | '<' | '$' | '{' | '[' | '&' | '%' | '#' | '@' | '«'
            )
        {
            continue;
        }
        let found = FORMS
            .iter()
            .chain([&PERCENT])
            .find_map(|form| form.mark_at(source, at));
        if let Some(mark) = found {
            end = mark.range.end;
            marks.push(mark);
        }
    }
    marks
}

impl Form {
    const fn new(open: &'static str, close: &'static str, certainty: Certainty) -> Self {
        Self {
            open,
            close,
            certainty,
        }
    }

    /// The mark of this form that begins at a byte.
    fn mark_at(&self, source: &str, start: usize) -> Option<FoundMark> {
        let behind = source[start..].strip_prefix(self.open)?;
        let window = behind.floor_char_boundary(MAX_NAME_BYTES + self.close.len());
        let length = behind[..window].find(self.close)?;
        let inner = &behind[..length];
        let name = inner.trim();
        if !is_name(name) {
            return None;
        }

        let before = source[..start].chars().next_back();
        // Japanese has no blanks between words, and no numbers with these signs.
        let is_in_word = before.is_some_and(|before| before.is_ascii_alphanumeric());
        let is_tight = inner.len() == name.len() && !is_in_word;
        let is_mark = match self.certainty {
            Certainty::Sure => true,
            Certainty::Tight => is_tight,
            Certainty::Likely => is_tight && !name.contains(' ') && is_likely_name(name),
            Certainty::Doubtful => {
                let is_one_word = name.chars().all(|c| c.is_lowercase() || c.is_numeric());
                let is_title = name.chars().skip(1).all(char::is_lowercase);
                is_tight && !is_one_word && !is_title && variable_for(name).is_some()
            }
        };

        is_mark.then(|| FoundMark {
            range: start..start + self.open.len() + length + self.close.len(),
            name: name.to_owned(),
        })
    }
}

/// Whether a text between signs could be a name: it begins with a letter and holds words, dots and
/// what some programs put around a name.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.ends_with(|c: char| c.is_alphanumeric() || "_\"'".contains(c))
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "_.-:> \"'|/".contains(c))
}

/// Whether a name is more than a word of a sentence.
fn is_likely_name(name: &str) -> bool {
    let capitals = name.chars().filter(char::is_ascii_uppercase).count();
    let is_in_capitals = capitals >= MIN_CAPITALS
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');

    name.contains('.') || is_in_capitals || variable_for(name).is_some()
}
