//! A template can never end a process: each is refused or rendered within the stack of a thread.

use std::thread;

use proptest::prelude::*;
use reinvite_domain::{PasswordChange, Rule};
use reinvite_mail::{CompiledVariant, TemplateValues, check_variant};

use crate::template;

/// The stack of a thread of tokio, on which the functions render.
const STACK_BYTES: usize = 2 * 1024 * 1024;

/// A source that nests or chains.
#[derive(Clone, Copy, Debug)]
struct Construct {
    before: &'static str,
    opening: &'static str,
    middle: &'static str,
    closing: &'static str,
    after: &'static str,
}

const fn construct(
    before: &'static str,
    opening: &'static str,
    middle: &'static str,
    closing: &'static str,
    after: &'static str,
) -> Construct {
    Construct {
        before,
        opening,
        middle,
        closing,
        after,
    }
}

/// Tags that nest a value as deep as one tag can.
const NESTED_LISTS: &str = "{% set a = [[[[[[[[[[[a]]]]]]]]]]] %}";
const NESTED_MAPS: &str = "{% set a = {1: {1: {1: {1: {1: {1: {1: {1: a}}}}}}}} %}";

/// A tag that chains values which are joined only when they are read.
const CHAINS: &str = "{% set a = a|chain(a)|chain(a)|chain(a)|chain(a)|chain(a)|chain(a) %}";

/// Every construct of the language that nests or chains.
const CONSTRUCTS: &[Construct] = &[
    construct("{{ ", "-", "1", "", " }}"),
    construct("{{ ", "- ", "1", "", " }}"),
    construct("{{ ", "not ", "1", "", " }}"),
    construct("{{ ", "(", "1", ")", " }}"),
    construct("{{ ", "[", "1", "]", " }}"),
    construct("{{ ", "{1: ", "1", "}", " }}"),
    construct("{{ ", "range(", "1", ")", " }}"),
    construct("{{ ", "user[", "1", "]", " }}"),
    construct("{{ 1", "|default(1", "", ")", " }}"),
    construct("{{ user", "", "", ".a", " }}"),
    construct("{{ user", "", "", "[0]", " }}"),
    construct("{{ user", "", "", "[1:]", " }}"),
    construct("{{ range", "", "", "(1)", " }}"),
    construct("{{ 1", "", "", "|string", " }}"),
    construct("{{ 1", "", "", " is defined", " }}"),
    construct("{{ [1]", "", "", "|list", " }}"),
    construct("{{ [1]", "", "", "|chain([1])", " }}"),
    construct("{{ 1", "", "", " + 1", " }}"),
    construct("{{ 1", "", "", " ~ 1", " }}"),
    construct("{{ 1", "", "", " ** 1", " }}"),
    construct("{{ 1", "", "", " and 1", " }}"),
    construct("{{ 1", "", "", " or 1", " }}"),
    construct("{{ 1", "", "", " < 1", " }}"),
    construct("{{ 1", "", "", " in [1]", " }}"),
    construct("{{ 1", "", "", " if 1", " }}"),
    construct("{{ 1", "", "", " if 0 else 1", " }}"),
    construct("{{ 'a'", "", "", " 'a'", " }}"),
    construct("{{ [1", "", "", ", 1", "] }}"),
    construct("{{ '", "", "", "a", "' }}"),
    construct("{{ ", "1", "", "", " }}"),
    construct("", "{% if 1 %}", "x", "{% endif %}", ""),
    construct("{% if 0 %}", "", "", "{% elif 0 %}", "{% endif %}x"),
    construct("", "{% if 0 %}{% else %}", "x", "{% endif %}", ""),
    construct("", "{% for a in [1] %}", "x", "{% endfor %}", ""),
    construct("", "{% for a in [] %}{% else %}", "x", "{% endfor %}", ""),
    construct("", "{% with a = 1 %}", "x", "{% endwith %}", ""),
    construct("", "{% filter upper %}", "x", "{% endfilter %}", ""),
    construct("", "{% autoescape true %}", "x", "{% endautoescape %}", ""),
    construct("", "{% set a %}", "x", "{% endset %}", "x"),
    construct("{% set a = 1 %}", "", "", "{% set a = [a] %}", "{{ a }}"),
    construct("{% set a = 1 %}", "", "", "{% set a = {1: a} %}", "{{ a }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ a }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ a|pprint }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ a|string }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ a == a }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ a < a }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ {a: 1} }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ a ~ a }}"),
    construct(
        "{% set a = 1 %}",
        "",
        "",
        NESTED_LISTS,
        "{{ [a, a]|unique }}",
    ),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ [a, a]|sort }}"),
    construct("{% set a = 1 %}", "", "", NESTED_LISTS, "{{ a|escape }}"),
    construct("{% set a = 1 %}", "", "", NESTED_MAPS, "{{ a }}"),
    construct("{% set a = 1 %}", "", "", NESTED_MAPS, "{{ a|pprint }}"),
    construct("{% set a = 1 %}", "", "", NESTED_MAPS, "{{ a == a }}"),
    construct("{% set a = [1] %}", "", "", CHAINS, "{{ a }}"),
    construct("{% set a = [1] %}", "", "", CHAINS, "{{ a|length }}"),
    construct("{% set a = [1] %}", "", "", CHAINS, "{{ a|last }}"),
    construct(
        "{% set a = [1] %}",
        "",
        "",
        "{% set a = a|chain(a) %}",
        "{{ a }}",
    ),
    construct(
        "{% set a = [1] %}",
        "",
        "",
        "{% set a = a|map('string') %}",
        "{{ a|list }}",
    ),
    construct(
        "{% set a = namespace(b=1) %}{% for i in range(3000) %}",
        "",
        "{% set a.b = [a.b] %}",
        "",
        "{% endfor %}{{ a.b }}",
    ),
    construct("", "{{ 1 }}", "", "", ""),
    construct("", "<!--[if mso]>", "x", "<![endif]-->", ""),
    construct("", "<div>", "x", "</div>", ""),
    construct("", "{#", "x", "#}", ""),
];

impl Construct {
    fn repeated(&self, times: usize) -> String {
        [
            self.before,
            &self.opening.repeat(times),
            self.middle,
            &self.closing.repeat(times),
            self.after,
        ]
        .concat()
    }
}

/// Checks a text, and renders it for every kind of password change, on a stack as Lambda gives.
fn check_and_render(text: String) -> Result<(), Vec<Rule>> {
    let run = move || {
        let variant = template("s", &text, &text);
        let checked = check_variant("", &"en".parse().unwrap(), &variant);

        if let Ok(compiled) = CompiledVariant::new("en", &variant) {
            for &change in PasswordChange::ALL {
                let _ = compiled.render_unjudged(&TemplateValues::sample_with("en", change));
            }
        }
        checked.map_err(|defects| defects.into_iter().map(|located| located.defect).collect())
    };

    thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn no_construct_overflows_the_stack_however_often_it_is_repeated() {
    for construct in CONSTRUCTS {
        for times in [1, 10, 30, 49, 99, 150, 195, 500, 2_000, 10_000] {
            let _ = check_and_render(construct.repeated(times));
        }
    }
}

#[test]
fn what_nests_or_chains_too_deep_is_refused_with_its_place() {
    for (text, rule, column) in [
        (
            format!("{{{{ {}1 }}}}", "-".repeat(10_000)),
            "tag_too_long",
            204,
        ),
        (format!("{{{{ {}1 }}}}", "(".repeat(500)), "too_deep", 16),
        ("{% if 1 %}".repeat(500), "too_deep", 324),
        ("{{ 1 }}".repeat(3_000), "too_many_tags", 14_001),
        ("{% set a = [a] %}".repeat(60), "too_many_assignments", 854),
    ] {
        let variant = template("s", "h", &text);
        let defects = check_variant("", &"en".parse().unwrap(), &variant).unwrap_err();
        let position = defects[0].position.unwrap();

        assert_eq!(defects[0].defect.name(), rule);
        assert_eq!(
            (position.line, position.column),
            (1, Some(column)),
            "{rule}"
        );
    }
}

#[test]
fn what_real_mails_nest_is_accepted() {
    for text in [
        "{% for group in user.groups %}{% if loop.first %}{{ group }}{% else %}, {{ group }}{% endif %}{% endfor %}",
        "{% if attempt == 1 %}a{% elif attempt == 2 %}b{% elif attempt == 3 %}c{% else %}d{% endif %}",
        "{{ ((user.groups | join(', ')) ~ ' ' ~ (user.name | default('x') | upper)) }}",
    ] {
        assert_eq!(check_and_render(text.into()), Ok(()), "{text}");
    }
}

proptest! {
    /// Constructs inside each other, each repeated: the worst that a source can combine.
    #[test]
    fn no_mixture_of_constructs_overflows_the_stack(
        parts in proptest::collection::vec((0..CONSTRUCTS.len(), 1_usize..220), 1..12),
    ) {
        let mut text = String::from("x");
        for (index, times) in parts {
            let Construct { before, opening, closing, after, .. } = CONSTRUCTS[index];
            text = [before, &opening.repeat(times), &text, &closing.repeat(times), after].concat();
        }
        let _ = check_and_render(text);
    }
}
