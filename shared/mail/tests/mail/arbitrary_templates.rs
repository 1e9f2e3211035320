//! Every template is rendered or refused: none panics, hangs, exceeds a size limit, or leaks a secret.

use proptest::prelude::*;
use reinvite_domain::PasswordChange;
use reinvite_mail::{
    CompiledVariant, MAX_HTML_BYTES, MAX_SUBJECT_BYTES, MAX_TEXT_BYTES, TemplateValues,
    check_variant,
};

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
    fn every_template_is_rendered_or_refused(subject in source(), html in source(), text in source()) {
        let variant = template(&subject, &html, &text);
        let checked = check_variant("", &"en".parse().unwrap(), &variant);

        let Ok(compiled) = CompiledVariant::new("en", &variant) else {
            prop_assert!(checked.is_err());
            return Ok(());
        };

        let mut is_rendered = false;
        for &kind in PasswordChange::ALL {
            let values = TemplateValues::sample_with("en", kind).with_sample_attributes(compiled.attributes());
            let Ok(mail) = compiled.render_unjudged(&values) else { continue };
            prop_assert!(mail.subject.len() <= MAX_SUBJECT_BYTES && !mail.subject.contains(['\r', '\n']));
            prop_assert!(mail.html.len() <= MAX_HTML_BYTES && mail.text.len() <= MAX_TEXT_BYTES);
            is_rendered = true;
        }

        prop_assert!(is_rendered || checked.is_err(), "an accepted template cannot be rendered");
        if checked.is_ok() {
            prop_assert_eq!(secrecy::find_leak(&variant).err(), None);
        }
    }
}
