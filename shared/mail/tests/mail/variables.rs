use reinvite_mail::{Cause, Part, Values};

use crate::{render, template};

#[test]
fn a_template_may_use_every_variable() {
    let text = "{{ user.name }}|{{ user.login_id }}|{{ user.email }}|{{ user.groups | join(', ') }}|\
                {{ organisation.name }}|{{ operator.name }}|{{ login_url }}|{{ attempt + 1 }}|{{ password_change }}";
    let mail = render(&template("s", "h", text), &Values::sample("en")).unwrap();
    assert_eq!(
        mail.text,
        "Alex Morgan|alex.morgan|alex.morgan@example.com|Sales/Tokyo, New staff|Example Academy|Jordan Lee|\
         https://learn.example.com/login|2|keep"
    );
}

#[test]
fn an_unknown_variable_is_refused_even_in_a_branch_nobody_takes() {
    for unknown in ["user.nmae", "name", "user.name.first", "password", "invitation_url", "expires_at"] {
        let html = format!("{{% if attempt > 100 %}}{{{{ {unknown} }}}}{{% endif %}}");
        let error = render(&template("s", &html, "t"), &Values::sample("en")).unwrap_err();
        assert_eq!(error.part, Part::Html);
        assert_eq!(error.cause, Cause::UndefinedVariable(format!("`{unknown}` is undefined")));
    }
}

#[test]
fn an_attribute_that_is_not_there_is_found_while_rendering_with_its_place() {
    let text = "Groups:\n日本 {% for group in user.groups %}{{ group.path }}{% endfor %}";
    let error = render(&template("s", "h", text), &Values::sample("en")).unwrap_err();
    assert_eq!(error.to_string(), "text 2:37: `group.path` is undefined");
}

#[test]
fn a_template_may_make_variables_of_its_own() {
    let text = "{% if attempt > 1 %}{% set word = 'again' %}{% else %}{% set word = 'now' %}{% endif %}{{ word }} \
                {% for n in range(2) %}{{ loop.index }}{% endfor %} \
                {% with place = organisation %}{{ place.name }}{% endwith %}";
    let mail = render(&template("s", "h", text), &Values::sample("en")).unwrap();
    assert_eq!(mail.text, "now 12 Example Academy");
}
