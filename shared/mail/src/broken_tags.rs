//! Finds every tag that the template engine cannot parse: the engine stops at the first.

use std::ops::Range;

use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;
use reinvite_domain::Rule;

use crate::foreign_marks::variable_for;
use crate::jinja::{Segment, UnclosedTag, find_exceeded_bound, find_unclosed_tags, segments};
use crate::mail_part::MailPart;
use crate::render_error::RenderError;

/// The most expressions that are told. A person reads no more.
const MAX_BROKEN_TAGS: usize = 50;

/// A source whose broken expressions are known.
pub(crate) struct BrokenTags {
    /// An error for each of the first 50.
    pub errors: Vec<RenderError>,
    /// The source with blanks in place of all of them, so that the rest can be checked.
    pub rest: String,
}

/// Finds the tags, comments and blocks that do not end, with the expressions that cannot be parsed
/// between them, in order. It is empty if each ends, or if they are no cause of the `first` defect, at
/// which the engine stopped.
pub(crate) fn find_unclosed(part: MailPart, source: &str, first: &Rule) -> Vec<RenderError> {
    let is_bound = match first {
        Rule::TemplateSyntax { .. } => false,
        Rule::TagTooLong { .. }
        | Rule::TooDeep { .. }
        | Rule::TooManyTags { .. }
        | Rule::TooManyAssignments { .. } => true,
        _ => return Vec::new(),
    };
    let unclosed = find_unclosed_tags(source, !is_bound);
    if unclosed.is_empty() {
        return Vec::new();
    }

    let mut rest = source.as_bytes().to_vec();
    let mut errors = Vec::new();
    for UnclosedTag { range, missing } in unclosed {
        blank(&mut rest[range.clone()]);
        let defect = match &*missing {
            "\"" | "'" => Rule::TemplateSyntax {
                message: "unexpected end of string".to_owned(),
                instead: None,
            },
            _ => Rule::UnclosedTag {
                missing: missing.into_owned(),
            },
        };
        errors.push(RenderError::at(part, source, range.start, defect));
    }

    let rest = String::from_utf8(rest).unwrap_or_default();
    errors.extend(find_broken_tags(part, &rest).errors);
    errors.sort_by_key(|error| error.position);
    errors
}

/// Finds the expressions of a source that cannot be parsed by themselves.
pub(crate) fn find_broken_tags(part: MailPart, source: &str) -> BrokenTags {
    let mut errors = Vec::new();
    let mut rest = source.as_bytes().to_vec();

    for segment in segments(source) {
        let Segment::Tag(tag) = segment else { continue };
        if !tag.is_expression {
            continue;
        }
        let Some(error) = find_error(part, source, &tag.range, &source[tag.inner]) else {
            continue;
        };
        blank(&mut rest[tag.range]);
        if errors.len() < MAX_BROKEN_TAGS {
            errors.push(error);
        }
    }

    BrokenTags {
        errors,
        rest: String::from_utf8(rest).unwrap_or_default(),
    }
}

/// Writes blanks over a piece of a source. Lines and columns behind it stay true.
fn blank(piece: &mut [u8]) {
    for byte in piece {
        if byte.is_ascii() && *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// The error of the tag in this range of a source.
fn find_error(
    part: MailPart,
    source: &str,
    range: &Range<usize>,
    inner: &str,
) -> Option<RenderError> {
    let tag = &source[range.clone()];
    if let Some(bound) = find_exceeded_bound(tag, SyntaxConfig::default()) {
        let offset = range.start + bound.offset;
        return Some(RenderError::at(part, source, offset, bound.rule));
    }

    let error = parse(tag, "", SyntaxConfig::default()).err()?;
    let offset = error.range().map_or(0, |place| place.start.min(tag.len()));
    let RenderError { defect, .. } = RenderError::from_engine(part, tag, &error);
    let defect = match defect {
        Rule::TemplateSyntax { message, .. } => Rule::TemplateSyntax {
            message,
            instead: variable_in(inner).map(str::to_owned),
        },
        other => other,
    };
    Some(RenderError::at(part, source, range.start + offset, defect))
}

/// The variable to use in place of the first name in a tag that means one. Other programs write a name
/// behind signs of their own, as in `.Subscriber.Name`, and editors put `&nbsp;` around it.
fn variable_in(inner: &str) -> Option<&'static str> {
    inner
        .split(|c: char| c != '.' && c != '_' && !c.is_alphanumeric())
        .map(|name| name.trim_start_matches('.'))
        .filter(|name| !name.is_empty())
        .find_map(variable_for)
}
