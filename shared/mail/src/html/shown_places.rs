use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use lol_html::html_content::{Comment, Element, EndTag, TextChunk, TextType};
use lol_html::{DocumentContentHandlers, RewriteStrSettings, element, rewrite_str};

use super::conditional_comments::{CommentKind, classify_comment};
use super::input::HtmlInput;
use super::noscript::{NOSCRIPT, rename_noscript};
use super::readings::{PlacedMark, Reading};
use super::styles::hides;

/// The readings of a mail that show something to the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShownIn {
    /// Outlook shows it, which reads the conditional comments for it.
    pub outlook: bool,
    /// Every other mail program shows it.
    pub others: bool,
}

/// Finds the readings of a mail that show its secret: as text, or as the address of a link.
pub(crate) fn shown_secrets(rendered: &str, input: HtmlInput<'_>) -> ShownIn {
    let secrets = input.secret_ranges(rendered);
    find_readings(rendered, &secrets, &|address| {
        input.is_invitation_link(address)
    })
}

/// Whether every reading of a mail shows the text of one of the places.
pub(crate) fn is_shown_everywhere(rendered: &str, places: &[Range<usize>]) -> bool {
    let shown = find_readings(rendered, places, &|_| false);
    shown.outlook && shown.others
}

/// Finds the readings that show the text of one of the places, or a link that is one.
///
/// An element that the mail hides shows nothing: one with `hidden` or `display:none`, and `noscript`,
/// which not every program shows.
fn find_readings(
    rendered: &str,
    places: &[Range<usize>],
    is_place: &dyn Fn(&str) -> bool,
) -> ShownIn {
    if places.is_empty() {
        return ShownIn::default();
    }

    let reading = Reading::of_others(rename_noscript(rendered));
    let (others, marks) = shows_place(&reading, places, is_place);
    let outlook = if marks.is_empty() && !rendered.contains("mso-hide") {
        others
    } else {
        Reading::of_outlook(&reading.text, &marks)
            .iter()
            .all(|outlook| shows_place(outlook, places, is_place).0)
    };
    ShownIn { outlook, others }
}

/// Whether a reading shows one of the places, and the ends of its conditional comments.
fn shows_place(
    reading: &Reading<'_>,
    places: &[Range<usize>],
    is_place: &dyn Fn(&str) -> bool,
) -> (bool, Vec<PlacedMark>) {
    let is_shown = Cell::new(false);
    let is_seen = |place: &Range<usize>| !reading.passes_over(place.start);
    let hidden_elements = Rc::new(Cell::new(0_usize));
    let marks = RefCell::new(Vec::new());

    let document = DocumentContentHandlers::default()
        .comments(|comment: &mut Comment<'_>| {
            let range = comment.source_location().bytes();
            let source = reading.text.get(range.clone()).unwrap_or_default();
            if let CommentKind::Conditional(mark) = classify_comment(source) {
                marks.borrow_mut().push((range, mark));
            }
            Ok(())
        })
        .text(|text: &mut TextChunk<'_>| {
            let range = text.source_location().bytes();
            let is_visible = text.text_type() == TextType::Data && hidden_elements.get() == 0;
            let mut shown = places.iter().filter(|place| is_seen(place));
            if is_visible && shown.any(|place| overlaps(place, &range)) {
                is_shown.set(true);
            }
            Ok(())
        });
    let settings = RewriteStrSettings::new()
        .with_strict(false)
        .append_element_content_handler(element!("*", |element| {
            let is_link = links_to_place(element, is_place);
            let is_hidden = hides_content(element, reading.is_outlook);
            if is_link && !is_hidden && hidden_elements.get() == 0 {
                is_shown.set(true);
            }
            if is_hidden {
                count_until_end(element, &hidden_elements);
            }
            Ok(())
        }))
        .append_document_content_handler(document);

    let is_read = rewrite_str(&reading.text, settings).is_ok();
    (is_read && is_shown.get(), marks.take())
}

fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Whether the element is a link whose whole address is a place.
fn links_to_place(element: &Element<'_, '_>, is_place: &dyn Fn(&str) -> bool) -> bool {
    let name = element.tag_name();
    (name == "a" || name.starts_with("v:"))
        && element
            .get_attribute("href")
            .is_some_and(|address| is_place(&address))
}

/// Whether the element keeps its content from the reader.
fn hides_content(element: &Element<'_, '_>, is_outlook: bool) -> bool {
    let is_hidden_by_style = || {
        element
            .get_attribute("style")
            .is_some_and(|style| hides(&style, is_outlook))
    };

    element.has_attribute("hidden")
        || matches!(&*element.tag_name(), NOSCRIPT | "xml")
        || is_hidden_by_style()
}

/// Counts an element until its end tag; one without content is not counted.
fn count_until_end(element: &mut Element<'_, '_>, open: &Rc<Cell<usize>>) {
    let name = element.tag_name();
    let counted = Rc::clone(open);

    if let Some(handlers) = element.end_tag_handlers() {
        open.update(|count| count + 1);
        handlers.push(Box::new(move |end: &mut EndTag<'_>| {
            if end.name() == name {
                counted.update(|count| count.saturating_sub(1));
            }
            Ok(())
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> (bool, bool) {
        let html = html.replace('#', crate::placeholder::INVITATION_URL);
        let shown = shown_secrets(&html, HtmlInput::RenderedMail { secret: None });
        (shown.outlook, shown.others)
    }

    #[test]
    fn a_secret_is_shown_as_text_or_as_a_link_that_nothing_hides() {
        for html in [
            "<p>#</p>",
            "<a href=\"#\">Set a password</a>",
            "<p hidden>x</p>#",
            "<p style=\"display: block\">#</p>",
            "<!--[if mso]>x<![endif]-->#",
        ] {
            assert_eq!(shown(html), (true, true), "{html}");
        }
        for html in [
            "<p>x</p>",
            "<p hidden>#</p>",
            "<div style=\"DISPLAY : none\"><b><a href=\"#\">x</a></b></div>",
            "<a hidden href=\"#\">x</a>",
            "<noscript>#</noscript>",
            "<title>#</title>",
            "<!-- # -->",
            "<p title=\"#\">x</p>",
        ] {
            assert_eq!(shown(html), (false, false), "{html}");
        }
    }

    #[test]
    fn each_reading_shows_its_own() {
        for (html, expected) in [
            ("<!--[if mso]>#<![endif]-->", (true, false)),
            (
                "<!--[if mso]><v:rect href=\"#\"></v:rect><![endif]-->",
                (true, false),
            ),
            ("<!--[if !mso]><!-->#<!--<![endif]-->", (false, true)),
            (
                "<!--[if mso]><p hidden><![endif]-->#<!--[if mso]></p><![endif]-->",
                (false, true),
            ),
            ("<!--[if gte mso 15]>#<![endif]-->", (false, false)),
            ("<p style=\"mso-hide:all\">#</p>", (false, true)),
        ] {
            assert_eq!(shown(html), expected, "{html}");
        }
    }
}
