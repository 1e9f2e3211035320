use reinvite_domain::{PasswordChange, Rule, TextPosition};
use reinvite_mail::{MailPart, TemplateValues, variables};

use crate::{render, template};

#[test]
fn a_template_may_use_every_variable() {
    let text = "{{ user.name }}|{{ user.login_id }}|{{ user.email }}|{{ user.groups | join(', ') }}|\
                {{ organisation.name }}|{{ operator.name }}|{{ login_url }}|{{ attempt + 1 }}|{{ password_change }}";
    let mail = render(&template("s", "h", text), &TemplateValues::sample("en")).unwrap();

    assert_eq!(
        mail.text,
        "Alex Morgan|alex.morgan|alex.morgan@example.com|Sales/Tokyo, New staff|Example Academy|Jordan Lee|\
         https://learn.example.com/login|2|keep"
    );
}

#[test]
fn an_unknown_variable_is_refused_even_in_a_branch_that_no_mail_takes() {
    for unknown in ["user.nmae", "name", "user.name.first"] {
        let html = format!("{{% if attempt > 100 %}}{{{{ {unknown} }}}}{{% endif %}}");
        let error = render(&template("s", &html, "t"), &TemplateValues::sample("en")).unwrap_err();
        assert_eq!(error.part, MailPart::Html);
        assert_eq!(
            error.defect,
            Rule::UnknownVariable {
                name: unknown.into(),
                instead: (unknown == "name").then(|| "user.name".into())
            }
        );
        assert_eq!(
            error.position,
            Some(TextPosition {
                line: 1,
                column: Some(26)
            })
        );
    }
}

#[test]
fn a_missing_attribute_is_found_while_rendering_with_its_position() {
    let text = "Groups:\n日本 {% for group in user.groups %}{{ group.path }}{% endfor %}";
    let error = render(&template("s", "h", text), &TemplateValues::sample("en")).unwrap_err();
    assert_eq!(error.to_string(), "text 2:37: `group.path` is undefined");
}

#[test]
fn a_template_may_make_variables_of_its_own() {
    let text = "{% if attempt > 1 %}{% set word = 'again' %}{% else %}{% set word = 'now' %}{% endif %}{{ word }} \
                {% for n in range(2) %}{{ loop.index }}{% endfor %} \
                {% with place = organisation %}{{ place.name }}{% endwith %}";
    let mail = render(&template("s", "h", text), &TemplateValues::sample("en")).unwrap();
    assert_eq!(mail.text, "now 12 Example Academy");
}

#[test]
fn a_variable_of_another_kind_of_password_change_is_undefined_while_rendering() {
    for (variable, kind) in [
        ("invitation_url", PasswordChange::SetLink),
        ("password", PasswordChange::Temporary),
        ("expires_at", PasswordChange::Temporary),
    ] {
        let template = template("s", "h", &format!("{{{{ {variable} }}}}"));
        assert!(
            render(&template, &TemplateValues::sample_with("en", kind)).is_ok(),
            "{variable}"
        );
        let error = render(&template, &TemplateValues::sample("en")).unwrap_err();
        assert_eq!(
            error.defect,
            Rule::UndefinedValue {
                message: format!("`{variable}` is undefined")
            }
        );
    }
}

/// Adds the dotted names of all values in `value`.
fn collect_names(name: &str, value: &serde_json::Value, names: &mut Vec<String>) {
    let Some(fields) = value.as_object() else {
        return names.push(name.to_owned());
    };
    for (key, value) in fields {
        let inner = format!("{name}.{key}");
        collect_names(inner.trim_start_matches('.'), value, names);
    }
}

#[test]
fn the_catalogue_lists_the_variables_of_all_mails() {
    let mut listed: Vec<_> = variables()
        .into_iter()
        .map(|variable| variable.name.to_owned())
        .collect();
    listed.sort();

    let mut present = Vec::new();
    for &kind in PasswordChange::ALL {
        let values =
            TemplateValues::sample_with("en", kind).with_sample_attributes(["NAME".to_owned()]);
        collect_names("", &serde_json::to_value(values).unwrap(), &mut present);
    }
    present.sort();
    present.dedup();

    assert_eq!(listed, present);
    assert!(
        variables()
            .iter()
            .all(|variable| !variable.sample.is_empty() && !variable.description.is_empty())
    );

    let only: Vec<_> = variables()
        .into_iter()
        .filter_map(|variable| variable.only_with.map(|kind| (variable.name, kind)))
        .collect();
    assert_eq!(
        only,
        [
            ("invitation_url", PasswordChange::SetLink),
            ("password", PasswordChange::Temporary)
        ]
    );
}
