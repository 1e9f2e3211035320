//! Templates and recipients that are made at random, with texts that are hard to fill in.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use reinvite_domain::PasswordChange;
use reinvite_mail::{PasswordPart, TemplateValues};

/// Texts that a template, a mail program or the engine could read otherwise than as text.
pub const HOSTILE_TEXTS: &[&str] = &[
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
pub fn source() -> impl Strategy<Value = String> {
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
pub fn shared_values() -> impl Strategy<Value = TemplateValues> {
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
pub struct Recipient {
    pub name: String,
    pub login_id: String,
    pub email: String,
    pub room: Option<String>,
    pub expires_at: String,
    pub secret: String,
}

impl Recipient {
    pub fn values(&self, shared: &TemplateValues) -> TemplateValues {
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
pub fn recipients() -> impl Strategy<Value = [Recipient; 2]> {
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
