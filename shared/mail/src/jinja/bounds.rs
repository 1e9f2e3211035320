//! Bounds on what a template nests and chains.
//!
//! The engine's parser and compiler call themselves for what a source nests and for what it chains:
//! signs before a value, operators, filters, branches of an `if`. So do the values that a template
//! makes, when they are written or dropped. A source without bounds would overflow the stack, which
//! ends the process. The bounds are checked on the engine's own tokens before it parses the source.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;
use reinvite_domain::Rule;

/// Deepest nesting of blocks. A branch (`elif`) counts as a level.
pub(crate) const MAX_BLOCK_DEPTH: usize = 32;

/// Deepest nesting of parentheses, brackets and braces in a tag.
pub(crate) const MAX_BRACKET_DEPTH: usize = 12;

/// Most names, literals and signs in a tag.
pub(crate) const MAX_TAG_TOKENS: usize = 200;

/// Most tags in a source.
pub(crate) const MAX_TAGS: usize = 2_000;

/// Most tags that assign a variable: a value may nest those before it.
pub(crate) const MAX_ASSIGNMENTS: usize = 50;

/// A bound that a source exceeds, and the byte offset at which it does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ExceededBound {
    pub offset: usize,
    pub rule: Rule,
}

/// Finds the first bound that a source exceeds.
///
/// It ends where a token cannot be read: the parser, which reports that, reads no further.
pub(crate) fn find_exceeded_bound(source: &str, syntax: SyntaxConfig) -> Option<ExceededBound> {
    let mut counter = Counter::default();

    tokenize(source, false, syntax)
        .map_while(Result::ok)
        .find_map(|(token, span)| {
            let rule = counter.count(&token)?;
            let offset = span.start_offset as usize;
            Some(ExceededBound { offset, rule })
        })
}

/// Counts what a source nests and chains, token by token.
#[derive(Default)]
struct Counter {
    tags: usize,
    assignments: usize,
    /// The levels of each open block: one, and one for each of its branches.
    blocks: Vec<usize>,
    tag: Tag,
}

/// Counts in the tag that is read.
#[derive(Default)]
struct Tag {
    tokens: usize,
    brackets: usize,
    is_statement: bool,
    /// Whether the tag is a `set` in which no `=` was read yet.
    is_open_set: bool,
}

impl Counter {
    /// Counts a token, and returns the bound that it exceeds.
    fn count(&mut self, token: &Token<'_>) -> Option<Rule> {
        match token {
            Token::TemplateData(_) => return None,
            Token::VariableStart | Token::BlockStart => self.begin_tag(token),
            Token::VariableEnd | Token::BlockEnd => self.end_tag(),

            Token::Ident(keyword) if self.tag.is_statement && self.tag.tokens == 0 => {
                self.begin_statement(keyword);
                self.tag.tokens = 1;
            }
            _ => self.tag.count(token),
        }

        self.exceeded()
    }

    fn begin_tag(&mut self, token: &Token<'_>) {
        self.tags += 1;
        self.tag = Tag {
            is_statement: matches!(token, Token::BlockStart),
            ..Tag::default()
        };
    }

    fn begin_statement(&mut self, keyword: &str) {
        match keyword {
            "if" | "for" | "autoescape" | "filter" => self.blocks.push(1),
            "with" => {
                self.assignments += 1;
                self.blocks.push(1);
            }
            "set" => {
                self.assignments += 1;
                self.tag.is_open_set = true;
            }
            "elif" => {
                if let Some(levels) = self.blocks.last_mut() {
                    *levels += 1;
                }
            }
            _ if keyword.starts_with("end") => {
                self.blocks.pop();
            }
            _ => {}
        }
    }

    /// A `set` without `=` opens a block.
    fn end_tag(&mut self) {
        if std::mem::take(&mut self.tag.is_open_set) {
            self.blocks.push(1);
        }
    }

    fn exceeded(&self) -> Option<Rule> {
        if self.blocks.iter().sum::<usize>() > MAX_BLOCK_DEPTH {
            Some(Rule::TooDeep {
                max: MAX_BLOCK_DEPTH,
            })
        } else if self.tag.brackets > MAX_BRACKET_DEPTH {
            Some(Rule::TooDeep {
                max: MAX_BRACKET_DEPTH,
            })
        } else if self.tag.tokens > MAX_TAG_TOKENS {
            Some(Rule::TagTooLong {
                max: MAX_TAG_TOKENS,
            })
        } else if self.tags > MAX_TAGS {
            Some(Rule::TooManyTags { max: MAX_TAGS })
        } else if self.assignments > MAX_ASSIGNMENTS {
            Some(Rule::TooManyAssignments {
                max: MAX_ASSIGNMENTS,
            })
        } else {
            None
        }
    }
}

impl Tag {
    fn count(&mut self, token: &Token<'_>) {
        self.tokens += 1;

        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => self.brackets += 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            Token::Assign if self.brackets == 0 => self.is_open_set = false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceeded(source: &str) -> Option<ExceededBound> {
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .unwrap();
        find_exceeded_bound(source, syntax)
    }

    #[test]
    fn a_source_within_every_bound_passes() {
        let blocks = format!(
            "{}{}",
            "{% if a %}{% elif b %}".repeat(MAX_BLOCK_DEPTH / 2),
            "{% endif %}".repeat(MAX_BLOCK_DEPTH / 2)
        );
        let brackets = format!(
            "{{{{ {}{} }}}}",
            "(".repeat(MAX_BRACKET_DEPTH),
            ")".repeat(MAX_BRACKET_DEPTH)
        );

        for source in [
            blocks.repeat(3),
            brackets.repeat(3),
            "{{ a }}".repeat(MAX_TAGS),
            "{% set a = 1 %}".repeat(MAX_ASSIGNMENTS),
            format!("{{{{ {}a }}}}", "-".repeat(MAX_TAG_TOKENS - 1)),
            "{% set a | f(b=1) %}{% endset %}".repeat(MAX_ASSIGNMENTS),
            format!("{{% raw %}}{}{{% endraw %}}", "{% if a %}".repeat(100)),
            "a { b } } }".repeat(1_000),
        ] {
            assert_eq!(exceeded(&source), None, "{source}");
        }
    }

    #[test]
    fn the_offset_is_that_of_the_first_token_too_many() {
        let source = format!("ä{{{{ {}a }}}}", "-".repeat(MAX_TAG_TOKENS + 1));
        let expected = ExceededBound {
            offset: 5 + MAX_TAG_TOKENS,
            rule: Rule::TagTooLong {
                max: MAX_TAG_TOKENS,
            },
        };
        assert_eq!(exceeded(&source), Some(expected));
    }
}
