//! A tag that does not end is told once, where it opens, and nothing that follows from it is.

use reinvite_domain::{FieldError, Rule};
use reinvite_mail::{LocatedDefect, built_in_templates, check_variant};

use crate::template;

fn defects(html: &str) -> Vec<LocatedDefect> {
    let language = "en".parse().unwrap();
    check_variant("", &language, &template("s", html, "t")).unwrap_err()
}

/// The place of each defect, and its sentence.
fn told(html: &str) -> Vec<(usize, usize, String)> {
    defects(html)
        .into_iter()
        .map(|defect| {
            let position = defect.position.unwrap();
            let column = position.column.unwrap();
            (position.line, column, defect.defect.to_string())
        })
        .collect()
}

#[test]
fn a_forgotten_brace_in_the_built_in_template_is_told_at_its_tag_alone() {
    let html = &built_in_templates()["invitation"].variants["ja"].html;
    let tag = html.rfind("{{ user.login_id }}").unwrap();
    let broken = format!("{}{}", &html[..tag], html[tag..].replacen("}}", "}", 1));
    let line = html[..tag].matches('\n').count() + 1;

    let defects = defects(&broken);
    assert_eq!(defects.len(), 1, "{defects:?}");
    let position = defects[0].position.unwrap();
    assert_eq!(
        (defects[0].pointer.as_str(), position.line),
        ("/html", line)
    );
    assert_eq!(
        defects[0].defect.to_string(),
        "the tag that opens here has no }}"
    );
}

#[test]
fn each_kind_of_tag_is_told_where_it_opens_with_what_it_lacks() {
    let behind = "</p>\n<a href=\"{{ invitation_url }}\" title=\"{{ password }}\">don't</a>\n\
                  {% if attempt > 1 %}<script>{{ nobody }}</script>{% endif %}\n";
    for (tag, missing) in [
        ("{{ user.nam }", "}}"),
        ("{{ user.name", "}}"),
        ("{{ user.name %}", "}}"),
        ("{{ user.name {{ user.email }}", "}}"),
        ("{% if attempt }", "%}"),
        ("{% if attempt }}", "%}"),
        ("{% if attempt", "%}"),
        ("{# a note", "#}"),
        ("{# a note }", "#}"),
        ("{% raw %}", "{% endraw %}"),
        ("{% if attempt %}", "{% endif %}"),
    ] {
        let html = format!("<h1>あ</h1>\n<p>あ {tag}{behind}");
        let sentence = format!("the tag that opens here has no {missing}");
        assert_eq!(told(&html), [(2, 6, sentence)], "{tag}");
    }

    let html = format!("<p>\n  {{{{ \"x }}}}{behind}");
    let sentence = "unexpected end of string".to_owned();
    assert_eq!(told(&html), [(2, 3, sentence)]);
}

#[test]
fn the_error_has_what_is_missing_as_a_value() {
    let defect = defects("<p>\n{{ user.name }</p>").remove(0);
    assert_eq!(
        serde_json::to_value(FieldError::from(defect)).unwrap(),
        serde_json::json!({
            "pointer": "/html",
            "line": 2,
            "column": 1,
            "rule": "unclosed_tag",
            "detail": "the tag that opens here has no }}",
            "values": {"missing": "}}", "line": 2, "column": 1},
        })
    );
}

#[test]
fn the_other_tags_that_cannot_be_read_are_told_too() {
    let html = "{{ user.name }\n{{ .Subscriber.Name }}\n{% for a in user.groups %}";
    let told: Vec<_> = defects(html)
        .into_iter()
        .map(|defect| (defect.position.unwrap().line, defect.defect.name()))
        .collect();
    assert_eq!(told, [(1, "unclosed_tag"), (2, "template_syntax")]);
}

#[test]
fn a_tag_that_ends_and_is_too_long_is_told_as_that() {
    let html = format!("<p>{{{{ 1{} }}}}</p>", " + 1".repeat(200));
    assert!(matches!(defects(&html)[0].defect, Rule::TagTooLong { .. }));
}
