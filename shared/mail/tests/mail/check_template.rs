use std::collections::BTreeMap;

use reinvite_domain::{
    Language, PasswordChange, Rule, Template, TemplateId, TextPosition, Variant,
    template::MAX_TEMPLATE_BYTES,
};
use reinvite_mail::{LocatedDefect, MailPart, TemplateValues, built_in_templates, check_template};

use crate::{render, template};

fn with(variants: impl IntoIterator<Item = (&'static str, Variant)>) -> Template {
    let variants: BTreeMap<Language, _> = variants
        .into_iter()
        .map(|(language, variant)| (language.parse().unwrap(), variant))
        .collect();
    Template {
        id: TemplateId::new("t").unwrap(),
        name: "T".into(),
        version: 1,
        variants,
    }
}

#[test]
fn the_built_in_templates_pass() {
    for template in built_in_templates().values() {
        assert_eq!(check_template(template), Ok(()), "{}", template.id);
    }
}

#[test]
fn the_defects_of_all_languages_are_reported_together() {
    let wrong = with([
        (
            "en",
            template(
                "Hello {{ user.nmae }}",
                "<p>\n{% if x %}",
                "{{ nobody }} {{ user.name }} {{ noone }}",
            ),
        ),
        ("ja", template("{{ user.name", "<script>x</script>", "t")),
    ]);
    let defects: Vec<_> = check_template(&wrong)
        .unwrap_err()
        .into_iter()
        .map(|defect| {
            (
                defect.pointer,
                defect
                    .position
                    .map(|position| (position.line, position.column.unwrap_or_default())),
            )
        })
        .collect();

    let expected = [
        ("/variants/en/subject", Some((1, 10))),
        ("/variants/en/html", Some((2, 1))),
        ("/variants/en/text", Some((1, 4))),
        ("/variants/en/text", Some((1, 33))),
        ("/variants/ja/subject", Some((1, 1))),
        ("/variants/ja/html", Some((1, 1))),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(pointer, position)| (pointer.to_owned(), position))
        .collect();
    assert_eq!(defects, expected);
}

#[test]
fn the_subject_is_one_line_and_says_something() {
    for (subject, defect) in [
        ("a\nb", Rule::LineBreakInSubject),
        ("", Rule::Empty),
        ("{% if attempt > 9 %}x{% endif %}", Rule::Empty),
    ] {
        let defects = check_template(&with([("en", template(subject, "h", "t"))])).unwrap_err();
        assert_eq!(defects[0].defect, defect, "{subject}");
        assert_eq!(defects[0].pointer, "/variants/en/subject");
    }
}

#[test]
fn a_subject_holds_no_secret() {
    for subject in [
        "Hello {{ password }}",
        "Hello {{ invitation_url }}",
        "Hello {% if password %}x{% endif %}",
    ] {
        let defects = check_template(&with([("en", template(subject, "h", "t"))])).unwrap_err();
        let position = Some(TextPosition {
            line: 1,
            column: Some(7),
        });
        assert_eq!(
            defects,
            [LocatedDefect {
                cleanable: false,
                pointer: "/variants/en/subject".into(),
                position,
                defect: Rule::SecretInSubject,
            }]
        );
    }

    // A mail with a secret in its subject is not sent, however the template hides it.
    let values = TemplateValues::sample_with("en", PasswordChange::Temporary);
    let error = render(&template("{{ password }}", "h", "t"), &values).unwrap_err();

    assert_eq!(
        (error.part, error.defect),
        (MailPart::Subject, Rule::SecretInSubject)
    );
}

#[test]
fn a_secret_is_no_part_of_another_address() {
    let defect = |html: &str, text: &str| {
        let template = with([("en", template("s", html, text))]);
        check_template(&template)
            .err()
            .map(|defects| defects[0].defect.to_string())
    };
    let rule = Some(Rule::SecretInAddress.to_string());

    let within = "https://example.com/{{ password }}";
    assert_eq!(defect("h", within), rule);
    assert_eq!(defect(&format!("<p>{within}</p>"), "t"), rule);

    let html = format!("<p>{{{{ password }}}}</p>\n<b>{within}</b>");
    let position =
        check_template(&with([("en", template("s", &html, "t"))])).unwrap_err()[0].position;
    let expected = TextPosition {
        line: 2,
        column: Some(24),
    };
    assert_eq!(position, Some(expected));

    let apart = "https://example.com/ {{ password }}";
    assert_eq!(defect(&format!("<p>{apart}</p>"), apart), None);
}

#[test]
fn a_defect_in_one_kind_of_password_change_is_reported() {
    let text = "{% if password_change == 'temporary' %}{{ attempt + user.name }}{% endif %}";
    let defects = check_template(&with([("en", template("s", "h", text))])).unwrap_err();

    assert!(
        matches!(defects[0].defect, Rule::CannotEvaluate { .. }),
        "{defects:?}"
    );
}

#[test]
fn a_template_that_is_too_large_too_slow_or_empty_is_refused() {
    let first_defect =
        |template: &Template| check_template(template).unwrap_err()[0].defect.clone();

    assert_eq!(first_defect(&with([])), Rule::Empty);

    let large = "x".repeat(60 * 1024);
    let all = with(["en", "ja", "de", "fr"].map(|tag| (tag, template("s", &large, "t"))));
    let limit = MAX_TEMPLATE_BYTES;
    assert_eq!(first_defect(&all), Rule::TooLong { max: limit });

    let loops = "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}";
    let slow = with([("en", template("s", loops, "t"))]);
    assert_eq!(first_defect(&slow), Rule::RunsTooLong);

    let twice = with([
        ("en", template("s", "h", "t")),
        ("EN", template("s", "h", "t")),
    ]);
    assert_eq!(first_defect(&twice), Rule::DuplicateLanguage);
}

#[test]
fn a_template_for_one_kind_of_password_change_passes() {
    for text in ["{{ invitation_url }}", "{{ password }} {{ expires_at }}"] {
        assert_eq!(
            check_template(&with([("en", template("s", "h", text))])),
            Ok(()),
            "{text}"
        );
    }

    // No kind has both.
    let both = check_template(&with([(
        "en",
        template("s", "h", "{{ invitation_url }} {{ password }}"),
    )]))
    .unwrap_err();

    assert!(matches!(both[0].defect, Rule::UndefinedValue { .. }));
}
