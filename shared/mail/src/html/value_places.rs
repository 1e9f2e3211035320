use std::ops::Range;

use super::input::HtmlInput;
use super::noscript::rename_noscript;
use super::reading_checker::{CheckedReading, check_reading};
use super::readings::Reading;
use super::texts::is_within;

/// Whether every value in a rendered mail stands in a text or in a label, and apart from its secret, in
/// every reading.
///
/// Such a value decides nothing about the HTML around it: it is escaped, so it begins no markup. No
/// value is empty, so its text is there with any value. The rules look at a text for the secret in it
/// only, and at the word around that: `is_joined` tells whether a text has such a word with a value.
pub(crate) fn are_values_shown(
    html: &str,
    values: &[Range<usize>],
    is_joined: fn(&str) -> bool,
    input: HtmlInput<'_>,
) -> bool {
    let are_texts_in = |reading: &Reading<'_>, checked: &CheckedReading| {
        let is_seen_as_text = |value: &Range<usize>| {
            reading.passes_over(value.start)
                || is_within(&checked.texts, value)
                || is_in_label(reading, checked, value)
        };
        values.iter().all(is_seen_as_text)
            && !checked.secret_ranges.joins_values(&reading.text, is_joined)
    };

    let reading = Reading::of_others(rename_noscript(html));
    let others = check_reading(&reading, input);
    if !are_texts_in(&reading, &others) {
        return false;
    }

    // Without conditional comments Outlook reads what everybody reads.
    let of_outlook = if others.marks.is_empty() {
        Vec::new()
    } else {
        Reading::of_outlook(&reading.text, &others.marks)
    };
    of_outlook
        .iter()
        .all(|outlook| are_texts_in(outlook, &check_reading(outlook, input)))
}

/// Whether a value stands in a title, or in an attribute that is only shown.
///
/// Behind a `<` it could end the title, or the `noscript` around it.
fn is_in_label(reading: &Reading<'_>, checked: &CheckedReading, value: &Range<usize>) -> bool {
    let mut labels = checked.labels.iter();
    let label = labels.find(|label| label.start <= value.start && value.end <= label.end);
    label.is_some_and(|label| !reading.text[label.clone()].contains('<'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand_ins;

    fn are_shown(html: &str) -> bool {
        let html = html
            .replace('@', &stand_ins::stand_in(3))
            .replace('#', crate::placeholder::INVITATION_URL);
        let values = stand_ins::stand_in_ranges(&html);
        are_values_shown(
            &html,
            &values,
            stand_ins::stand_beside_secret,
            HtmlInput::RenderedMail { secret: None },
        )
    }

    #[test]
    fn a_value_in_a_text_or_a_label_decides_nothing_about_the_html() {
        for html in [
            "@",
            "<p>@</p><b>a@b</b>&@",
            "a < @",
            "<p>@ #</p>",
            "<p>@<br>#</p>",
            "<noscript>@</noscript>",
            "<p hidden>@</p>",
            "<!--[if mso]><p><![endif]-->@<!--[if mso]></p><![endif]-->",
            "<!--[if !mso]><!--><p>@</p><!--<![endif]-->",
            "<title>a @</title>",
            "<p title=\"@\">x</p>",
            "<img alt='a @' src=\"\">",
            "<a href=\"#\" aria-label='@'>x</a>",
        ] {
            assert!(are_shown(html), "{html}");
        }
        for html in [
            "<@",
            "</@",
            "<!@>",
            "<p title=@>x</p>",
            "<p title=\"</@\">x</p>",
            "<p lang=\"@\">x</p>",
            "<meta title=\"@\">",
            "<p @>x</p>",
            "<p style='@'>x</p>",
            "<a href='@'>x</a>",
            "<a href='https://example.com/@'>x</a>",
            "<!-- @ -->",
            "<!--[if mso]><p>@</p><![endif]-->",
            "<style>@</style>",
            "<title></@</title>",
            "<p>@#</p>",
            "<p>#-@</p>",
            "<p>#</i>-<!-- x -->@</p>",
            "<p>#<!--[if !mso]><!--> <!--<![endif]-->@</p>",
        ] {
            assert!(!are_shown(html), "{html}");
        }
    }
}
