//! The texts of some HTML: its characters outside of tags, style sheets and comments.
//!
//! It reads HTML that [`check_html`](super::check_html) takes, in one pass and without a tree.

use std::ops::Range;

/// Elements whose content is read as text, whatever it looks like.
const RAW_TEXT_ELEMENTS: [&str; 3] = ["style", "title", "textarea"];

/// Elements that have no end tag, so that nothing can be hidden in them.
const VOID_ELEMENTS: [&str; 8] = ["area", "br", "col", "hr", "img", "link", "meta", "wbr"];

/// A text of some HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HtmlText {
    /// Its byte range.
    pub range: Range<usize>,
    /// Whether every reader sees it: it stands in no conditional comment and in no hidden element.
    pub is_visible: bool,
}

/// Finds the texts of some HTML, those in conditional comments included, in order.
pub(crate) fn html_texts(html: &str) -> Vec<HtmlText> {
    let mut reader = Reader::default();
    let mut at = 0;

    while at < html.len() {
        let rest = &html[at..];
        let length = if rest.starts_with('<') {
            reader.read_markup(rest)
        } else {
            0
        };
        if length > 0 {
            at += length;
            continue;
        }

        // A `<` that begins no markup is text.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let next = rest[first..].find('<');
        let end = next.map_or(html.len(), |next| at + first + next);
        reader.texts.push(HtmlText {
            range: at..end,
            is_visible: !reader.is_in_comment && reader.hidden.is_none(),
        });
        at = end;
    }
    reader.texts
}

/// The hidden element that is open, and how many elements of its name are open since.
struct Hidden {
    element: String,
    depth: usize,
}

#[derive(Default)]
struct Reader {
    texts: Vec<HtmlText>,
    is_in_comment: bool,
    hidden: Option<Hidden>,
}

impl Reader {
    /// Reads the markup that a text begins with, and returns its length; 0 if it is no markup.
    fn read_markup(&mut self, rest: &str) -> usize {
        if let Some(comment) = rest.strip_prefix("<!--") {
            return self.read_comment(rest, comment);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return self.read_declaration(rest);
        }

        let is_end_tag = rest.starts_with("</");
        let name: String = rest[1 + usize::from(is_end_tag)..]
            .chars()
            .take_while(|c| !c.is_whitespace() && !matches!(c, '/' | '>'))
            .collect::<String>()
            .to_ascii_lowercase();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return 0;
        }

        let length = tag_length(rest);
        let tag = &rest[..length];
        if is_end_tag {
            self.close(&name);
            return length;
        }
        self.open(&name, tag);
        if RAW_TEXT_ELEMENTS.contains(&name.as_str()) {
            return length + raw_text_length(&rest[length..], &name);
        }
        length
    }

    /// A conditional comment is read as its condition and the HTML behind it.
    fn read_comment(&mut self, rest: &str, comment: &str) -> usize {
        let end = comment.find("-->").map_or(rest.len(), |end| end + 7);
        let Some(condition) = comment.trim_start().strip_prefix("[if") else {
            return end;
        };
        let Some((before, behind)) = condition.split_once("]>") else {
            return end;
        };

        let length = rest.len() - behind.len();
        if before.contains("-->") {
            return end;
        }
        // `<!--[if !mso]><!-->` ends here: everybody but Outlook reads the HTML behind it.
        for revealed in ["<!-->", "-->"] {
            if behind.starts_with(revealed) {
                return length + revealed.len();
            }
        }
        self.is_in_comment = true;
        length
    }

    /// `<!doctype html>`, or the end of a conditional comment: `<![endif]-->`.
    fn read_declaration(&mut self, rest: &str) -> usize {
        let length = rest.find('>').map_or(rest.len(), |end| end + 1);
        if rest[..length].ends_with("-->") {
            self.is_in_comment = false;
        }
        length
    }

    fn open(&mut self, element: &str, tag: &str) {
        match &mut self.hidden {
            Some(hidden) if hidden.element == element => hidden.depth += 1,
            None if hides(tag) && !VOID_ELEMENTS.contains(&element) => {
                self.hidden = Some(Hidden {
                    element: element.to_owned(),
                    depth: 1,
                });
            }
            _ => {}
        }
    }

    fn close(&mut self, element: &str) {
        let Some(hidden) = &mut self.hidden else {
            return;
        };
        if hidden.element == element {
            hidden.depth -= 1;
            if hidden.depth == 0 {
                self.hidden = None;
            }
        }
    }
}

/// The length of the tag that a text begins with: to the first `>` outside of quotes.
fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, character) in rest.char_indices() {
        match (quote, character) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// The length of raw text up to its end tag.
fn raw_text_length(rest: &str, element: &str) -> usize {
    let end_tag = format!("</{element}");
    let folded = rest.to_ascii_lowercase();
    folded.find(&end_tag).unwrap_or(rest.len())
}

/// Whether a start tag hides its element: by `hidden`, or by a style that shows nothing.
fn hides(tag: &str) -> bool {
    let folded: String = tag
        .to_ascii_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() || *c == ' ')
        .collect();
    let compact = folded.replace(' ', "");

    let has_hidden = folded
        .split([' ', '>', '/'])
        .any(|word| word == "hidden" || word.starts_with("hidden="));
    let shows_nothing = ["display:none", "visibility:hidden"]
        .iter()
        .any(|style| compact.contains(style));
    has_hidden || shows_nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of some HTML; those that not every reader sees are in brackets.
    fn texts(html: &str) -> String {
        html_texts(html)
            .into_iter()
            .map(|text| {
                let shown = &html[text.range];
                if text.is_visible {
                    shown.to_owned()
                } else {
                    format!("[{shown}]")
                }
            })
            .collect()
    }

    #[test]
    fn texts_stand_outside_of_tags_styles_and_comments() {
        for (html, expected) in [
            ("a<p title=\"b>c\">d</p>e", "ade"),
            ("<title>a</title><style>b { c: d }</STYLE >e", "e"),
            ("<!doctype html>a<!-- b <p>c -->d", "ad"),
            ("1 < 2<br>3", "1 < 23"),
            ("é<b>日本</b>", "é日本"),
            (
                "<div style='Display : none'>a<div>b</div>c</div>d",
                "[a][b][c]d",
            ),
            (
                "<p hidden>a</p><p hidden=\"\">b</p><p class=\"hidden\">c</p>",
                "[a][b]c",
            ),
            ("<img hidden>a", "a"),
            ("a<!--[if mso]><b>b</b><![endif]-->c", "a[b]c"),
            ("a<!--[if !mso]><!-->b<!--<![endif]-->c", "abc"),
            ("a<!--[if !mso]>-->b<!--<![endif]-->c", "abc"),
        ] {
            assert_eq!(texts(html), expected, "{html}");
        }
    }
}
