use std::collections::BTreeMap;

use reinvite_domain::{
    Language, PasswordChange, Template, TemplateId, Variant, template::MOST_BYTES,
};
use reinvite_mail::{Cause, Fault, Part, Place, Values, built_in, check};

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
fn what_comes_with_reinvite_passes() {
    for template in built_in().values() {
        assert_eq!(check(template), Ok(()), "{}", template.id);
    }
}

#[test]
fn everything_wrong_in_every_language_is_told_together() {
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
    let told: Vec<_> = check(&wrong)
        .unwrap_err()
        .into_iter()
        .map(|fault| {
            (
                fault.pointer,
                fault
                    .place
                    .map(|place| (place.line, place.column.unwrap_or_default())),
            )
        })
        .collect();
    let expected = [
        ("/variants/en/subject", Some((1, 10))),
        ("/variants/en/html", Some((2, 9))),
        ("/variants/en/text", Some((1, 4))),
        ("/variants/en/text", Some((1, 33))),
        ("/variants/ja/subject", Some((1, 9))),
        ("/variants/ja/html", Some((1, 1))),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(pointer, place)| (pointer.to_owned(), place))
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn the_subject_is_one_line_and_says_something() {
    for (subject, cause) in [
        ("a\nb", Cause::LineBreakInSubject),
        ("", Cause::Empty),
        ("{% if attempt > 9 %}x{% endif %}", Cause::Empty),
    ] {
        let faults = check(&with([("en", template(subject, "h", "t"))])).unwrap_err();
        assert_eq!(faults[0].cause, cause, "{subject}");
        assert_eq!(faults[0].pointer, "/variants/en/subject");
    }
}

#[test]
fn a_subject_holds_no_secret() {
    for subject in [
        "Hello {{ password }}",
        "Hello {{ invitation_url }}",
        "Hello {% if password %}x{% endif %}",
    ] {
        let faults = check(&with([("en", template(subject, "h", "t"))])).unwrap_err();
        let place = Some(Place {
            line: 1,
            column: Some(7),
        });
        assert_eq!(
            faults,
            [Fault {
                pointer: "/variants/en/subject".into(),
                place,
                cause: Cause::SecretInSubject
            }]
        );
    }
    // Whatever hid it: a mail with one is not sent.
    let values = Values::sample_with("en", PasswordChange::Temporary);
    let error = render(&template("{{ password }}", "h", "t"), &values).unwrap_err();
    assert_eq!(
        (error.part, error.cause),
        (Part::Subject, Cause::SecretInSubject)
    );
}

#[test]
fn a_secret_is_no_part_of_another_address() {
    let text = "https://example.com/{{ password }}";
    assert_eq!(
        check(&with([("en", template("s", "h", text))])).unwrap_err()[0].cause,
        Cause::SecretInAddress
    );
    let html = check(&with([(
        "en",
        template("s", &format!("<p>{text}</p>"), "t"),
    )]))
    .unwrap_err();
    assert_eq!(
        html[0].cause.to_string(),
        Cause::SecretInAddress.to_string()
    );
    let apart = "https://example.com/ {{ password }}";
    assert_eq!(
        check(&with([(
            "en",
            template("s", &format!("<p>{apart}</p>"), apart)
        )])),
        Ok(())
    );
}

#[test]
fn what_is_wrong_for_one_kind_of_password_change_only_is_told() {
    let text = "{% if password_change == 'temporary' %}{{ attempt + user.name }}{% endif %}";
    let faults = check(&with([("en", template("s", "h", text))])).unwrap_err();
    assert!(
        matches!(faults[0].cause, Cause::Impossible(_)),
        "{faults:?}"
    );
}

#[test]
fn what_is_too_large_too_slow_or_not_there_is_refused() {
    let cause = |template: &Template| check(template).unwrap_err()[0].cause.clone();
    assert_eq!(cause(&with([])), Cause::Empty);
    let large = "x".repeat(60 * 1024);
    let tags = ["en", "ja", "de", "fr"];
    let all = with(tags.map(|tag| (tag, template("s", &large, "t"))));
    assert_eq!(cause(&all), Cause::TooLarge { limit: MOST_BYTES });
    let slow = template(
        "s",
        "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
        "t",
    );
    assert_eq!(cause(&with([("en", slow)])), Cause::OutOfFuel);
    let twice = with([
        ("en", template("s", "h", "t")),
        ("EN", template("s", "h", "t")),
    ]);
    assert_eq!(cause(&twice), Cause::SameLanguage);
}

#[test]
fn a_template_for_one_kind_of_password_change_passes() {
    for text in ["{{ invitation_url }}", "{{ password }} {{ expires_at }}"] {
        assert_eq!(
            check(&with([("en", template("s", "h", text))])),
            Ok(()),
            "{text}"
        );
    }
    // No kind has both.
    let both = check(&with([(
        "en",
        template("s", "h", "{{ invitation_url }} {{ password }}"),
    )]))
    .unwrap_err();
    assert!(matches!(both[0].cause, Cause::UndefinedVariable(_)));
}
