/// The most characters of a literal that is taken for one of a tag which cannot be read.
const MAX_PLAIN_LITERAL: usize = 200;

/// The characters of an expression outside its string literals, with their byte offsets.
pub(crate) fn outside_literals(expression: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut is_escaped = false;

    expression
        .char_indices()
        .filter(move |&(_, character)| match quote {
            Some(_) if is_escaped => {
                is_escaped = false;
                false
            }
            Some(_) if character == '\\' => {
                is_escaped = true;
                false
            }
            Some(open) => {
                if character == open {
                    quote = None;
                }
                false
            }
            None if matches!(character, '"' | '\'') => {
                quote = Some(character);
                false
            }
            None => true,
        })
}

/// The quote of a string literal that an expression opens and does not close.
pub(crate) fn open_quote(expression: &str) -> Option<&'static str> {
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        let quote = match character {
            '"' => "\"",
            '\'' => "'",
            _ => continue,
        };
        loop {
            match characters.next() {
                None => return Some(quote),
                Some('\\') => _ = characters.next(),
                Some(closing) if closing == character => break,
                Some(_) => {}
            }
        }
    }
    None
}

/// The length of the string literal at the beginning of a text, if it is one of a tag: short, on one
/// line, and without signs of HTML. With a delimiter in it, it has no blank: in a sentence behind the
/// delimiter, an apostrophe may look like its end.
pub(crate) fn plain_literal(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (mut is_escaped, mut has_blank, mut has_delimiter) = (false, false, false);

    for (at, character) in text.char_indices().skip(1).take(MAX_PLAIN_LITERAL) {
        if matches!(character, '\n' | '<' | '>') || has_blank && has_delimiter {
            return None;
        }
        if character == quote && !is_escaped {
            return Some(at + 1);
        }
        has_blank |= character.is_whitespace();
        has_delimiter |= ["}}", "%}", "#}"]
            .iter()
            .any(|delimiter| text[at..].starts_with(delimiter));
        is_escaped = character == '\\' && !is_escaped;
    }
    None
}
