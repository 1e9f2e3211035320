//! Finds marks of other programs in a template, and the variables that stand for the same.
//!
//! A template that was written for another program keeps its marks, such as `*|FNAME|*` or
//! `%recipient.name%`. Here they are ordinary text, and the recipient would read them. Those in double
//! braces are errors of the template engine instead, which name the variable too.

mod forms;
mod known_names;
mod visible_source;

use reinvite_domain::{TextPosition, Variant};

use crate::html::html_texts;
use crate::mail_part::MailPart;
use crate::render_error::RenderError;
use forms::{FoundMark, find_marks};
use visible_source::visible_source;

pub(crate) use known_names::variable_for;

/// The most marks that are told of a part.
const MAX_MARKS: usize = 20;

/// The most characters of a mark that are told.
const MAX_MARK_CHARACTERS: usize = 60;

/// Text that looks like a mark of another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignMark {
    /// The part of the variant.
    pub part: MailPart,
    /// The position in that part.
    pub position: TextPosition,
    /// The mark as the source writes it.
    pub mark: String,
    /// The variable to use instead, if one stands for the same.
    pub variable: Option<&'static str>,
}

/// Finds the marks of other programs in a variant, at most 20 in each part. A text that was made from
/// the HTML has those of the HTML.
#[must_use]
pub fn foreign_marks(variant: &Variant) -> Vec<ForeignMark> {
    let text = (!variant.text_made).then_some((MailPart::Text, &variant.text));

    [
        (MailPart::Subject, &variant.subject),
        (MailPart::Html, &variant.html),
    ]
    .into_iter()
    .chain(text)
    .flat_map(|(part, source)| marks_of_part(part, source))
    .collect()
}

fn marks_of_part(part: MailPart, source: &str) -> Vec<ForeignMark> {
    let visible = visible_source(part, source);
    let mut marks = find_marks(&visible);
    if part == MailPart::Html {
        marks.extend(find_split_marks(&visible));
        marks.sort_by_key(|mark| mark.range.start);
    }

    marks
        .into_iter()
        .take(MAX_MARKS)
        .map(|found| ForeignMark {
            part,
            position: RenderError::position_at(source, found.range.start),
            mark: source[found.range]
                .chars()
                .take(MAX_MARK_CHARACTERS)
                .collect(),
            variable: variable_for(&found.name),
        })
        .collect()
}

/// Finds the marks that an editor has split with a tag of HTML, our own among them: `{<b>{ user.name }</b>}`.
fn find_split_marks(visible: &str) -> Vec<FoundMark> {
    let mut joined = String::with_capacity(visible.len());
    // The places in the source at which the pieces of the joined text begin.
    let mut pieces: Vec<(usize, usize)> = Vec::new();
    for text in html_texts(visible) {
        pieces.push((joined.len(), text.start));
        joined.push_str(&visible[text]);
    }
    let place_of = |at: usize| {
        let piece = pieces.partition_point(|(start, _)| *start <= at);
        let (start, place) = pieces[piece.saturating_sub(1)];
        place + at - start
    };

    let found = find_marks(&joined).into_iter();
    let placed = found.map(|FoundMark { range, name }| {
        let place = place_of(range.start)..place_of(range.end - 1) + 1;
        (place.len() > range.len(), FoundMark { range: place, name })
    });
    placed
        .filter_map(|(is_split, mark)| is_split.then_some(mark))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(html: &str) -> Vec<(String, Option<&'static str>)> {
        let variant = Variant {
            html: html.into(),
            ..Variant::default()
        };
        foreign_marks(&variant)
            .into_iter()
            .map(|mark| (mark.mark, mark.variable))
            .collect()
    }

    #[test]
    fn marks_of_other_programs_are_found_with_the_variable_to_use() {
        for (mark, variable) in [
            ("*|FNAME|*", Some("user.name")),
            ("*|MC:SUBJECT|*", None),
            ("*|IF:FNAME|*", None),
            ("{user.name}", Some("user.name")),
            ("{name}", Some("user.name")),
            ("{FIRST_NAME}", Some("user.name")),
            ("{UNSUBSCRIBE}", None),
            ("{$name}", Some("user.name")),
            ("{$contact->email}", Some("user.email")),
            ("${user.email}", Some("user.email")),
            ("{!User.Name}", Some("user.name")),
            ("{!Contact.Email}", Some("user.email")),
            ("%%First Name%%", Some("user.name")),
            ("%%emailaddr%%", Some("user.email")),
            ("%recipient.name%", Some("user.name")),
            ("%FIRSTNAME%", Some("user.name")),
            ("[[name]]", Some("user.name")),
            ("[[data:email:\"\"]]", Some("user.email")),
            ("&lt;&lt;name&gt;&gt;", Some("user.name")),
            ("<<Company Name>>", Some("organisation.name")),
            ("<%= user.email %>", Some("user.email")),
            ("##username##", Some("user.login_id")),
            ("{loginUrl}", Some("login_url")),
            ("@@password@@", Some("password")),
            ("[FNAME]", Some("user.name")),
            ("«FIRST_NAME»", Some("user.name")),
            ("«email»", Some("user.email")),
        ] {
            for html in [
                mark.to_owned(),
                format!("<p>Dear {mark},</p>"),
                format!("<a title=\"{mark}\">"),
            ] {
                assert_eq!(marks(&html), [(mark.to_owned(), variable)], "{html}");
            }
        }
    }

    #[test]
    fn ordinary_text_css_and_our_own_tags_are_no_marks() {
        for html in [
            "<style>p{color:red}.a{b}@media screen{#outlook a{padding:0}}%%name%%</style>",
            "<p style=\"width:100%;height:50%\">",
            "<style>@media{#a b{c:d}}</style>{e}",
            "50% off, 20%more% or 5%a%: up to 100%%, 10 %",
            "$5 ${} $ {5} ${5} {} {a b} {curly} {very} nice [1] [[1]] [x] ** | * |",
            "{{ user.name }}{% if attempt > 1 %}{{ {'a': 1}['a'] }}{% endif %}{# {name} #}",
            "{% raw %}{name}{% endraw %}",
            "a << b >> c, cout<<x>>y, <-- <<< 1 >>>",
            "https://example.com/?q=%E3%81%82%E3%81%84&amp;r=%7B%7Bname%7D%7D%20",
            "# Title ## Name ## #1 @ a@@b",
            "<!-- *|FNAME|* {user.name} -->",
            "[Sales] [note] [Tokyo] (name) :name -name- _name_",
            "100 % name %, 3 % of 5 %",
            "Lisez « name » ou «bonjour»",
        ] {
            assert_eq!(marks(html), [], "{html}");
        }
    }

    #[test]
    fn a_mark_that_an_editor_split_with_a_tag_is_found() {
        for (html, mark) in [
            (
                "<p>あ {<b>{ user.name }</b>} b</p>",
                "{<b>{ user.name }</b>}",
            ),
            ("<p>{{<span> user.name</span>}</p>", ""),
            ("<p>*|<i>FNAME</i>|*</p>", "*|<i>FNAME</i>|*"),
            ("<p>{</p><p>a</p>", ""),
            ("{{ user.name }}<b>{{ user.email }}</b>", ""),
        ] {
            let found = marks(html).into_iter().next();
            assert_eq!(
                found.map(|(mark, _)| mark).unwrap_or_default(),
                mark,
                "{html}"
            );
        }
    }

    #[test]
    fn a_mark_has_its_place_in_its_part() {
        let variant = Variant {
            subject: "Hi *|FNAME|*".into(),
            html: "<p>\n  あ%recipient.name%</p>".into(),
            text: "{user.name}".into(),
            text_made: false,
        };
        let places: Vec<_> = foreign_marks(&variant)
            .into_iter()
            .map(|mark| {
                let position = mark.position;
                (mark.part, position.line, position.column.unwrap())
            })
            .collect();
        assert_eq!(
            places,
            [
                (MailPart::Subject, 1, 4),
                (MailPart::Html, 2, 4),
                (MailPart::Text, 1, 1)
            ]
        );
    }
}
