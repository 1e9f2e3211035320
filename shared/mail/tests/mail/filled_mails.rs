//! A mail that is filled from a skeleton is the mail that is rendered anew.

use std::cell::Cell;

use proptest::prelude::*;
use reinvite_domain::{PasswordChange, Variant};
use reinvite_mail::{
    CompiledVariant, MAX_TEXT_BYTES, MailPart, PasswordPart, TemplateValues,
    address_changed_variants, built_in_templates, renewal_variants,
};

use crate::filling::compare_filled;
use crate::made_mails::{HOSTILE_TEXTS, Recipient, recipients, shared_values, source};
use crate::template;

const EVERY_PART: [MailPart; 3] = [MailPart::Subject, MailPart::Html, MailPart::Text];

/// Random templates, with two recipients each.
const CASES: u32 = 3_000;

/// The share of those templates in percent that are filled at least in a part.
const MIN_FILLED_PERCENT: u32 = 25;

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
