//! Templates that other programs wrote: some are kept, some are cleaned, and some are refused.

use reinvite_mail::{LocatedDefect, check_variant, clean_html};

use crate::template;

fn findings(html: &str) -> Vec<LocatedDefect> {
    check_variant("", &"en".parse().unwrap(), &template("s", html, "t"))
        .err()
        .unwrap_or_default()
}

/// The rule, the line, the column and whether it is cleanable, of each finding.
fn told(html: &str) -> Vec<(&'static str, usize, usize, bool)> {
    findings(html)
        .into_iter()
        .map(|finding| {
            let position = finding.position.unwrap();
            (
                finding.defect.name(),
                position.line,
                position.column.unwrap(),
                finding.cleanable,
            )
        })
        .collect()
}

#[test]
fn harmless_templates_are_kept() {
    for html in [
        "<!--[if !mso]><!--><p>x</p><!--<![endif]-->",
        "<!--[if !mso]>-->\n<p>x</p>\n<!-- <![endif]-->",
        "<![if !mso]><p>x</p><![endif]>",
        "<!--[if mso]><style>td{padding:0}</style><![endif]-->",
        "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->",
        "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings></o:OfficeDocumentSettings></xml></noscript><![endif]-->",
        "<!--[if mso]><v:roundrect xmlns:v=\"urn:schemas-microsoft-com:vml\" href=\"{{ login_url }}\" style=\"height:40px;v-text-anchor:middle;width:200px\" arcsize=\"10%\" fillcolor=\"#1e3650\"><w:anchorlock/><center style=\"color:#ffffff\">Log in</center></v:roundrect><![endif]-->",
        "<!--[if (gte mso 9)|(IE)]><table><tr><td><![endif]--><p>x</p><!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->",
        "<!--[if mso]><v:fill type=\"tile\" src=\"https://example.com/a.png\" color=\"#fff\" /><![endif]-->",
        "<style>@media only screen{#outlook a{padding:0}}</style>",
        "<p>x<o:p></o:p></p>",
        "<body topmargin=\"0\" leftmargin=\"0\" marginwidth=\"0\" marginheight=\"0\" link=red vlink=red><p>x</p></body>",
        "<a href=\"{{ login_url }}?utm_source=invite&amp;utm_medium=email\">Log in</a>",
        "<a href=\"{{ login_url }}#start\">Log in</a>",
        "<a href=\"{{ login_url }} \">Log in</a>",
        "<noscript><p>b</p></noscript>",
        "<div itemscope itemtype=\"http://schema.org/EmailMessage\"><span itemprop=\"description\">x</span></div>",
        "<p hidden>x</p><bdi>{{ user.name }}</bdi><img loading=lazy src=https://example.com/a.png>",
        "<td background=\"https://example.com/a.png\">x</td>",
        "<p>{{ password }}</p><!--[if mso]>{{ password }}<![endif]-->",
        "<!--[if mso]><v:rect href=\"{{ invitation_url }}\"></v:rect><![endif]-->",
    ] {
        assert_eq!(told(html), [], "{html}");
        let unchanged = clean_html(html);
        assert_eq!((&*unchanged.html, unchanged.cleaned.len()), (html, 0));
    }
}

#[test]
fn parts_that_do_nothing_are_cleaned_when_asked() {
    for (html, rule, (line, column), cleaned) in [
        (
            "<div\n mc:edit=\"main\">x</div>",
            "unknown_attribute",
            (2, 2),
            "<div\n>x</div>",
        ),
        (
            "<p><x-y>a</x-y>b</p>",
            "unknown_element",
            (1, 4),
            "<p>ab</p>",
        ),
        (
            "<p><multi:line/>b</p>",
            "unknown_element",
            (1, 4),
            "<p>b</p>",
        ),
        (
            "<img src=\"http://example.com/logo.png\" alt=\"\">",
            "image_over_http",
            (1, 11),
            "<img src=\"https://example.com/logo.png\" alt=\"\">",
        ),
        (
            "<p>x</p>\n<script type=\"application/ld+json\">{\"@context\":\"x\"}</script>",
            "data_script",
            (2, 1),
            "<p>x</p>\n",
        ),
        (
            "<link rel=stylesheet href='https://example.com/a.css'><p>x</p>",
            "linked_file",
            (1, 1),
            "<p>x</p>",
        ),
        (
            "<!--[if !mso]><!--><link href='https://example.com/a.css'><!--<![endif]-->",
            "linked_file",
            (1, 20),
            "<!--[if !mso]><!--><!--<![endif]-->",
        ),
        (
            "<!--[if mso]><v:image src='HTTP://example.com/a.png' /><![endif]-->",
            "image_over_http",
            (1, 28),
            "<!--[if mso]><v:image src='HTTPs://example.com/a.png' /><![endif]-->",
        ),
        ("<v:rect>x</v:rect>", "unknown_element", (1, 1), "x"),
        ("<p a-b= >x</p>", "unknown_attribute", (1, 4), "<p >x</p>"),
    ] {
        assert_eq!(told(html)[0], (rule, line, column, true), "{html}");
        assert!(told(html).iter().all(|finding| finding.3), "{html}");

        let once = clean_html(html);
        assert_eq!(once.html, cleaned, "{html}");
        assert_eq!(once.cleaned[0].defect.name(), rule);
        let position = once.cleaned[0].position.unwrap();
        assert_eq!((position.line, position.column), (line, Some(column)));
        assert_eq!(told(cleaned), [], "{html}");
    }
}

/// HTML, the rule that it breaks, and the line and column of the part that breaks it.
const REFUSED: &[(&str, &str, (usize, usize))] = &[
    ("\n<script>alert(1)</script>", "element_not_allowed", (2, 1)),
    (
        "<noscript><script>alert(1)</script></noscript>",
        "element_not_allowed",
        (1, 11),
    ),
    (
        "<noscript><a href=\"https://example.net/{{ user.email }}\">x</a></noscript>",
        "variable_in_link",
        (1, 20),
    ),
    (
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "ambiguous_markup",
        (1, 21),
    ),
    (
        "<noscript>{{ password }}</noscript>",
        "misplaced_secret",
        (1, 11),
    ),
    (
        "<base href=\"https://example.net/\"><p>x</p>",
        "element_not_allowed",
        (1, 1),
    ),
    (
        "<meta http-equiv=refresh content='0;url=https://example.net'>",
        "http_equiv",
        (1, 18),
    ),
    (
        "<a href=\"%7B%7B%20login_url%20%7D%7D\">Log in</a>",
        "encoded_link",
        (1, 10),
    ),
    (
        "<a href=\"http://{{ login_url }}\">Log in</a>",
        "encoded_link",
        (1, 10),
    ),
    (
        "<a href=\"{{ login_url }}?a={{ user.name }}\">x</a>",
        "variable_in_link",
        (1, 10),
    ),
    (
        "<a href=\"{{ login_url }}.example.net\">x</a>",
        "variable_in_link",
        (1, 10),
    ),
    (
        "<a href=\"{{ invitation_url }}?a\">x</a>",
        "variable_in_link",
        (1, 10),
    ),
    (
        "<!--[if mso]><a href=\"https://example.net/?<![endif]--><p>x</p>",
        "conditional_comment",
        (1, 44),
    ),
    (
        "<!--[if mso]><title><![endif]-->x</title>",
        "conditional_comment",
        (1, 21),
    ),
    ("<!--[if mso]>x-->", "conditional_comment", (1, 1)),
    ("<!--[if !mso]><!-->x", "conditional_comment", (1, 1)),
    ("x<!--<![endif]-->", "conditional_comment", (1, 2)),
    (
        "<style><!--[if mso]> p{} <![endif]--></style>",
        "conditional_comment",
        (1, 8),
    ),
    (
        "<p title='<!--[if mso]>x<![endif]-->'>x</p>",
        "conditional_comment",
        (1, 11),
    ),
    (
        "</p <!--[if mso]>x<![endif]-->",
        "conditional_comment",
        (1, 5),
    ),
    (
        "<!--[if mso]><v:fill src='https://example.net/{{ user.email }}'/><![endif]-->",
        "variable_in_image",
        (1, 27),
    ),
    (
        "<!--[if mso]><v:rect href='https://example.net/{{ user.email }}'/><![endif]-->",
        "variable_in_link",
        (1, 28),
    ),
    (
        "<!--[if mso]><p onclick=x>y</p><![endif]-->",
        "attribute_not_allowed",
        (1, 17),
    ),
    (
        "<!--[if lt IE 9]><script>x</script><![endif]-->",
        "element_not_allowed",
        (1, 18),
    ),
    (
        "<!--[if !mso]><script>x</script><![endif]-->",
        "element_not_allowed",
        (1, 15),
    ),
    (
        "<!--[if mso]><xml><![endif]-->{{ password }}",
        "misplaced_secret",
        (1, 31),
    ),
    ("<svg></svg>", "element_not_allowed", (1, 1)),
    ("<select></select>", "element_not_allowed", (1, 1)),
    ("<p><text>x</text></p>", "element_not_allowed", (1, 4)),
];

#[test]
fn dangerous_parts_are_refused_and_not_cleaned() {
    for &(html, rule, (line, column)) in REFUSED {
        let told = told(html);
        assert!(
            told.contains(&(rule, line, column, false)),
            "{html}: {told:?}"
        );
        assert_eq!(clean_html(html).html, html);
    }
}

#[test]
fn no_tag_is_made_by_cleaning() {
    for html in [
        "<p>{<singleline></singleline>{ user.name }}</p>",
        "<p>{<x-y></x-y>{ password }}</p>",
        "<p>{<x-y>% if attempt %}x{% endif %}</p>",
        "<p>{<x-y># {{ user.name }} #}</p>",
        "<<x-y></x-y>script>alert(1)<<x-y></x-y>/script>",
        "<p>{{ '<x-y>' }}</p>",
        "<x-y a='{{ user.name }}'>x</x-y>",
        "<p x-y='{% if attempt %}'>x</p><p x-y='{% endif %}'>x</p>",
    ] {
        let told = told(html);
        assert!(
            !told.is_empty() && told.iter().all(|finding| !finding.3),
            "{html}: {told:?}"
        );
        assert_eq!(clean_html(html).html, html);
    }
}

#[test]
fn every_finding_is_told_up_to_a_bound() {
    let html = "<p>x\n<b onclick=a ondrag=b>y</b>\n<c-d e-f=g></c-d><img src='http://x' h-i>";
    let told_rules: Vec<_> = told(html)
        .into_iter()
        .map(|(rule, line, column, _)| (rule, line, column))
        .collect();
    assert_eq!(
        told_rules,
        [
            ("attribute_not_allowed", 2, 4),
            ("attribute_not_allowed", 2, 14),
            ("unknown_element", 3, 1),
            ("image_over_http", 3, 28),
            ("unknown_attribute", 3, 38),
        ]
    );

    let many = told(&"<b onclick=a>".repeat(1_500));
    assert_eq!(many.len(), 1_001);
    assert_eq!(many.last().unwrap().0, "too_many_findings");

    let attributes = told(&format!("<p {}>", "a ".repeat(101)));
    assert_eq!(attributes, [("too_many_attributes", 1, 1, false)]);
}
