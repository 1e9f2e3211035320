//! The examples of `docs/templates.md` come out as the page says.

use reinvite_domain::{PasswordChange, Rule};
use reinvite_mail::{CompiledVariant, LocatedDefect, TemplateValues, check_variant, clean_html};

use crate::template;

const PAGE: &str = include_str!("../../../../docs/templates.md");

/// An example: `kept`, `cleaned` or `refused`, or an outcome of the mail; the rule or the kind of password
/// change if the page names one; and the HTML.
struct Example {
    outcome: &'static str,
    rule: Option<&'static str>,
    html: &'static str,
}

/// The outcomes of a template, as opposed to those of its mail.
const OUTCOMES: [&str; 3] = ["kept", "cleaned", "refused"];

fn examples() -> Vec<Example> {
    PAGE.split("```html ")
        .skip(1)
        .map(|block| {
            let (head, rest) = block.split_once('\n').unwrap();
            let (html, _) = rest.split_once("\n```").unwrap();
            let mut words = head.split(' ');
            Example {
                outcome: words.next().unwrap(),
                rule: words.next(),
                html,
            }
        })
        .collect()
}

fn findings(html: &str) -> Vec<LocatedDefect> {
    check_variant("", &"en".parse().unwrap(), &template("s", html, "t"))
        .err()
        .unwrap_or_default()
}

#[test]
fn every_example_comes_out_as_the_page_says() {
    let examples = examples();
    assert!(examples.len() >= 20, "{} examples", examples.len());

    let of_templates = examples
        .into_iter()
        .filter(|example| OUTCOMES.contains(&example.outcome));
    for Example {
        outcome,
        rule,
        html,
    } in of_templates
    {
        let found = findings(html);
        let left = findings(&clean_html(html).html);
        let came_out = match (found.len(), left.len()) {
            (0, _) => "kept",
            (_, 0) => "cleaned",
            _ => "refused",
        };

        assert_eq!(came_out, outcome, "{html}: {found:?}");
        assert_eq!(
            outcome == "cleaned",
            !found.is_empty() && found.iter().all(|finding| finding.cleanable)
        );
        let names: Vec<_> = found.iter().map(|finding| finding.defect.name()).collect();
        assert!(
            rule.is_none_or(|rule| names.contains(&rule)),
            "{html}: {names:?}"
        );
    }
}

/// The rule for which the mail of an example is not sent.
fn rule_of_mail(example: &Example) -> Option<&'static str> {
    let change = match example.rule {
        Some("set_link") => PasswordChange::SetLink,
        Some("temporary") => PasswordChange::Temporary,
        _ => PasswordChange::Keep,
    };
    let text = match change {
        PasswordChange::SetLink => "{{ invitation_url }} {{ note }}",
        PasswordChange::Temporary => "{{ password }} {{ note }}",
        PasswordChange::Keep => "{{ note }}",
    };

    let mut values = TemplateValues::sample_with("en", change);
    if !example.outcome.ends_with("noted") {
        values.note = String::new();
    }
    let compiled = CompiledVariant::new("en", &template("s", example.html, text)).unwrap();
    let error = compiled.render_with_note(&values).err()?;
    Some(error.defect.name())
}

#[test]
fn every_mail_of_an_example_is_sent_or_not_as_the_page_says() {
    let mut outcomes = Vec::new();
    for example in examples() {
        if OUTCOMES.contains(&example.outcome) {
            continue;
        }
        outcomes.push(example.outcome);

        assert_eq!(findings(example.html), [], "{}", example.html);
        let expected = match example.outcome {
            "fit" | "noted" => None,
            "unfit" => Some("template_lacks_secret"),
            "unnoted" => Some("note_not_shown"),
            other => panic!("{other}"),
        };
        assert_eq!(rule_of_mail(&example), expected, "{}", example.html);
    }

    outcomes.sort_unstable();
    outcomes.dedup();
    assert_eq!(outcomes, ["fit", "noted", "unfit", "unnoted"]);
}

#[test]
fn every_rule_that_the_page_names_exists() {
    let known: Vec<&str> = Rule::NAMES.iter().map(|name| (*name).into()).collect();
    for example in examples() {
        let is_of_template = OUTCOMES.contains(&example.outcome);
        let rule = example.rule.filter(|_| is_of_template);
        assert!(rule.is_none_or(|rule| known.contains(&rule)));
    }
}
