use reinvite_domain::Variant;
use reinvite_mail::{PasswordPart, TemplateValues};

use crate::{render, template};

fn named(name: &str) -> TemplateValues {
    let mut values = TemplateValues::sample("en");
    name.clone_into(&mut values.user.name);
    values
}

/// Renders a name into a part that does not escape.
fn rendered_name(name: &str) -> String {
    render(&template("s", "h", "[{{ user.name }}]"), &named(name))
        .unwrap()
        .text
}

#[test]
fn a_name_is_escaped_in_html_and_nowhere_else() {
    let everywhere = "{{ user.name }}";
    let mail = render(
        &template(everywhere, everywhere, everywhere),
        &named(r#"<b>&"'"#),
    )
    .unwrap();

    assert_eq!(mail.html, "&lt;b&gt;&amp;&quot;&#39;");
    assert_eq!(mail.subject, r#"<b>&"'"#);
    assert_eq!(mail.text, r#"<b>&"'"#);
}

#[test]
fn no_template_lets_a_name_into_html_unescaped() {
    let refused = template("s", "{{ user.name | safe }}", "t");
    assert!(render(&refused, &named("<b>")).is_err());

    for html in [
        "{% autoescape false %}{{ user.name }}{% endautoescape %}",
        "{% autoescape false %}{% set x %}{{ user.name }}{% endset %}{{ x }}{% endautoescape %}",
        "{% set x %}{{ user.name }}{% endset %}{{ x }}",
        "{{ [user.name] }}",
        "{{ user }}",
        "{{ ('<i>' | escape) ~ user.name }}",
        "{{ [user.name] | join('<br>' | escape) }}",
        "{{ '%s' | escape | format(user.name) }}",
        "{{ 'X' | escape | replace('X', user.name) }}",
        "{% filter upper %}{{ user.name }}{% endfilter %}",
    ] {
        let mail = render(&template("s", html, "t"), &named("<b>")).unwrap();
        assert!(
            !mail.html.to_lowercase().contains("<b>"),
            "{html} gave {}",
            mail.html
        );
    }
}

#[test]
fn a_secret_is_escaped_in_html_as_every_value_is() {
    let render_with = |html: &str, text: &str, password_change| {
        let values = TemplateValues {
            password_change,
            ..TemplateValues::sample("en")
        };
        render(&template("s", html, text), &values)
    };
    let with_link = |invitation_url: &str| {
        let part = PasswordPart::SetLink {
            invitation_url: invitation_url.to_owned(),
            expires_at: String::new(),
        };
        render_with("<a href='{{ invitation_url }}'>x</a>", "t", part)
    };

    let password = PasswordPart::Temporary {
        password: r#"<b>&"'"#.to_owned(),
        expires_at: String::new(),
    };
    let mail = render_with("<p>{{ password }}</p>", "{{ password }}", password).unwrap();
    assert_eq!(mail.html, "<p>&lt;b&gt;&amp;&quot;&#39;</p>");
    assert_eq!(mail.text, r#"<b>&"'"#);

    assert_eq!(
        with_link("https://e.example/?a&'>").unwrap().html,
        "<a href='https://e.example/?a&amp;&#39;&gt;'>x</a>"
    );
    assert!(with_link("javascript:x").is_err());
}

#[test]
fn a_link_stays_readable_and_inside_its_attribute() {
    let mut values = TemplateValues::sample("en");
    values.login_url = "https://learn.example.com/?a=1&b=\"><script>".to_owned();
    let mail = render(
        &template("s", r#"<a href="{{ login_url }}">"#, "t"),
        &values,
    )
    .unwrap();

    assert_eq!(
        mail.html,
        r#"<a href="https://learn.example.com/?a=1&amp;b=&quot;&gt;&lt;script&gt;">"#
    );
}

#[test]
fn a_name_from_right_to_left_cannot_reorder_the_subject_around_it() {
    let line = template("{{ user.name }}: 1", "h", "{{ user.name }}: 1");
    for (name, subject) in [
        ("אבג", "\u{2068}אבג\u{2069}: 1"),
        ("A\u{200F}", "\u{2068}A\u{200F}\u{2069}: 1"),
        ("A\u{202E}B", "A B: 1"),
        ("愛子", "愛子: 1"),
    ] {
        let mail = render(&line, &named(name)).unwrap();
        assert_eq!(mail.subject, subject);
        assert!(!mail.text.contains('\u{2068}'));
    }
}

#[test]
fn no_value_breaks_the_subject_into_two_headers() {
    let break_out = "A\r\nBcc: x@example.com\u{2028}B\u{85}C\u{b}D\0E";
    let mut values = named(break_out);
    break_out.clone_into(&mut values.user.login_id);
    values.user.email = break_out.to_owned();
    values.user.groups = vec![break_out.to_owned()];
    values.organisation.name = break_out.to_owned();
    values.operator.name = break_out.to_owned();
    values.login_url = break_out.to_owned();

    for variable in [
        "user.name",
        "user.login_id",
        "user.email",
        "user.groups[0]",
        "organisation.name",
        "operator.name",
        "login_url",
    ] {
        let subject = format!("Hello {{{{ {variable} }}}}");
        let mail = render(&template(&subject, "h", "t"), &values).unwrap();
        assert_eq!(
            mail.subject, "Hello A Bcc: x@example.com B C D E",
            "{variable}"
        );
    }
}

#[test]
fn a_name_cannot_add_a_paragraph_or_turn_the_text_around() {
    assert_eq!(
        rendered_name("Ann\n\nYour account is closed"),
        "[Ann Your account is closed]"
    );
    assert_eq!(rendered_name("Ann\u{202e}gpj.exe\u{2066}"), "[Ann gpj.exe]");
    assert_eq!(rendered_name("\n\n"), "[]");
}

#[test]
fn a_name_keeps_the_blanks_marks_and_joiners_that_belong_to_it() {
    for name in [
        "山田\u{3000}太郎",
        "Ann  Lee",
        "\u{200f}דנה\u{200f} Lee",
        "👩\u{200d}💻",
    ] {
        assert_eq!(rendered_name(name), format!("[{name}]"));
    }
}

#[test]
fn lines_of_a_text_end_in_a_line_feed_and_hold_no_control_characters() {
    let template = Variant {
        subject: "s".into(),
        html: "a\r\nb\0".into(),
        text: "a\r\nb\rc\td\u{7}\n".into(),
        ..Variant::default()
    };
    let mail = render(&template, &TemplateValues::sample("en")).unwrap();

    assert_eq!(mail.text, "a\nb\nc\td");
    assert_eq!(mail.html, "a\nb");
}

#[test]
fn nothing_personal_is_shown_for_debugging() {
    let values = TemplateValues::sample("en");
    let mail = render(
        &template("{{ user.name }}", "{{ user.email }}", "{{ login_url }}"),
        &values,
    )
    .unwrap();
    let shown = format!("{values:?} {mail:?}");

    assert_eq!(
        shown,
        r#"TemplateValues { attempt: 1, password_change: Keep, .. } Mail { language: "en", .. }"#
    );
}
