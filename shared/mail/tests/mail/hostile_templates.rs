use reinvite_domain::Rule;
use reinvite_mail::{
    MAX_HTML_BYTES, MAX_SUBJECT_BYTES, MAX_TEXT_BYTES, MailPart, RenderError, TemplateValues,
};

use crate::{render, template};

fn refused(subject: &str, html: &str, text: &str) -> RenderError {
    render(
        &template(subject, html, text),
        &TemplateValues::sample("en"),
    )
    .unwrap_err()
}

#[test]
fn a_mistake_is_answered_with_its_part_line_and_column() {
    let error = refused("s", "<p>\n  {{ user.name }</p>", "t");

    assert!(
        matches!(error.defect, Rule::TemplateSyntax { .. }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "html 2:16: unexpected `}`, expected end of variable block"
    );
}

#[test]
fn loops_within_loops_run_out_of_fuel() {
    let loops = "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}\
                 {% endfor %}{% endfor %}";
    for error in [
        refused("s", loops, "t"),
        refused("s", "h", "{{ 'x' * 100000000 }}"),
    ] {
        assert_eq!(error.defect, Rule::RunsTooLong);
    }
}

#[test]
fn a_loop_that_calls_itself_for_ever_is_stopped() {
    let error = refused(
        "s",
        "h",
        "{% for a in [1] recursive %}{{ loop([a]) }}{% endfor %}",
    );

    assert!(
        matches!(error.defect, Rule::CannotEvaluate { .. }),
        "{error:?}"
    );
}

#[test]
fn nothing_larger_than_its_part_comes_out_or_goes_in() {
    let long = |bytes: usize| {
        format!(
            "{{% for n in range(1000) %}}{{{{ 'x' * {} }}}}{{% endfor %}}",
            bytes / 1000 + 1
        )
    };
    let cases = [
        (
            refused(&long(MAX_SUBJECT_BYTES), "h", "t"),
            MailPart::Subject,
            MAX_SUBJECT_BYTES,
        ),
        (
            refused("s", &long(MAX_HTML_BYTES), "t"),
            MailPart::Html,
            MAX_HTML_BYTES,
        ),
        (
            refused("s", "h", &long(MAX_TEXT_BYTES)),
            MailPart::Text,
            MAX_TEXT_BYTES,
        ),
        (
            refused("s", "h", &"x".repeat(MAX_TEXT_BYTES + 1)),
            MailPart::Text,
            MAX_TEXT_BYTES,
        ),
    ];

    for (error, part, limit) in cases {
        assert_eq!(
            error,
            RenderError {
                part,
                position: None,
                defect: Rule::TooLong { max: limit }
            }
        );
    }
}

#[test]
fn a_subject_of_two_lines_is_refused() {
    for subject in [
        "Hello\nBcc: x@example.com",
        "Hello{{ '\\r' }}there",
        "a\u{2028}b",
    ] {
        let error = refused(subject, "h", "t");
        assert_eq!(
            (error.part, error.defect),
            (MailPart::Subject, Rule::LineBreakInSubject)
        );
    }

    let mail = render(
        &template("\n {% if attempt %}\n Hello\n {% endif %}\n", "h", "t"),
        &TemplateValues::sample("en"),
    );

    assert_eq!(mail.unwrap().subject, "Hello");
}

#[test]
fn a_template_reads_no_other_and_defines_no_macros() {
    for tag in [
        "include 'text'",
        "import 'text' as t",
        "extends 'text'",
        "macro m()",
        "call m()",
    ] {
        let error = refused("s", &format!("{{% {tag} %}}"), "t");
        assert!(
            matches!(error.defect, Rule::TemplateSyntax { .. }),
            "{tag}: {error:?}"
        );
    }
}

#[test]
fn a_template_that_cannot_be_evaluated_is_refused_and_shows_no_values() {
    for text in [
        "{{ user.name + 1 }}",
        "{{ user.name | nonesuch }}",
        "{{ debug() }}",
        "{{ 1 is nonesuch }}",
    ] {
        let error = refused("s", "h", text);
        assert!(!error.to_string().contains("example.com"), "{error}");
    }
}
