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
