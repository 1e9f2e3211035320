//! Whatever is given as a template is rendered or refused: nothing panics, hangs, comes out larger than it may,
//! or tells a secret.

use proptest::prelude::*;
use reinvite_domain::PasswordChange;
use reinvite_mail::{Compiled, HTML_BYTES, SUBJECT_BYTES, TEXT_BYTES, Values, check_variant};

use crate::{secrecy, template};

/// Pieces of templates, and characters between them.
fn source() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,6}",
        "\\PC{0,3}",
        proptest::sample::select(
            [
                "{{",
                "}}",
                "{%",
                "%}",
                "{#",
                "#}",
                "{{ user.name }}",
                "{{ user.groups | join(', ') }}",
                "{{ password }}",
                "{{ password[:3] }}",
                "{{ invitation_url }}",
                "{% raw %}",
                "{% endraw %}",
                "{# <!-- #}",
                "<img src='https://evil.example/?",
                "-->",
                "{% if attempt > 1 %}",
                "{% else %}",
                "{% endif %}",
                "{% for a in range(999) %}",
                "{% endfor %}",
                "{{ loop([a]) }}",
                "{% set x %}",
                "{% endset %}",
                "{{ 'x' * 99999 }}",
                " recursive ",
                "<p>",
                "</p>",
                "<a href='",
                "'>",
                "{{ login_url }}",
                "<!--[if mso]>",
                "<![endif]-->",
                "<style>",
                "</style>",
                "\n",
                "\"",
                "'",
                "|",
                "~",
                "[",
                "]",
            ]
            .as_slice()
        )
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_is_given_is_rendered_or_refused(subject in source(), html in source(), text in source()) {
        let variant = template(&subject, &html, &text);
        let checked = check_variant("", &"en".parse().unwrap(), &variant);
        let Ok(compiled) = Compiled::new("en", &variant) else {
            prop_assert!(checked.is_err());
            return Ok(());
        };
        let mut rendered = false;
        for (_, kind) in PasswordChange::ALL {
            let Ok(mail) = compiled.render(&Values::sample_with("en", kind)) else { continue };
            prop_assert!(mail.subject.len() <= SUBJECT_BYTES && !mail.subject.contains(['\r', '\n']));
            prop_assert!(mail.html.len() <= HTML_BYTES && mail.text.len() <= TEXT_BYTES);
            rendered = true;
        }
        prop_assert!(rendered || checked.is_err(), "what was let through cannot be rendered");
        if checked.is_ok() {
            prop_assert_eq!(secrecy::look(&variant).err(), None);
        }
    }
}
