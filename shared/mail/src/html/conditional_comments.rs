//! Conditional comments, which hide HTML from Outlook or from everybody else.

use std::ops::Range;

use super::conditions::{Readers, evaluate_condition};

/// The beginnings of every delimiter of a conditional comment.
const DELIMITERS: [&str; 3] = ["<!--[if", "<![if", "<![endif"];

/// A comment, as far as conditional comments are made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CommentKind {
    /// A comment that nobody reads.
    Plain,
    /// A comment that ends early in browsers, and later in programs that look for `-->` only.
    Ambiguous,
    /// It begins as a conditional comment, and does not go on as one.
    Malformed,
    /// A conditional comment, or one end of it.
    Conditional(ConditionalMark),
}

/// A conditional comment, or one end of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConditionalMark {
    /// `<!--[if mso]>…<![endif]-->`, which is a comment to everybody but Outlook.
    Hidden {
        /// The versions of Outlook that read the HTML in it.
        readers: Readers,
        /// The bytes of the comment between its two delimiters.
        inner: Range<usize>,
    },
    /// `<!--[if !mso]><!-->` or `<![if !mso]>`: everybody but Outlook reads the HTML that follows.
    Opening {
        /// The versions of Outlook that read it, too.
        readers: Readers,
    },
    /// `<!--<![endif]-->` or `<![endif]>`.
    Closing,
}

/// Reads a comment, from its `<` to its `>`.
pub(crate) fn classify_comment(comment: &str) -> CommentKind {
    let folded = comment.to_ascii_lowercase();
    let dashed = folded
        .strip_prefix("<!--")
        .and_then(|rest| rest.strip_suffix("-->"));

    let mark = match dashed {
        Some(body) => read_dashed(body),
        None => folded
            .strip_prefix("<!")
            .and_then(|rest| rest.strip_suffix('>'))
            .and_then(read_bare),
    };
    match mark {
        Some(mark) => CommentKind::Conditional(mark),
        None if begins_condition(&folded) => CommentKind::Malformed,
        None if ends_early(comment) => CommentKind::Ambiguous,
        None => CommentKind::Plain,
    }
}

/// The offsets at which delimiters of conditional comments begin.
pub(crate) fn delimiter_offsets(html: &str) -> impl Iterator<Item = usize> {
    html.match_indices("<!").map(|(at, _)| at).filter(|&at| {
        DELIMITERS.iter().any(|delimiter| {
            html.as_bytes()
                .get(at..at + delimiter.len())
                .is_some_and(|bytes| bytes.eq_ignore_ascii_case(delimiter.as_bytes()))
        })
    })
}

fn begins_condition(folded_comment: &str) -> bool {
    folded_comment
        .trim_start_matches(['<', '!', '-'])
        .trim_start()
        .starts_with("[if")
        || delimiter_offsets(folded_comment).next().is_some()
}

/// Whether the comment is one of `<!-->` and `<!--->`, or ends with `--!>`.
fn ends_early(comment: &str) -> bool {
    comment.starts_with("<!-->") || comment.starts_with("<!--->") || comment.ends_with("--!>")
}

/// Reads the text between `<!--` and `-->`.
fn read_dashed(body: &str) -> Option<ConditionalMark> {
    if matches!(body.trim(), "<![endif]" | "[endif]") {
        return Some(ConditionalMark::Closing);
    }

    let (readers, behind) = read_condition(body)?;
    let Some(content) = behind.strip_prefix('>') else {
        // Outlook writes `<!--[if !supportLists]-->` for `<![if !supportLists]>`.
        return behind
            .is_empty()
            .then_some(ConditionalMark::Opening { readers });
    };
    if matches!(content.trim(), "" | "<!" | "<!--") {
        return Some(ConditionalMark::Opening { readers });
    }

    let html = content.trim_end().strip_suffix("<![endif]")?;
    if delimiter_offsets(html).next().is_some() {
        return None;
    }
    let start = "<!--".len() + body.len() - content.len();
    Some(ConditionalMark::Hidden {
        readers,
        inner: start..start + html.len(),
    })
}

/// Reads the text between `<!` and `>`, without dashes before it.
fn read_bare(body: &str) -> Option<ConditionalMark> {
    // `<![endif]-->` closes what `<!--[if !mso]><!-->` opened, too: many templates have it.
    if matches!(body, "[endif]" | "[endif]--") {
        return Some(ConditionalMark::Closing);
    }

    let (readers, behind) = read_condition(body)?;
    behind
        .is_empty()
        .then_some(ConditionalMark::Opening { readers })
}

/// Reads `[if …]` at the beginning of a text, and returns the rest of the text.
fn read_condition(text: &str) -> Option<(Readers, &str)> {
    let (condition, behind) = text.strip_prefix("[if")?.split_once(']')?;
    let is_separate = condition.starts_with(|c: char| c.is_ascii_whitespace() || "(!".contains(c));

    let readers = evaluate_condition(condition).filter(|_| is_separate)?;
    Some((readers, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(comment: &str) -> Option<ConditionalMark> {
        match classify_comment(comment) {
            CommentKind::Conditional(mark) => Some(mark),
            _ => None,
        }
    }

    #[test]
    fn the_ends_of_conditional_comments_are_read_in_every_form() {
        for comment in [
            "<!--[if !mso]><!-->",
            "<!--[if !mso]><!-- -->",
            "<!--[if !mso]>-->",
            "<!--[if !mso]> -->",
            "<!--[IF !MSO]><!-->",
            "<![if !mso]>",
            "<!--[if !(mso)]-->",
        ] {
            let readers = Readers::NONE;
            assert_eq!(
                mark(comment),
                Some(ConditionalMark::Opening { readers }),
                "{comment}"
            );
        }
        for comment in [
            "<!--<![endif]-->",
            "<!-- <![endif]-->",
            "<!--[endif]-->",
            "<![endif]>",
            "<![endif]-->",
            "<!--<![ENDIF]-->",
        ] {
            assert_eq!(mark(comment), Some(ConditionalMark::Closing), "{comment}");
        }
    }

    #[test]
    fn the_html_of_a_hidden_comment_is_found() {
        for (comment, html) in [
            ("<!--[if mso]><p>x</p><![endif]-->", "<p>x</p>"),
            ("<!--[if mso]>x<![endif] -->", "x"),
            ("<!--[if gte mso 9]> モ<b> <![endif]-->", " モ<b> "),
        ] {
            let Some(ConditionalMark::Hidden { readers, inner }) = mark(comment) else {
                panic!("{comment}")
            };
            assert_eq!((readers, &comment[inner]), (Readers::OUTLOOK, html));
        }
    }

    #[test]
    fn other_comments_are_plain_or_malformed() {
        for comment in [
            "<!-- a note -->",
            "<!---->",
            "<?php x ?>",
            "<!-- as [if x] -->",
        ] {
            assert_eq!(classify_comment(comment), CommentKind::Plain, "{comment}");
        }
        for comment in ["<!-->", "<!--->", "<!-- x --!>"] {
            assert_eq!(
                classify_comment(comment),
                CommentKind::Ambiguous,
                "{comment}"
            );
        }
        for comment in [
            "<!--[if mso]><p>x</p>-->",
            "<!--[if mso]><p><!--[if mso]><![endif]-->",
            "<!-- [if mso]><p>x</p><![endif]-->",
            "<!--[if {{ user.name }}]>x<![endif]-->",
            "<!--[ifmso]>x<![endif]-->",
            "<!-- x <![endif]-->",
            "<!--[if mso]>x<![endif]--!>",
            "<![if mso] x>",
        ] {
            assert_eq!(
                classify_comment(comment),
                CommentKind::Malformed,
                "{comment}"
            );
        }
    }
}
