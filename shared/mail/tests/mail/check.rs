use std::collections::BTreeMap;

use reinvite_domain::{Language, Template, TemplateId, Variant, template::MOST_BYTES};
use reinvite_mail::{Cause, built_in, check};

use crate::template;

fn with(variants: impl IntoIterator<Item = (&'static str, Variant)>) -> Template {
    let variants: BTreeMap<Language, _> =
        variants.into_iter().map(|(language, variant)| (language.parse().unwrap(), variant)).collect();
    Template { id: TemplateId::new("t").unwrap(), name: "T".into(), version: 1, variants }
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
        ("en", template("Hello {{ user.nmae }}", "<p>\n{% if x %}", "{{ nobody }} {{ user.name }} {{ noone }}")),
        ("ja", template("{{ user.name", "<script>x</script>", "t")),
    ]);
    let told: Vec<_> = check(&wrong)
        .unwrap_err()
        .into_iter()
        .map(|fault| (fault.pointer, fault.place.map(|place| (place.line, place.column.unwrap_or_default()))))
        .collect();
    let expected = [
        ("/variants/en/subject", Some((1, 10))),
        ("/variants/en/html", Some((2, 9))),
        ("/variants/en/text", Some((1, 4))),
        ("/variants/en/text", Some((1, 33))),
        ("/variants/ja/subject", Some((1, 9))),
        ("/variants/ja/html", Some((1, 1))),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(pointer, place)| (pointer.to_owned(), place)).collect();
    assert_eq!(told, expected);
}

#[test]
fn the_subject_is_one_line_and_says_something() {
    for (subject, cause) in
        [("a\nb", Cause::LineBreakInSubject), ("", Cause::Empty), ("{% if attempt > 9 %}x{% endif %}", Cause::Empty)]
    {
        let faults = check(&with([("en", template(subject, "h", "t"))])).unwrap_err();
        assert_eq!(faults[0].cause, cause, "{subject}");
        assert_eq!(faults[0].pointer, "/variants/en/subject");
    }
}

#[test]
fn what_is_too_large_too_slow_or_not_there_is_refused() {
    let cause = |template: &Template| check(template).unwrap_err()[0].cause.clone();
    assert_eq!(cause(&with([])), Cause::Empty);
    let large = "x".repeat(60 * 1024);
    let tags = ["en", "ja", "de", "fr"];
    let all = with(tags.map(|tag| (tag, template("s", &large, "t"))));
    assert_eq!(cause(&all), Cause::TooLarge { limit: MOST_BYTES });
    let slow = template("s", "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}", "t");
    assert_eq!(cause(&with([("en", slow)])), Cause::OutOfFuel);
    let twice = with([("en", template("s", "h", "t")), ("EN", template("s", "h", "t"))]);
    assert_eq!(cause(&twice), Cause::SameLanguage);
}

#[test]
fn a_template_for_one_kind_of_password_change_passes() {
    for text in ["{{ invitation_url }}", "{{ password }} {{ expires_at }}"] {
        assert_eq!(check(&with([("en", template("s", "h", text))])), Ok(()), "{text}");
    }
    // No kind has both.
    let both = check(&with([("en", template("s", "h", "{{ invitation_url }} {{ password }}"))])).unwrap_err();
    assert!(matches!(both[0].cause, Cause::UndefinedVariable(_)));
}
