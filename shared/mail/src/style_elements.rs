use std::borrow::Cow;
use std::ops::Range;

/// The HTML with blanks in place of what its style elements hold. Offsets stay as they are.
///
/// A style sheet holds no tag of Jinja, but `{#outlook` looks like one.
pub(crate) fn without_styles(html: &str) -> Cow<'_, str> {
    let folded = html.to_ascii_lowercase();
    let ranges = ranges_between(&folded, "<style", "</style");
    if ranges.is_empty() {
        return Cow::Borrowed(html);
    }

    let mut blanked = String::with_capacity(html.len());
    let mut end = 0;
    for range in ranges {
        let Some(open) = folded[range.clone()].find('>') else {
            continue;
        };
        let start = range.start + open + 1;
        blanked.push_str(&html[end..start]);
        blanked.push_str(&" ".repeat(range.end - start));
        end = range.end;
    }
    blanked.push_str(&html[end..]);
    Cow::Owned(blanked)
}

/// The ranges from each `open` to the next `close`, or to the end.
pub(crate) fn ranges_between(text: &str, open: &str, close: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;

    while let Some(start) = text[from..].find(open).map(|at| from + at) {
        let end = text[start..]
            .find(close)
            .map_or(text.len(), |at| start + at);
        ranges.push(start..end);
        from = end;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_content_of_styles_is_blank() {
        assert_eq!(
            without_styles("a<STYLE media='x'>{#b}</style>c<style>d"),
            "a<STYLE media='x'>    </style>c<style> "
        );
        assert_eq!(without_styles("<style"), "<style");
    }
}
