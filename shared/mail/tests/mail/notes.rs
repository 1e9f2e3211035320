//! The note of a resend in a mail.

use proptest::prelude::*;
use reinvite_domain::{PasswordChange, Rule, Variant};
use reinvite_mail::{
    CompiledVariant, Mail, PasswordPart, RenderError, TemplateValues, built_in_templates,
    check_variant,
};

use crate::{render, template};

fn noted(note: &str) -> TemplateValues {
    TemplateValues {
        note: note.into(),
        ..TemplateValues::sample("en")
    }
}

/// Renders a template that must show the note.
fn render_with_note(template: &Variant, values: &TemplateValues) -> Result<Mail, RenderError> {
    CompiledVariant::new("en", template)?.render_with_note(values)
}

/// The part of a template that does not show a note.
fn part_without_note(html: &str, text: &str) -> Option<String> {
    let error = render_with_note(&template("s", html, text), &noted("a\nb")).err()?;
    match error.defect {
        Rule::NoteNotShown { language, part } => {
            assert_eq!((language.as_str(), &part), ("en", &error.part.to_string()));
            Some(part)
        }
        defect => panic!("{defect}"),
    }
}

#[test]
fn the_note_is_escaped_and_keeps_its_line_breaks() {
    let template = template("s", "<p title=\"{{ note }}\">{{ note }}</p>", "{{ note }}");
    let mail = render_with_note(&template, &noted("1 < 2 & \"3\"\n\n<b>")).unwrap();

    assert_eq!(
        mail.html,
        "<p title=\"1 &lt; 2 &amp; &quot;3&quot;\n\n&lt;b&gt;\">\
         1 &lt; 2 &amp; &quot;3&quot;<br>\n<br>\n&lt;b&gt;</p>"
    );
    assert_eq!(mail.text, "1 < 2 & \"3\"\n\n<b>");
}

#[test]
fn outlook_sees_the_line_breaks_too() {
    let html = "<!--[if mso]><p>{{ note }}</p><![endif]--><title>{{ note }}</title>{{ note }}";
    let mail = render(&template("s", html, "t"), &noted("a\nb")).unwrap();
    assert_eq!(
        mail.html,
        "<!--[if mso]><p>a<br>\nb</p><![endif]--><title>a\nb</title>a<br>\nb"
    );
}

#[test]
fn without_a_note_it_is_empty() {
    let source = "{% if note %}Note: {{ note }}{% else %}none{% endif %}";
    let mail = render_with_note(&template("s", source, source), &noted("")).unwrap();
    assert_eq!((&*mail.html, &*mail.text), ("none", "none"));
}

#[test]
fn a_note_must_be_shown_in_html_and_in_text() {
    for shown in [
        "{{ note }}",
        "<p>{{ note | upper }}</p>",
        "{% for line in note | lines %}<p>{{ line }}</p>{% endfor %}",
        "{% set x %}{{ note }}{% endset %}{{ x }}",
        "<p hidden>x</p>{{ note }}",
    ] {
        assert_eq!(part_without_note(shown, "{{ note }}"), None, "{shown}");
    }

    for hidden in [
        "",
        "{% if note == 'x' %}{{ note }}{% endif %}",
        "<p title=\"{{ note }}\">a</p>",
        "<title>{{ note }}</title>",
        "<p hidden>{{ note }}</p>",
        "<div style=\"display:none\"><p>{{ note }}</p></div>",
        "<div style=\"dis/**/play:block;display:&#110;one\"><p>{{ note }}</p></div>",
        "<!--[if mso]>{{ note }}<![endif]-->",
        "<!--[if !mso]><!-->{{ note }}<!--<![endif]-->",
        "<p style=\"mso-hide:all\">{{ note }}</p>",
    ] {
        let part = part_without_note(hidden, "{{ note }}");
        assert_eq!(part.as_deref(), Some("html"), "{hidden}");
    }
    let part = part_without_note("{{ note }}", "{% if attempt > 1 %}{{ note }}{% endif %}");
    assert_eq!(part.as_deref(), Some("text"));
}

#[test]
fn a_subject_does_not_hold_the_note() {
    for subject in [
        "{{ note }}",
        "s{% set x = note %}",
        "s{% if note %}s{% endif %}",
    ] {
        let checked = check_variant("/v", &"en".parse().unwrap(), &template(subject, "h", "t"));
        let defects: Vec<_> = checked.unwrap_err().into_iter().map(|d| d.defect).collect();
        assert_eq!(defects, [Rule::NoteInSubject], "{subject}");
    }
}

#[test]
fn every_built_in_template_shows_the_note() {
    for template in built_in_templates().values() {
        for (language, variant) in &template.variants {
            let compiled = CompiledVariant::new(language.as_str(), variant).unwrap();
            for change in PasswordChange::ALL {
                let values = TemplateValues {
                    note: "First\nSecond".into(),
                    ..TemplateValues::sample_with(language.as_str(), *change)
                };
                let mail = compiled.render_with_note(&values).unwrap();
                assert!(mail.html.contains("First<br>\nSecond"), "{language}");

                let silent = compiled.render(&TemplateValues {
                    note: String::new(),
                    ..values
                });
                let label = ["A note from", "からのお知らせ"];
                let mail = silent.unwrap();
                assert!(!label.iter().any(|label| mail.text.contains(label)));
            }
        }
    }
}

proptest! {
    /// A note of any characters adds no mark, no tag and no secret to the mail.
    #[test]
    fn a_note_is_text_and_nothing_else(
        lines in prop::collection::vec("(\\PC|[<>&\"'{}%#\u{fdd0}-\u{fdd5}]|x\u{fdd0}password\u{fdd1}|\\{\\{ password \\}\\}){0,12}", 1..4),
    ) {
        let note = lines.join("\n");
        let values = TemplateValues {
            note: note.clone(),
            password_change: PasswordPart::Temporary {
                password: "the-secret".into(),
                expires_at: "then".into(),
            },
            ..TemplateValues::sample("en")
        };
        let source = "a {{ password }} b {{ note }} c";
        let mail = render(&template("s", source, source), &values).unwrap();

        for part in [&mail.html, &mail.text] {
            prop_assert_eq!(part.matches("the-secret").count(), 1, "{}", part);
            prop_assert!(!part.contains(|c| ('\u{fdd0}'..='\u{fdef}').contains(&c)), "{}", part);
        }
        prop_assert!(!mail.html.replace("<br>\n", "").contains(['<', '>']), "{}", mail.html);
        let breaks = note.matches(reinvite_domain::text::is_line_break).count();
        prop_assert_eq!(mail.text.matches('\n').count(), breaks);
    }
}
