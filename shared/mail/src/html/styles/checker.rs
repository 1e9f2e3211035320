use std::ops::Range;

use reinvite_domain::Rule;

use super::at_rules::find_at_rules;
use super::decoded_text::DecodedText;
use super::finding::{Defect, Repair, StyleFinding};
use super::loading::find_addresses;
use super::markup::{find_broken_strings, find_markup, find_unclosed};
use super::properties::find_properties;
use super::selectors::find_selectors;
use super::tokens::{MAX_DEPTH, StyleTokens};
use crate::html::input::HtmlInput;

/// Checks the text of a `<style>` element.
///
/// HTML decodes no character references in it, and lets it be wrapped in `<!--` and `-->`.
pub(crate) fn check_style_sheet(raw_css: &str, input: HtmlInput<'_>) -> Vec<StyleFinding> {
    let text = DecodedText::verbatim(raw_css);
    let tokens = StyleTokens::read(text.as_str());

    let mut defects = find_defects(&tokens);
    defects.extend(find_markup(raw_css, &tokens));
    defects.extend(find_unclosed(raw_css, &tokens));
    let mut findings = to_findings(&text, defects);
    findings.extend(find_tags(raw_css, input, true));
    sorted(findings)
}

/// Checks the value of a `style` attribute as it is written, with its character references.
pub(crate) fn check_style_attribute(raw_value: &str, input: HtmlInput<'_>) -> Vec<StyleFinding> {
    let text = DecodedText::attribute(raw_value);
    let tokens = StyleTokens::read(text.as_str());

    let mut findings = to_findings(&text, find_defects(&tokens));
    findings.extend(find_tags(raw_value, input, false));
    sorted(findings)
}

fn find_defects(tokens: &StyleTokens<'_>) -> Vec<Defect> {
    let removals = find_at_rules(tokens);

    let mut defects = find_addresses(tokens);
    defects.extend(find_selectors(tokens));
    defects.extend(find_properties(tokens));
    defects.extend(find_broken_strings(tokens));
    retain_outside(&mut defects, &removals);
    defects.extend(removals);

    let max = MAX_DEPTH;
    let too_deep = tokens.too_deep.clone();
    defects.extend(too_deep.map(|range| Defect::refused(range, Rule::TooDeep { max })));
    defects
}

/// Drops the defects within at-rules that go as a whole. The at-rules are in order.
fn retain_outside(defects: &mut Vec<Defect>, at_rules: &[Defect]) {
    defects.retain(|defect| {
        let behind = at_rules.partition_point(|rule| rule.range.start <= defect.range.start);
        let around = behind.checked_sub(1).map(|before| &at_rules[before]);
        !around.is_some_and(|rule| rule.repair.is_some() && defect.range.end <= rule.range.end)
    });
}

fn sorted(mut findings: Vec<StyleFinding>) -> Vec<StyleFinding> {
    findings.sort_by_key(|finding| finding.range.start);
    findings
}

/// Finds the places of the defects in the text as it is written.
fn to_findings(text: &DecodedText<'_>, defects: Vec<Defect>) -> Vec<StyleFinding> {
    let raw = text.raw();
    defects
        .into_iter()
        .map(|defect| {
            let range = text.raw_range(&defect.range);
            let replacement = defect.repair.and_then(|repair| apply(repair, raw, &range));
            StyleFinding {
                range,
                rule: defect.rule,
                replacement,
            }
        })
        .collect()
}

/// The text that replaces the range.
fn apply(repair: Repair, raw: &str, range: &Range<usize>) -> Option<String> {
    match repair {
        Repair::Remove => {
            let is_blank_before = raw[..range.start].ends_with(char::is_whitespace);
            let is_blank_behind = raw[range.end..].starts_with(char::is_whitespace);
            let is_edge = range.start == 0 || range.end == raw.len();
            // Without a blank the texts on both sides could make a word, or a tag of the template.
            let is_apart = is_blank_before || is_blank_behind || is_edge;
            Some(if is_apart { "" } else { " " }.to_string())
        }
        Repair::UseHttps => {
            let address = &raw[range.clone()];
            let at = address.to_ascii_lowercase().find("http:")?;
            // A scheme that is written with escapes or references stays unreadable.
            let is_scheme = !address[..at].contains(':');
            is_scheme.then(|| {
                let end = at + "http".len();
                format!("{}s{}", &address[..end], &address[end..])
            })
        }
    }
}

/// Finds the tags of a template source.
fn find_tags(raw: &str, input: HtmlInput<'_>, is_sheet: bool) -> Vec<StyleFinding> {
    if input != HtmlInput::TemplateSource {
        return Vec::new();
    }
    // The selector `#a` may stand behind a bracket. A sheet without `#}` holds no comment of a template.
    let has_comments = !is_sheet || raw.contains("#}");

    let mut findings = Vec::new();
    let mut from = 0;
    while let Some(found) = raw[from..].find('{') {
        let start = from + found;
        let next = raw.as_bytes().get(start + 1);
        let is_tag = matches!(next, Some(b'{' | b'%')) || next == Some(&b'#') && has_comments;
        if is_tag {
            findings.push(StyleFinding {
                range: start..start + 2,
                rule: Rule::VariableInStyle,
                replacement: None,
            });
        }
        from = start + if is_tag { 2 } else { 1 };
    }
    findings
}
