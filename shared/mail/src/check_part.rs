use reinvite_domain::Rule;

use crate::broken_tags::{BrokenTags, find_broken_tags, find_unclosed};
use crate::compiled_part::CompiledPart;
use crate::html::{HtmlInput, check_html};
use crate::jinja;
use crate::mail_part::MailPart;
use crate::render_error::RenderError;
use crate::source_marks::mark_css;

/// A defect of a part, before it is rendered.
#[derive(Debug)]
pub(crate) struct PartDefect {
    /// The defect and its position.
    pub error: RenderError,
    /// Whether cleaning takes the defect out.
    pub cleanable: bool,
}

impl From<RenderError> for PartDefect {
    fn from(error: RenderError) -> Self {
        Self {
            error,
            cleanable: false,
        }
    }
}

/// Finds everything that is wrong with the source of a part before it is rendered.
///
/// Where a tag does not end, it is not known what the tags and the HTML behind it mean, so only the tags
/// that cannot be read are told.
pub(crate) fn check_part(part: MailPart, source: &str) -> Vec<PartDefect> {
    let compiled = CompiledPart::parse(part, source);
    let marked = match part {
        MailPart::Html => mark_css(source),
        MailPart::Subject | MailPart::Text => source.into(),
    };
    let source = &*marked;

    let errors = match compiled {
        Ok(compiled) => check_tags(part, source, &compiled),
        Err(error) => {
            let unclosed = find_unclosed(part, source, &error.defect);
            if !unclosed.is_empty() {
                return unclosed.into_iter().map(PartDefect::from).collect();
            }
            if !matches!(error.defect, Rule::TemplateSyntax { .. }) {
                return vec![error.into()];
            }
            check_readable_tags(part, source, error)
        }
    };

    let mut defects: Vec<_> = errors.into_iter().map(PartDefect::from).collect();
    if part == MailPart::Html {
        defects.extend(check_source_html(source));
    }
    defects
}

fn check_tags(part: MailPart, source: &str, compiled: &CompiledPart) -> Vec<RenderError> {
    let mut errors = compiled.undefined_variables();
    errors.extend(check_secrets(part, source));
    errors.extend(check_note(part, source));
    errors
}

/// Checks a source that has a syntax error: tells every expression that cannot be parsed, and checks
/// the other tags. Where a statement is wrong, no tag can be read, and `first`, the error of the engine,
/// is all that is known of them.
fn check_readable_tags(part: MailPart, source: &str, first: RenderError) -> Vec<RenderError> {
    let BrokenTags { mut errors, rest } = find_broken_tags(part, source);
    let Ok(compiled) = CompiledPart::parse(part, &rest) else {
        return vec![first];
    };

    errors.extend(check_tags(part, &rest, &compiled));
    errors.sort_by_key(|error| {
        error
            .position
            .map(|position| (position.line, position.column))
    });
    errors
}

/// Checks that a subject names no secret, and that another part only writes it out.
fn check_secrets(part: MailPart, source: &str) -> Option<RenderError> {
    let first_secret = jinja::secret_tags(source).into_iter().next();

    match first_secret {
        Some(tag) if part == MailPart::Subject => {
            let defect = Rule::SecretInSubject;
            Some(RenderError::at(part, source, tag.start, defect))
        }
        _ => jinja::find_misused_secret(source)
            .map(|offset| RenderError::at(part, source, offset, Rule::MisusedSecret)),
    }
}

/// Checks that a subject does not name the note.
fn check_note(part: MailPart, source: &str) -> Option<RenderError> {
    let named = jinja::find_variable(source, "note").filter(|_| part == MailPart::Subject);
    named.map(|offset| RenderError::at(part, source, offset, Rule::NoteInSubject))
}

fn check_source_html(source: &str) -> impl Iterator<Item = PartDefect> {
    check_html(source, HtmlInput::TemplateSource)
        .into_iter()
        .map(|violation| {
            let defect = violation.rule;
            PartDefect {
                error: RenderError::at(MailPart::Html, source, violation.offset, defect),
                cleanable: violation.cleaning.is_some(),
            }
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;
    use crate::built_in_templates::{
        address_changed_variants, built_in_templates, renewal_variants,
    };
    use crate::jinja::{Segment, segments};

    /// A template with a tag of each kind.
    const EVERY_KIND: &str = "<p title=\"{{ user.name }}\">don't {# a note #}{{ user.email | default('}') }}\n\
        {%- if attempt > 1 -%}\n<b>{{ {'a': 1}['a'] }}</b>{% elif attempt == 9 %}あ{# {{ x #}\n\
        {% else %}\n{% for group in user.groups %}{{ loop.index }} {{ group\n| upper }}{% endfor %}\n\
        {% endif %}\n{% raw %}{{ not.read }} {% either {% endraw %}it's\n{% set x = \"%}\" %}{{ x }}\n\
        {% set y %}z{% endset %}{{ y }}{% with a = 1 %}{{ a }}{% endwith %}{% raw -%}{#{%- endraw %}\n\
        {% filter upper %}a{% endfilter %}</p>\n{# the end #}\n<style>@media a{b{c:d}}</style>{{- login_url -}} }";

    fn corpus() -> Vec<String> {
        let built_in = built_in_templates().values().cloned();
        let built_in = built_in.flat_map(|template| template.variants.into_values());
        let notices = address_changed_variants()
            .into_iter()
            .chain(renewal_variants());
        built_in
            .chain(notices.map(|(_, variant)| variant))
            .flat_map(|variant| [variant.html, variant.text, variant.subject])
            .chain([EVERY_KIND.to_owned()])
            .inspect(|source| assert!(CompiledPart::parse(MailPart::Text, source).is_ok()))
            .collect()
    }

    /// The tags and comments of a source: where each opens, and where its closing delimiter ends.
    fn tags(source: &str) -> Vec<(usize, usize)> {
        segments(source)
            .into_iter()
            .filter_map(|segment| match segment {
                Segment::Tag(tag) => Some((tag.range.start, tag.range.end)),
                Segment::Silent(range) => Some((range.start, range.end)),
                Segment::Text(_) => None,
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_lost_delimiter_is_told_at_its_tag_and_nothing_else_is(
            source in select(corpus()),
            chosen: Index,
            is_half in any::<bool>(),
            replacement in select(vec!["", " ", "}", "%}", "}}", "#}", "} }"]),
        ) {
            let tags = tags(&source);
            prop_assume!(!tags.is_empty());
            let (start, end) = *chosen.get(&tags);
            let delimiter = &source[end - 2..end];
            let kept = end - if is_half { 1 } else { 2 };
            let rest = format!("{}{replacement}", &source[end - 2..kept]);
            prop_assume!(!rest.contains(delimiter));
            let broken = format!("{}{replacement}{}", &source[..kept], &source[end..]);
            let defects = check_part(MailPart::Text, &broken);

            if CompiledPart::parse(MailPart::Text, &broken).is_ok() {
                let is_told = defects.iter().any(|defect| matches!(defect.error.defect, Rule::UnclosedTag { .. }));
                prop_assert!(!is_told, "{defects:?}\n{broken}");
                return Ok(());
            }
            prop_assert_eq!(defects.len(), 1, "{:?}\n{}", defects, broken);
            let is_unclosed = matches!(defects[0].error.defect, Rule::UnclosedTag { .. });
            prop_assert!(is_unclosed, "{defects:?}\n{broken}");
            let place = RenderError::position_at(&source, start);
            prop_assert_eq!(defects[0].error.position, Some(place), "{}", broken);
        }
    }
}
