use std::ops::Range;

use cssparser::{ParseError, Parser, ParserInput, Token};

/// Deepest nesting of blocks and functions. Each is read on the stack of the one around it.
pub(super) const MAX_DEPTH: usize = 32;

/// A token of a style, and its place.
#[derive(Debug)]
pub(super) struct StyleToken<'a> {
    /// The token, with its escapes decoded. A block is followed by its content and its closing token.
    pub token: Token<'a>,
    /// The byte range in the style.
    pub range: Range<usize>,
    /// For a block, the index of its closing token, or of the token behind a block that is open; the
    /// index of the token itself otherwise.
    pub close: usize,
}

impl StyleToken<'_> {
    /// Whether the token is an identifier with the name, in any case.
    pub(super) fn is_ident(&self, name: &str) -> bool {
        matches!(&self.token, Token::Ident(ident) if ident.eq_ignore_ascii_case(name))
    }

    /// Whether nothing but space is in the token.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self.token, Token::WhiteSpace(_) | Token::Comment(_))
    }
}

/// The tokens of a style in one list.
pub(super) struct StyleTokens<'a> {
    /// The tokens.
    pub list: Vec<StyleToken<'a>>,
    /// The range of the first block that nests deeper than [`MAX_DEPTH`]. Its content is not in the list.
    pub too_deep: Option<Range<usize>>,
}

impl<'a> StyleTokens<'a> {
    /// Splits a style into tokens.
    pub(super) fn read(css: &'a str) -> Self {
        let mut tokens = Self {
            list: Vec::new(),
            too_deep: None,
        };
        let mut input = ParserInput::new(css);
        tokens.read_block(&mut Parser::new(&mut input), 0);
        tokens
    }

    /// The indices of the tokens in a block.
    pub(super) fn content(&self, block: usize) -> Range<usize> {
        let close = self.list[block].close;
        (block + 1).min(close)..close
    }

    /// The range in the style of a block, its closing token included.
    pub(super) fn block_range(&self, block: usize) -> Range<usize> {
        let token = &self.list[block];
        let last = token.close.min(self.list.len().saturating_sub(1));
        token.range.start..self.list[last].range.end
    }

    /// The index behind a token, and behind its content if it is a block.
    pub(super) fn behind(&self, index: usize) -> usize {
        (self.list[index].close + 1).min(self.list.len())
    }

    /// The index of the first token at or behind `from` that is neither space nor a comment.
    pub(super) fn next_index(&self, from: usize) -> Option<usize> {
        (from..self.list.len()).find(|index| !self.list[*index].is_blank())
    }

    /// The first token at or behind `from` that is neither space nor a comment.
    pub(super) fn next_token(&self, from: usize) -> Option<&StyleToken<'a>> {
        self.next_index(from).map(|index| &self.list[index])
    }

    /// The last token before `end` that is neither space nor a comment.
    pub(super) fn previous_token(&self, end: usize) -> Option<&StyleToken<'a>> {
        self.list[..end]
            .iter()
            .rev()
            .find(|token| !token.is_blank())
    }

    fn read_block(&mut self, parser: &mut Parser<'a, '_>, depth: usize) {
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else {
                return;
            };
            let range = start..parser.position().byte_index();
            let closing = closing_token(&token);
            let index = self.push(token, range);

            if let Some(closing) = closing {
                self.read_nested(parser, depth, index, closing);
            }
        }
    }

    fn read_nested(
        &mut self,
        parser: &mut Parser<'a, '_>,
        depth: usize,
        index: usize,
        closing: Token<'a>,
    ) {
        let mut end = 0;
        // The content is read to its end, so nothing fails.
        let _: Result<(), ParseError<'_, ()>> = parser.parse_nested_block(|nested| {
            if depth < MAX_DEPTH {
                self.read_block(nested, depth + 1);
            } else {
                while nested.next_including_whitespace_and_comments().is_ok() {}
            }
            end = nested.position().byte_index();
            Ok(())
        });
        let position = parser.position().byte_index();

        if depth == MAX_DEPTH {
            let start = self.list[index].range.start;
            self.too_deep.get_or_insert(start..position);
        }
        let is_closed = position > end;
        self.list[index].close = self.list.len();
        if is_closed {
            self.push(closing, end..position);
        }
    }

    fn push(&mut self, token: Token<'a>, range: Range<usize>) -> usize {
        let index = self.list.len();
        self.list.push(StyleToken {
            token,
            range,
            close: index,
        });
        index
    }
}

/// The token that closes the block that the token opens.
fn closing_token<'a>(token: &Token<'_>) -> Option<Token<'a>> {
    match token {
        Token::Function(_) | Token::ParenthesisBlock => Some(Token::CloseParenthesis),
        Token::SquareBracketBlock => Some(Token::CloseSquareBracket),
        Token::CurlyBracketBlock => Some(Token::CloseCurlyBracket),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_block_is_followed_by_its_content() {
        let tokens = StyleTokens::read("a{b:url(\"c\")}d");
        let block = tokens
            .list
            .iter()
            .position(|token| token.token == Token::CurlyBracketBlock)
            .unwrap();

        assert_eq!(tokens.block_range(block), 1..13);
        assert_eq!(tokens.list[tokens.list[block].close].range, 12..13);
        assert!(tokens.too_deep.is_none());
    }

    #[test]
    fn a_deep_block_is_told_and_passed_over() {
        let css = format!("{}x{}a", "(".repeat(40), ")".repeat(40));
        let tokens = StyleTokens::read(&css);

        assert_eq!(tokens.too_deep, Some(32..49));
        assert_eq!(tokens.list.last().unwrap().range, 81..82);
    }

    proptest! {
        #[test]
        fn the_tokens_cover_the_style(css in "[a-z(){}\\[\\]\"'\\\\/* :;,.#@!<>=-]{0,60}") {
            let tokens = StyleTokens::read(&css);
            prop_assume!(tokens.too_deep.is_none());

            let mut end = 0;
            for token in &tokens.list {
                prop_assert_eq!(token.range.start, end, "{:?}", token);
                end = token.range.end;
            }
            prop_assert_eq!(end, css.len());
        }
    }
}
