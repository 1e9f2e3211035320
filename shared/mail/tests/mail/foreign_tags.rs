//! Tags of other programs in double braces are errors that name the variable to write.

use reinvite_domain::{FieldError, Rule};
use reinvite_mail::check_variant;

use crate::template;

/// The rule, the variable to write and the position of each error.
fn errors(html: &str) -> Vec<(&'static str, Option<String>, usize, Option<usize>)> {
    let language = "en".parse().unwrap();
    let variant = template("s", html, "t");
    check_variant("", &language, &variant)
        .unwrap_err()
        .into_iter()
        .map(|located| {
            let instead = match &located.defect {
                Rule::UnknownVariable { instead, .. } | Rule::TemplateSyntax { instead, .. } => {
                    instead.clone()
                }
                _ => None,
            };
            let position = located.position.unwrap();
            (
                located.defect.name(),
                instead,
                position.line,
                position.column,
            )
        })
        .collect()
}

#[test]
fn each_tag_of_another_program_is_told_with_the_variable_to_write() {
    let html = "<p>{{ .Subscriber.Name }}</p>\n<p>{{contact.EMAIL}} {{unsubscribe}}</p>\n{{ user.name }}{{{ name }}}{{ $json.company }}";
    let told = errors(html);
    let places: Vec<_> = told
        .iter()
        .map(|(rule, instead, line, _)| (*rule, instead.as_deref(), *line))
        .collect();
    assert_eq!(
        places,
        [
            ("template_syntax", Some("user.name"), 1),
            ("unknown_variable", Some("user.email"), 2),
            ("unknown_variable", None, 2),
            ("template_syntax", Some("user.name"), 3),
            ("template_syntax", Some("organisation.name"), 3),
        ]
    );
    assert_eq!(told[0].3, Some(7));
    assert_eq!(told[1].3, Some(6));
}

#[test]
fn an_error_says_the_variable_in_its_sentence_and_its_values() {
    let language = "en".parse().unwrap();
    let defects =
        check_variant("", &language, &template("s", "{{ first_name }}", "t")).unwrap_err();
    let error = serde_json::to_value(FieldError::from(defects[0].clone())).unwrap();
    assert_eq!(
        error,
        serde_json::json!({
            "pointer": "/html",
            "line": 1,
            "column": 4,
            "rule": "unknown_variable",
            "detail": "`first_name` is undefined; write {{ user.name }} instead",
            "values": {"name": "first_name", "instead": "user.name", "line": 1, "column": 4},
        })
    );
}

#[test]
fn an_editor_that_put_markup_into_a_tag_hides_no_name() {
    for html in [
        "{{&nbsp;user.name&nbsp;}}",
        "{{ <span>first_name</span> }}",
        "{{#name}}",
    ] {
        let told = errors(html);
        assert_eq!(told[0].1.as_deref(), Some("user.name"), "{html}: {told:?}");
    }
}

#[test]
fn an_error_of_a_statement_is_the_only_one_of_the_tags_and_hides_none_of_the_html() {
    for (html, rules) in [
        ("{% foo %}{{ .Name }}{{ nobody }}", vec!["template_syntax"]),
        (
            "<script>a</script>{% foo %}<p onclick='b'>",
            vec![
                "element_not_allowed",
                "template_syntax",
                "attribute_not_allowed",
            ],
        ),
    ] {
        let told: Vec<_> = errors(html).into_iter().map(|error| error.0).collect();
        assert_eq!(told, rules, "{html}");
    }
}
