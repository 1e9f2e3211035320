use std::ops::Range;

use cssparser::Token;
use reinvite_domain::Rule;

use super::finding::{Defect, Repair};
use super::loading::loads;
use super::tokens::StyleTokens;

/// At-rules that mails do not need, and that compare links and values or rename attributes.
const FORBIDDEN: &[&str] = &["container", "namespace", "navigation", "route"];

/// Finds at-rules that load something, or that no style may hold.
pub(super) fn find_at_rules(tokens: &StyleTokens<'_>) -> Vec<Defect> {
    let mut defects = Vec::new();
    let mut from = 0;

    while let Some(token) = tokens.list.get(from) {
        let at = from;
        from += 1;
        let Token::AtKeyword(name) = &token.token else {
            continue;
        };

        let name = name.to_ascii_lowercase();
        if FORBIDDEN.contains(&&*name) {
            defects.push(Defect::forbidden(token.range.clone(), &format!("@{name}")));
            continue;
        }

        let end = match &*name {
            "import" => Some(end_of_at_rule(tokens, at)),
            "font-face" => end_of_loaded_font(tokens, at),
            _ => None,
        };
        if let Some(end) = end {
            defects.push(removal(tokens, at..end, &name));
            from = end;
        }
    }

    defects
}

fn removal(tokens: &StyleTokens<'_>, rule: Range<usize>, name: &str) -> Defect {
    let start = tokens.list[rule.start].range.start;
    let end = tokens.list[rule.end - 1].range.end;

    Defect {
        range: start..end,
        rule: Rule::StyleFromElsewhere {
            text: format!("@{name}"),
        },
        repair: Some(Repair::Remove),
    }
}

/// The index behind an `@font-face` that loads its font; `None` if it names one of the device.
fn end_of_loaded_font(tokens: &StyleTokens<'_>, at: usize) -> Option<usize> {
    let block = tokens.next_index(at + 1)?;
    let is_block = tokens.list[block].token == Token::CurlyBracketBlock;

    let content = &tokens.list[tokens.content(block)];
    let is_loaded = is_block && content.iter().any(|token| loads(&token.token));
    is_loaded.then(|| tokens.behind(block))
}

/// The index behind the last token of the at-rule: its block, its semicolon, or the end around it.
fn end_of_at_rule(tokens: &StyleTokens<'_>, at: usize) -> usize {
    let mut index = at + 1;

    while let Some(token) = tokens.list.get(index) {
        match token.token {
            Token::Semicolon => return index + 1,
            Token::CurlyBracketBlock => return tokens.behind(index),
            Token::CloseCurlyBracket | Token::CloseParenthesis | Token::CloseSquareBracket => {
                return index;
            }
            // Old editors wrap a style in `<!--` and `-->`, which belong to no rule.
            Token::CDC | Token::CDO => return index,
            _ => index = tokens.behind(index),
        }
    }

    tokens.list.len()
}
