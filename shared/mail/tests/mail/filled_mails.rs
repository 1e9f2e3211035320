//! A mail that is filled from a skeleton is the mail that is rendered anew.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use reinvite_domain::{PasswordChange, Variant};
use reinvite_mail::{
    CompiledVariant, MAX_TEXT_BYTES, MailPart, PasswordPart, TemplateValues,
    address_changed_variants, built_in_templates, renewal_variants,
};

use crate::filling::compare_filled;
use crate::template;

const EVERY_PART: [MailPart; 3] = [MailPart::Subject, MailPart::Html, MailPart::Text];

/// Random templates, with two recipients each.
const CASES: u32 = 3_000;

/// The share of those templates in percent that are filled at least in a part.
const MIN_FILLED_PERCENT: u32 = 25;

/// Texts that a template, a mail program or the engine could read otherwise than as text.
const HOSTILE_TEXTS: &[&str] = &[
    "",
    " ",
    "\u{3000}",
    "a",
    "Alex Morgan",
    "<b>",
    "</title><script>",
    "-->",
    "<!--[if mso]>",
    "&",
    "&amp;",
    "lt;",
    "#60;",
    "\"'>",
    "' title='",
    "{{ password }}",
    "{% if",
    "a\r\nb",
    "\r\n",
    "a\u{7}\u{85}b",
    "\u{2028}",
    "x\u{fdd5}0\u{fdd6}",
    "\u{fdd6}",
    "x\u{fdd0}invitation_url\u{fdd1}",
    "word\u{fdd1}",
    "invitation_url",
    "\u{202e}abc",
    "אבג",
    "\u{338}\u{301}",
    "\u{200d}",
    "https://example.com/",
    "//example.com/?",
    "@example.com",
    ".example.com",
    "example。com",
    "https://learn.example.com/login",
    "?a=1#b",
    "mso-hide",
    "hide:all",
    "style",
    "noscript",
    "noscript ",
    "title",
    "tle",
    "[if mso]>",
    "0",
    "false",
];

/// Pieces of HTML, text and tags without a block.
const PIECES: &[&str] = &[
    "{{ user.name }}",
    "{{ user.name }}",
    "{{ user.login_id }}",
    "{{ user.email }}",
    "{{ user.attributes.room | default('none') }}",
    "{{ user.attributes.room }}",
    "{{ user.attributes.room | default(user.email, true) }}",
    "{{ user.name or 'you' }}",
    "{{ 'x' if user.name else user.email }}",
    "{{ expires_at }}",
    "{{ password }}",
    "{{ invitation_url }}",
    " {{ password }} ",
    " {{ invitation_url }} ",
    "<a href=\"{{ invitation_url }}\">x</a>",
    "<a href='{{ login_url }}'>x</a>",
    "<a href='{{ login_url }}?a=1#b'>x</a>",
    "{{ login_url }}?a=1",
    "{{ login_url }}?",
    "{{ login_url }}#a",
    "{{ login_url }}",
    "{{ note }}",
    "{{ organisation.name }}",
    "{{ operator.name }}",
    "{{ attempt }}",
    "{{ user.name | upper }}",
    "{{ user.name ~ '!' }}",
    "{{ user.groups | join(', ') }}",
    "{{ user.name[:2] }}",
    "{{ password[:3] }}",
    "{{ \"x\\ufdd5\" ~ attempt ~ \"\\ufdd6\" }}",
    "{{ '%c' | format(64982) }}",
    "{{ \"x\\ufdd50\\ufdd6\" }}",
    "{{ \"x\\ufdd01\\ufdd1\" }}",
    "{{ \"x\\ufdd0pass\" }}",
    "x\u{fdd0}pass",
    "x\u{fdd5}1",
    "\u{fdd6}",
    "\u{fdd1}",
    "\u{1d}",
    "\u{1}",
    "\r",
    "\n",
    " ",
    "<p>",
    "</p>",
    "<br>",
    "<b>",
    "</b>",
    "<",
    "</",
    "<!",
    ">",
    "&",
    "&#3",
    "&lt",
    "'",
    "\"",
    "<p title=\"",
    "\">",
    "<img alt='{{ user.name }}' src='https://example.com/a.png'>",
    "<p title=\"a {{ user.name }}\">",
    "<p title={{ user.name }}>",
    "<p title=\"</{{ user.name }} \">",
    "<p aria-label='{{ user.email }}' style='margin:0'>",
    "<title>{{ user.name }}</title>",
    "<title></{{ user.name }}></title>",
    "<title></ti{{ user.name }}></title>",
    "<title>",
    "</title>",
    "<style>p{margin:0}</style>",
    "<p style=\"mso-hide:all\">",
    "<p style=\"mso\\2d hide:all\">",
    "<p hidden>",
    "<noscript>",
    "</noscript>",
    "noscript>",
    "<!--[if mso]>",
    "<![endif]-->",
    "<!--[if !mso]><!-->",
    "<!--<![endif]-->",
    "<!-- x -->",
    "mso-",
    "a",
    "@",
    "/",
    ".",
    "https://example.com/",
    "。",
    "{#",
    "{",
    "=",
];

/// Blocks around a body, which stands for `@`.
const BLOCKS: &[&str] = &[
    "{% if user.name %}@{% endif %}",
    "{% if not user.attributes.room %}@{% else %}b{% endif %}",
    "{% if user.attributes.room is defined %}@{% endif %}",
    "{% if attempt > 1 %}a{% else %}@{% endif %}",
    "{% if note %}@{% endif %}",
    "{% if password_change == 'keep' %}a{% else %}@{% endif %}",
    "{% if user.name == 'a' %}@{% endif %}",
    "{% for n in range(3) %}@{% endfor %}",
    "{% for n in range(2) if user.name %}@{% else %}b{% endfor %}",
    "{% for group in user.groups %}@{% endfor %}",
    "{% for n in [[1]] recursive %}@{{ loop(n) }}{% endfor %}",
    "{% filter upper %}@{% endfilter %}",
    "{% set x %}@{% endset %}{{ x }}",
    "{% with x = 1 %}@{% endwith %}",
    "{% autoescape false %}@{% endautoescape %}",
    "{% raw %}@{% endraw %}",
    "<p>@</p>",
    "<td title=\"@\">x</td>",
    "<title>@</title>",
    "<noscript>@</noscript>",
    "<!--[if mso]>@<![endif]-->",
    "<!--[if !mso]><!-->@<!--<![endif]-->",
];

/// Templates whose blocks are closed: most of them compile.
fn source() -> impl Strategy<Value = String> {
    let piece = select(PIECES).prop_map(str::to_owned);
    let body = prop_oneof![
        8 => piece,
        1 => "[ -z]{0,4}",
        1 => "\\PC{0,2}",
    ];

    body.prop_recursive(3, 24, 4, |inner| {
        let around =
            (select(BLOCKS), inner.clone()).prop_map(|(block, body)| block.replace('@', &body));
        prop_oneof![
            2 => proptest::collection::vec(inner, 0..6).prop_map(|pieces| pieces.concat()),
            1 => around,
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(HOSTILE_TEXTS).prop_map(str::to_owned),
        1 => (select(HOSTILE_TEXTS), select(HOSTILE_TEXTS)).prop_map(|(a, b)| format!("{a}{b}")),
        1 => "\\PC{0,5}",
        1 => "[a-z]{1,3}".prop_map(|letters| letters.repeat(400)),
    ]
}

/// The values that the recipients of a resend share.
fn shared_values() -> impl Strategy<Value = TemplateValues> {
    let kind = select(PasswordChange::ALL);
    let login_url = select(
        &[
            "https://learn.example.com/login",
            "https://x.example/?a={1}#b",
            "",
        ][..],
    );
    let note = prop_oneof![Just(String::new()), Just("a\nb".to_owned()), text()];

    (kind, login_url, 1..3_u32, note, text()).prop_map(
        |(kind, login_url, attempt, note, operator)| {
            let mut values = TemplateValues::sample_with("en", kind);
            login_url.clone_into(&mut values.login_url);
            values.attempt = attempt;
            values.note = note;
            values.operator.name = operator;
            values
        },
    )
}

/// The texts of a recipient, and its secret.
#[derive(Clone, Debug)]
struct Recipient {
    name: String,
    login_id: String,
    email: String,
    room: Option<String>,
    expires_at: String,
    secret: String,
}

impl Recipient {
    fn values(&self, shared: &TemplateValues) -> TemplateValues {
        let mut values = shared.clone();
        self.name.clone_into(&mut values.user.name);
        self.login_id.clone_into(&mut values.user.login_id);
        self.email.clone_into(&mut values.user.email);
        let room = self
            .room
            .iter()
            .map(|room| ("room".to_owned(), room.clone()));
        values.user.attributes = room.collect::<BTreeMap<_, _>>();

        let expires_at = self.expires_at.clone();
        values.password_change = match shared.password_change.change() {
            PasswordChange::Keep => PasswordPart::Keep,
            PasswordChange::SetLink => PasswordPart::SetLink {
                invitation_url: self.secret.clone(),
                expires_at,
            },
            PasswordChange::Temporary => PasswordPart::Temporary {
                password: self.secret.clone(),
                expires_at,
            },
        };
        values
    }
}

fn recipient() -> impl Strategy<Value = Recipient> {
    let room = proptest::option::of(text());
    let expires_at = prop_oneof![3 => Just("4 December 2026".to_owned()), 1 => text()];
    let secret = prop_oneof![
        4 => Just("https://example.com/?a=1&b='c'".to_owned()),
        1 => text(),
    ];
    (text(), text(), text(), room, expires_at, secret).prop_map(
        |(name, login_id, email, room, expires_at, secret)| Recipient {
            name,
            login_id,
            email,
            room,
            expires_at,
            secret,
        },
    )
}

/// Two recipients, of whom the second is often of the shape of the first.
fn recipients() -> impl Strategy<Value = [Recipient; 2]> {
    let plain = ["Alex", "alex.morgan", "a@example.com"].map(str::to_owned);
    let plain = Recipient {
        name: plain[0].clone(),
        login_id: plain[1].clone(),
        email: plain[2].clone(),
        room: Some("12".into()),
        expires_at: "4 December 2026".into(),
        secret: "https://example.com/?a=1&b='c'".into(),
    };
    prop_oneof![
        (recipient(), recipient()).prop_map(|(one, other)| [one, other]),
        recipient().prop_map(move |other| {
            let or = |text: String| {
                if text.trim().is_empty() {
                    "x".to_owned()
                } else {
                    text
                }
            };
            let other = Recipient {
                name: or(other.name),
                login_id: or(other.login_id),
                email: or(other.email),
                room: Some(or(other.room.unwrap_or_default())),
                ..other
            };
            [plain.clone(), other]
        }),
    ]
}

#[test]
fn a_filled_mail_is_the_mail_that_is_rendered_anew() {
    let (filled, mails, run) = (Cell::new(0_u32), Cell::new(0), Cell::new(0_u32));
    let default = ProptestConfig::default();
    let config = ProptestConfig {
        cases: default.cases.max(CASES),
        ..default
    };

    proptest!(config, |(subject in source(), html in source(), text in source(), shared in shared_values(), recipients in recipients())| {
        let variant = template(&format!("s{subject}"), &html, &text);
        let recipients = recipients.map(|recipient| recipient.values(&shared));
        let count = compare_filled(&variant, &recipients).map_err(TestCaseError::fail)?;

        run.update(|count| count + 1);
        filled.update(|sum| sum + u32::from(count.parts > 0));
        mails.update(|sum| sum + count.mails);
    });

    println!(
        "{} of {} templates were filled, and {} mails with filled HTML came out",
        filled.get(),
        run.get(),
        mails.get(),
    );
    let least = run.get() * MIN_FILLED_PERCENT / 100;
    assert!(filled.get() >= least && mails.get() >= least as usize);
}

fn filled_parts(variant: &Variant, values: &TemplateValues) -> Vec<MailPart> {
    let compiled = CompiledVariant::new("en", variant).unwrap();
    let values = values.clone().with_sample_attributes(compiled.attributes());
    compiled.filled_parts(&values)
}

#[test]
fn the_built_in_templates_are_filled_in_every_language_and_for_every_kind() {
    let mut count = 0;
    for template in built_in_templates().values() {
        for (language, variant) in &template.variants {
            for &kind in PasswordChange::ALL {
                let mut values = TemplateValues::sample_with(language.as_str(), kind);
                for (attempt, note) in [(1, "a\nb"), (2, "")] {
                    values.attempt = attempt;
                    note.clone_into(&mut values.note);
                    assert_eq!(
                        filled_parts(variant, &values),
                        EVERY_PART,
                        "{language} {kind:?} {attempt}"
                    );
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 12);

    for (language, variant) in renewal_variants() {
        let values = TemplateValues::sample_with(language.as_str(), PasswordChange::SetLink);
        assert_eq!(filled_parts(&variant, &values), EVERY_PART, "{language}");
    }
    for (language, variant) in address_changed_variants() {
        let values = TemplateValues::sample(language.as_str());
        assert_eq!(filled_parts(&variant, &values), EVERY_PART, "{language}");
    }
}

#[test]
fn the_built_in_templates_come_out_the_same_for_every_hostile_text() {
    let variants = built_in_templates()
        .values()
        .flat_map(|template| template.variants.values());
    for variant in variants
        .cloned()
        .chain(renewal_variants().into_iter().map(|(_, variant)| variant))
    {
        for &kind in PasswordChange::ALL {
            let shared = TemplateValues::sample_with("en", kind);
            let recipients: Vec<_> = HOSTILE_TEXTS
                .iter()
                .map(|&text| Recipient {
                    name: text.into(),
                    login_id: text.into(),
                    email: text.into(),
                    room: None,
                    expires_at: text.into(),
                    secret: "https://example.com/?a=1&b='c'".into(),
                })
                .map(|recipient| recipient.values(&shared))
                .collect();
            let count = compare_filled(&variant, &recipients).unwrap();
            let least =
                if variant.html.contains("password_change") || kind == PasswordChange::SetLink {
                    60
                } else {
                    0
                };
            assert!(
                count.parts >= least && count.mails >= least / 3,
                "{count:?} for {kind:?}"
            );
        }
    }
}

#[test]
fn ordinary_templates_are_filled() {
    let values = TemplateValues::sample_with("en", PasswordChange::SetLink);
    for html in [
        "<p>Hello {{ user.name }},</p><a href=\"{{ invitation_url }}\">Set a password</a>",
        "{% if user.name %}<p>Dear {{ user.name }}</p>{% endif %}<p>{{ invitation_url }}</p>",
        "<p>Room {{ user.attributes.room | default('-') }}</p><p>{{ note }}</p>",
        "<p>{{ user.login_id }} until {{ expires_at }} at <a href='{{ login_url }}?a=1'>{{ login_url }}</a></p>",
        "<!--[if mso]><table><tr><td><![endif]--><p>{{ user.email }}</p><!--[if mso]></td></tr></table><![endif]-->",
        "<p>{{ user.name }}: {{ invitation_url }}</p>",
        "<title>For {{ user.name }}</title><img src=\"https://example.com/a.png\" alt=\"Hello {{ user.name }}\">",
        "<title>{{ organisation.name }}</title>{% for n in range(3) %}<p>{{ user.name }}</p>{% endfor %}",
    ] {
        let variant = template(
            "Hello {{ user.name }}",
            html,
            "{{ user.email }}\n{{ invitation_url }}",
        );
        assert_eq!(filled_parts(&variant, &values), EVERY_PART, "{html}");
    }
}

#[test]
fn a_part_that_computes_with_a_recipient_is_rendered_anew() {
    let values = TemplateValues::sample_with("en", PasswordChange::SetLink);
    for computing in [
        "{{ user.name | upper }}",
        "{% for group in user.groups %}{{ group }}{% endfor %}",
        "{% if user.name == 'Alex' %}x{% endif %}",
        "{{ user.name ~ '!' }}",
        "{{ user.name }}{{ invitation_url }}",
    ] {
        let variant = template("{{ user.name }}", computing, "{{ user.name }}");
        let filled = [MailPart::Subject, MailPart::Text];
        assert_eq!(filled_parts(&variant, &values), filled, "{computing}");
    }
}

#[test]
fn a_mail_that_exceeds_a_limit_only_with_its_values_is_refused_as_before() {
    let variant = template(
        "{{ user.name }}",
        "{% for n in range(100) %}<p>{{ user.name }}</p>{% endfor %}",
        "{% for n in range(100) %}{{ user.email }}\n{% endfor %}",
    );
    let recipients: Vec<_> = [1, 100, 900, 999, 1_000, 2_000, 60_000]
        .map(|length| {
            let mut values = TemplateValues::sample("en");
            values.user.name = "<".repeat(length);
            values.user.email = "a".repeat(length);
            values
        })
        .into();
    assert!(compare_filled(&variant, &recipients).unwrap().parts >= 3);

    let empty = template("{{ user.attributes.room }}", "h", "t");
    let mut values = TemplateValues::sample("en");
    let recipients = ["a", " ", "", "\u{202e}"].map(|room| {
        values
            .user
            .attributes
            .insert("room".to_owned(), room.to_owned());
        values.clone()
    });
    compare_filled(&empty, &recipients).unwrap();
}

#[test]
fn a_variant_keeps_at_most_64_skeletons_and_renders_further_shapes_anew() {
    let variant = template("{{ user.name }} {{ attempt }}", "h", "t");
    let compiled = CompiledVariant::new("en", &variant).unwrap();
    let mut values = TemplateValues::sample("en");

    for attempt in 1..=65 {
        values.attempt = attempt;
        let filled = compiled.filled_parts(&values);
        assert_eq!(filled.is_empty(), attempt == 65, "{attempt}");
        assert_eq!(
            compiled.render(&values).unwrap().subject,
            format!("Alex Morgan {attempt}")
        );
    }

    let without = template("{{ user.name }}", "h", "t");
    let compiled = CompiledVariant::new("en", &without).unwrap();
    for attempt in 1..=100 {
        values.attempt = attempt;
        assert_eq!(compiled.filled_parts(&values), EVERY_PART, "{attempt}");
    }
}

#[test]
fn a_variant_with_skeletons_shows_nothing_personal_for_debugging() {
    let variant = template("{{ operator.name }}", "{{ user.name }}", "{{ user.email }}");
    let compiled = CompiledVariant::new("en", &variant).unwrap();
    let values = TemplateValues::sample("en");
    assert_eq!(compiled.filled_parts(&values), EVERY_PART);

    let shown = format!("{compiled:?}");
    for text in [&values.operator.name, &values.user.name, &values.user.email] {
        assert!(!shown.contains(&**text), "{shown}");
    }
}

#[test]
fn mails_of_one_variant_that_differ_in_more_than_their_recipient_share_nothing() {
    let everything = "{{ user.name }} {{ organisation.name }} {{ operator.name }} {{ attempt }} {{ password_change }}";
    let html = format!("<p>{everything} {{{{ note }}}}</p><a href=\"{{{{ login_url }}}}\">x</a>");
    let variant = template(everything, &html, &html);

    let sample = TemplateValues::sample("en");
    let change = |change: fn(&mut TemplateValues)| {
        let mut values = sample.clone();
        change(&mut values);
        values
    };
    let recipients = [
        sample.clone(),
        change(|values| values.organisation.name.push('x')),
        change(|values| values.operator.name.push('x')),
        change(|values| values.login_url.push('x')),
        change(|values| values.note.push('x')),
        change(|values| values.attempt = 2),
        change(|values| {
            values.password_change = PasswordPart::sample(PasswordChange::SetLink, "en");
        }),
        change(|values| {
            values.password_change = PasswordPart::sample(PasswordChange::Temporary, "en");
        }),
    ];
    assert_eq!(
        compare_filled(&variant, &recipients).unwrap().parts,
        8 * EVERY_PART.len()
    );
}

#[test]
fn limits_hold_for_a_filled_mail_as_for_its_rendering() {
    let mut values = TemplateValues::sample_with("en", PasswordChange::Temporary);
    values
        .user
        .attributes
        .insert("room".to_owned(), "12".to_owned());
    let mut other = values.clone();
    other
        .user
        .attributes
        .insert("room".to_owned(), "a".repeat(60_000));
    if let PasswordPart::Temporary { password, .. } = &mut other.password_change {
        "a".clone_into(password);
    }

    // The engine reads a text with each filter, and the part with its placeholder may not be too long.
    let asks = "{% if user.attributes.room | default('x') %}{% endif %}";
    let long = "a".repeat(MAX_TEXT_BYTES - "\n{{ password }}".len());
    for (html, text) in [
        (
            format!("{{% for n in range(900) %}}{asks}{{% endfor %}}"),
            String::new(),
        ),
        (String::new(), format!("{long}\n{{{{ password }}}}")),
    ] {
        let variant = template("s", &html, &text);
        let recipients = [values.clone(), other.clone()];
        assert!(compare_filled(&variant, &recipients).unwrap().parts > 0);
        let compiled = CompiledVariant::new("en", &variant).unwrap();
        assert!(compiled.render_unjudged(&other).is_err());
    }
}

#[test]
fn a_name_that_looks_like_a_style_of_outlook_changes_nothing() {
    let html = "<p style=\"mso-\\68ide:all\">{{ password }}</p><p>{{ user.name }}</p>";
    let mut values = TemplateValues::sample_with("en", PasswordChange::Temporary);
    let recipients = ["Alex", "mso-hide"].map(|name| {
        name.clone_into(&mut values.user.name);
        values.clone()
    });
    let count = compare_filled(&template("s", html, "{{ password }}"), &recipients).unwrap();
    assert_eq!(count.parts, 5);
}
