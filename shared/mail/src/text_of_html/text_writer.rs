/// Characters that a text neither shows nor needs, besides control characters.
const INVISIBLE: [char; 6] = [
    '\u{ad}', '\u{34f}', '\u{180e}', '\u{200b}', '\u{2060}', '\u{feff}',
];

/// Characters that end a sentence or a bracket. An address goes on in none of them.
const CLOSING: &str = ".,;:!?)]}\"'»」』）。、！？";

/// Writes text, expressions and statements with the blanks and line breaks between them.
///
/// Blanks and line breaks are written when something follows them. The engine removes a line break
/// behind a statement, so that one is written for it.
#[derive(Default)]
pub(crate) struct TextWriter {
    text: String,
    /// The line breaks to write before the next text.
    breaks: u8,
    /// The line breaks that stand before the next text already; `None` within a line.
    line_start: LineStart,
    has_blank: bool,
    has_cell: bool,
    keeps_blanks: bool,
    end: End,
    word: Word,
    bullet: Option<String>,
    link: Option<Link>,
    closed_link: Option<Link>,
}

/// The beginning of a line, and the line breaks before it, of which the text needs no more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineStart {
    After(u8),
    Within,
}

impl Default for LineStart {
    fn default() -> Self {
        Self::After(2)
    }
}

/// The end of the text, as far as the next text depends on it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    Other,
    /// The engine removes a line break behind it.
    Statement,
    /// A `{` that begins no tag.
    Brace,
}

/// The contents of the text since its last blank.
#[derive(Clone, Copy, Default)]
struct Word {
    has_expression: bool,
    has_secret: bool,
    /// Whether an element or a comment began since the last text.
    is_separated: bool,
}

/// A link, open or closed.
struct Link {
    address: String,
    /// The offset at which its text begins, once there is some.
    start: Option<usize>,
}

impl TextWriter {
    /// Begins or ends a block, with line breaks before what follows.
    pub(crate) fn begin_block(&mut self, breaks: u8) {
        self.breaks = self.breaks.max(breaks);
        self.has_blank = false;
    }

    /// Breaks a line, as `br` does.
    pub(crate) fn break_line(&mut self) {
        let before = match self.line_start {
            LineStart::After(breaks) => breaks,
            LineStart::Within => 0,
        };
        self.breaks = (self.breaks.max(before) + 1).min(2);
        self.has_blank = false;
    }

    /// Begins an item of a list.
    pub(crate) fn begin_item(&mut self, bullet: String) {
        self.bullet = Some(bullet);
    }

    /// Begins a row of a table.
    pub(crate) fn begin_row(&mut self) {
        self.has_cell = false;
    }

    /// Begins a cell of a table.
    pub(crate) fn begin_cell(&mut self) {
        self.has_cell = self.line_start == LineStart::Within;
    }

    /// Keeps blanks and line breaks as they are, or no longer.
    pub(crate) fn preserve_blanks(&mut self, keeps_blanks: bool) {
        self.keeps_blanks = keeps_blanks;
    }

    /// Records that an element or a comment begins or ends.
    pub(crate) fn separate(&mut self) {
        self.word.is_separated = true;
    }

    /// Begins a link.
    pub(crate) fn open_link(&mut self, address: Option<String>) {
        self.link = address.map(|address| Link {
            address,
            start: None,
        });
    }

    /// Ends a link. Its address is written when it is known what follows.
    pub(crate) fn close_link(&mut self) {
        let Some(link) = self.link.take() else { return };

        let shown = link.start.map(|start| self.text[start..].trim());
        if shown.is_some_and(|shown| shows_address(shown, &link.address)) {
            return;
        }
        self.write_closed_link(true);
        self.closed_link = Some(link);
    }

    /// Adds text, with blanks as HTML has them.
    pub(crate) fn add_text(&mut self, text: &str) {
        if self.word.has_secret && self.word.is_separated && !is_closing(text) {
            self.has_blank = true;
        }

        for character in text.chars() {
            match character {
                '\n' if self.keeps_blanks => self.break_line(),
                ' ' | '\t' if self.keeps_blanks => self.push(' '),
                '\u{a0}' | '\u{2007}' | '\u{202f}' => self.has_blank = true,
                _ if character.is_whitespace() => self.has_blank = true,
                '\u{200c}' | '\u{200d}' if self.is_before_word() => {}
                _ if character.is_control() || INVISIBLE.contains(&character) => {}
                _ => self.push(character),
            }
        }
    }

    /// Adds an expression; one that is a secret is kept apart from what could make an address of it.
    pub(crate) fn add_expression(&mut self, source: &str, is_secret: bool) {
        if self.word.is_separated && (self.word.has_secret || is_secret && self.could_be_address())
        {
            self.has_blank = true;
        }
        // A branch of the statement may be empty, and then the text before it stands here.
        self.has_blank |= is_secret && self.end == End::Statement;

        self.begin_visible();
        self.guard_brace();
        self.text.push_str(source);
        self.word.is_separated = false;
        self.word.has_expression = true;
        self.word.has_secret |= is_secret;
    }

    /// Adds a statement: on a line of its own between blocks, or else within the line.
    pub(crate) fn add_statement(&mut self, source: &str) {
        self.write_closed_link(false);
        self.write_breaks();
        self.guard_brace();

        if self.line_start == LineStart::Within {
            self.has_blank |= self.word.has_secret;
            self.write_blank();
            self.text.push_str(source);
            self.end = End::Statement;
        } else {
            self.text.push_str(source);
            self.text.push('\n');
        }
    }

    /// The text.
    pub(crate) fn finish(mut self) -> String {
        self.write_closed_link(true);
        let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}');
        self.text
            .truncate(self.text.trim_end_matches(is_blank).len());
        self.text
    }

    fn push(&mut self, character: char) {
        self.begin_visible();
        if matches!(character, '{' | '%' | '#') {
            self.guard_brace();
        }
        self.text.push(character);
        self.end = if character == '{' {
            End::Brace
        } else {
            End::Other
        };
        self.word.is_separated = false;
    }

    /// Writes what stands before the next visible text.
    fn begin_visible(&mut self) {
        self.write_closed_link(false);
        self.write_breaks();
        if self.has_cell && self.line_start == LineStart::Within {
            self.guard_brace();
            self.text.push_str(" |");
            self.has_blank = true;
        }
        self.has_cell = false;
        self.write_blank();
        if let Some(bullet) = self.bullet.take() {
            self.text.push_str(&bullet);
        }

        self.line_start = LineStart::Within;
        if self.end == End::Statement {
            self.end = End::Other;
        }
        let end = self.text.len();
        if let Some(link) = &mut self.link {
            link.start.get_or_insert(end);
        }
    }

    /// Writes the line breaks. One more follows a statement, for the engine removes it.
    fn write_breaks(&mut self) {
        let breaks = std::mem::take(&mut self.breaks);
        let before = match self.line_start {
            LineStart::After(breaks) => breaks,
            LineStart::Within => 0,
        };
        if breaks <= before {
            return;
        }

        if std::mem::take(&mut self.end) == End::Statement {
            self.text.push('\n');
        }
        for _ in before..breaks {
            self.text.push('\n');
        }
        self.line_start = LineStart::After(breaks);
        self.end_word();
    }

    /// Writes the blank before a word, but not at the beginning of a line.
    fn write_blank(&mut self) {
        if std::mem::take(&mut self.has_blank) && self.line_start == LineStart::Within {
            self.text.push(' ');
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        self.has_blank = false;
        self.end = End::Other;
        self.word = Word::default();
    }

    /// Writes the address of the link that was closed last: behind a colon at the end of a line, and
    /// in angle brackets (RFC 3986, appendix C) before other text.
    fn write_closed_link(&mut self, is_end: bool) {
        let Some(link) = self.closed_link.take() else {
            return;
        };

        if link.start.is_none() {
            self.has_blank = true;
            self.begin_visible();
            self.text.push_str(&link.address);
        } else if is_end || self.breaks > 0 {
            let is_sentence = self
                .text
                .ends_with(|c: char| c.is_alphanumeric() || ")}".contains(c));
            self.text.push_str(if is_sentence { ": " } else { " " });
            self.text.push_str(&link.address);
        } else {
            self.text.push_str(&format!(" <{}>", link.address));
            self.end = End::Other;
            return;
        }
        self.end = End::Other;
        self.has_blank = true;
    }

    /// Writes a `{` before what would make a tag of it as an expression.
    fn guard_brace(&mut self) {
        if self.end == End::Brace {
            self.end = End::Other;
            self.text.pop();
            self.text.push_str("{{ '{' }}");
        }
    }

    fn is_before_word(&self) -> bool {
        self.has_blank || self.breaks > 0 || self.line_start != LineStart::Within
    }

    /// Whether the word so far could be the beginning of an address.
    fn could_be_address(&self) -> bool {
        let start = self.text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let word = self.text.get(start..).unwrap_or_default();
        let word = word.trim_end_matches(|c: char| ":([\"'：（「『".contains(c));

        self.word.has_expression || word.contains(|c: char| ".:/?#@=&%+~".contains(c))
    }
}

/// Whether a text is the address of its link.
fn shows_address(text: &str, address: &str) -> bool {
    let compact = |text: &str| text.replace(' ', "");
    text == address
        || address.strip_suffix('/') == Some(text)
        || (text.starts_with("{{") && compact(text) == compact(address))
}

/// Whether the first word of a text only ends a sentence or a bracket.
fn is_closing(text: &str) -> bool {
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    word.chars().all(|character| CLOSING.contains(character))
}
