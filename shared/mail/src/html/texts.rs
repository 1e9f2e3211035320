//! The texts of some HTML: its characters outside of tags, style sheets and comments.
//!
//! It reads HTML that [`check_html`](super::check_html) takes, in one pass and without a tree.

use std::ops::Range;

/// Elements whose content is read as text, whatever it looks like.
const RAW_TEXT_ELEMENTS: [&str; 3] = ["style", "title", "textarea"];

/// Finds the texts of some HTML, those in conditional comments included, in order.
pub(crate) fn html_texts(html: &str) -> Vec<Range<usize>> {
    let mut texts = Vec::new();
    let mut at = 0;

    while at < html.len() {
        let rest = &html[at..];
        let length = if rest.starts_with('<') {
            read_markup(rest)
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
        texts.push(at..end);
        at = end;
    }
    texts
}

/// Whether one of some texts holds a place, whole.
pub(crate) fn is_within(texts: &[Range<usize>], place: &Range<usize>) -> bool {
    let candidate = texts.partition_point(|text| text.end < place.end);
    let text = texts.get(candidate);
    text.is_some_and(|text| text.start <= place.start)
}

/// The length of the markup that a text begins with; 0 if it is none.
fn read_markup(rest: &str) -> usize {
    if let Some(comment) = rest.strip_prefix("<!--") {
        return read_comment(rest, comment);
    }
    if rest.starts_with("<!") || rest.starts_with("<?") {
        // `<!doctype html>`, or the end of a conditional comment: `<![endif]-->`.
        return rest.find('>').map_or(rest.len(), |end| end + 1);
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
    if !is_end_tag && RAW_TEXT_ELEMENTS.contains(&name.as_str()) {
        return length + raw_text_length(&rest[length..], &name);
    }
    length
}

/// The length of a comment. A conditional one is read as its condition and the HTML behind it.
fn read_comment(rest: &str, comment: &str) -> usize {
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
    ["<!-->", "-->"]
        .iter()
        .find(|revealed| behind.starts_with(**revealed))
        .map_or(length, |revealed| length + revealed.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_outside_of_tags_styles_and_comments() {
        for (html, expected) in [
            ("a<p title=\"b>c\">d</p>e", "ade"),
            ("<title>a</title><style>b { c: d }</STYLE >e", "e"),
            ("<!doctype html>a<!-- b <p>c -->d", "ad"),
            ("1 < 2<br>3", "1 < 23"),
            ("é<b>日本</b>", "é日本"),
            ("a<!--[if mso]><b>b</b><![endif]-->c", "abc"),
            ("a<!--[if !mso]><!-->b<!--<![endif]-->c", "abc"),
            ("a<!--[if !mso]>-->b<!--<![endif]-->c", "abc"),
        ] {
            let texts = html_texts(html);
            let shown: String = texts.into_iter().map(|text| &html[text]).collect();
            assert_eq!(shown, expected, "{html}");
        }
    }
}
