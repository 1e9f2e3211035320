//! The examples of `docs/templates.md` come out as the page says.

use reinvite_domain::Rule;
use reinvite_mail::{LocatedDefect, check_variant, clean_html};

use crate::template;

const PAGE: &str = include_str!("../../../../docs/templates.md");

/// An example: `kept`, `cleaned` or `refused`, the rule if the page names one, and the HTML.
struct Example {
    outcome: &'static str,
    rule: Option<&'static str>,
    html: &'static str,
}

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

    for Example {
        outcome,
        rule,
        html,
    } in examples
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

#[test]
fn every_rule_that_the_page_names_exists() {
    let known: Vec<&str> = Rule::NAMES.iter().map(|name| (*name).into()).collect();
    for example in examples() {
        assert!(example.rule.is_none_or(|rule| known.contains(&rule)));
    }
}
