use std::borrow::Cow;
use std::ops::Range;

/// The named character references for ASCII text, with the text.
///
/// Every other reference stands for text that no rule looks for. The names without a semicolon are in
/// [`OPEN_REFERENCES`].
const REFERENCES: &[(&str, &str)] = &[
    ("Tab", "\t"),
    ("NewLine", "\n"),
    ("excl", "!"),
    ("QUOT", "\""),
    ("quot", "\""),
    ("num", "#"),
    ("dollar", "$"),
    ("percnt", "%"),
    ("AMP", "&"),
    ("amp", "&"),
    ("apos", "'"),
    ("lpar", "("),
    ("rpar", ")"),
    ("ast", "*"),
    ("midast", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("period", "."),
    ("sol", "/"),
    ("colon", ":"),
    ("semi", ";"),
    ("LT", "<"),
    ("lt", "<"),
    ("equals", "="),
    ("GT", ">"),
    ("gt", ">"),
    ("quest", "?"),
    ("commat", "@"),
    ("lbrack", "["),
    ("lsqb", "["),
    ("bsol", "\\"),
    ("rbrack", "]"),
    ("rsqb", "]"),
    ("Hat", "^"),
    ("lowbar", "_"),
    ("UnderBar", "_"),
    ("grave", "`"),
    ("DiacriticalGrave", "`"),
    ("fjlig", "fj"),
    ("lbrace", "{"),
    ("lcub", "{"),
    ("vert", "|"),
    ("verbar", "|"),
    ("VerticalLine", "|"),
    ("rbrace", "}"),
    ("rcub", "}"),
];

/// The names of [`REFERENCES`] that need no semicolon.
const OPEN_REFERENCES: &[&str] = &["AMP", "amp", "GT", "gt", "LT", "lt", "QUOT", "quot"];

/// Text without its character references, and the way back to the text as it is written.
pub(super) struct DecodedText<'a> {
    raw: &'a str,
    text: Cow<'a, str>,
    /// Offsets in the text and in the raw text at which both run in step again, in order.
    steps: Vec<(usize, usize)>,
}

impl<'a> DecodedText<'a> {
    /// Text without character references.
    pub(super) fn verbatim(raw: &'a str) -> Self {
        Self {
            raw,
            text: raw.into(),
            steps: Vec::new(),
        }
    }

    /// Decodes the value of an attribute as HTML does.
    pub(super) fn attribute(raw: &'a str) -> Self {
        let mut text = String::with_capacity(raw.len());
        let mut steps = Vec::new();
        let mut from = 0;

        for (at, _) in raw.match_indices('&') {
            if let Some((decoded, length)) = parse_reference(&raw[at + 1..]) {
                text.push_str(&raw[from..at]);
                steps.push((text.len(), at));
                text.push_str(&decoded);
                from = at + 1 + length;
                steps.push((text.len(), from));
            }
        }

        text.push_str(&raw[from..]);
        Self {
            raw,
            text: text.into(),
            steps,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn raw(&self) -> &'a str {
        self.raw
    }

    /// The range in the raw text of a range in the text.
    pub(super) fn raw_range(&self, range: &Range<usize>) -> Range<usize> {
        self.raw_offset(range.start)..self.raw_offset(range.end)
    }

    fn raw_offset(&self, offset: usize) -> usize {
        let behind = self.steps.partition_point(|(text, _)| *text <= offset);
        match behind.checked_sub(1).map(|at| self.steps[at]) {
            Some((text, raw)) => raw + (offset - text),
            None => offset,
        }
    }
}

/// The text of the reference whose `&` precedes the raw text, and the length of the rest of it.
fn parse_reference(raw: &str) -> Option<(Cow<'static, str>, usize)> {
    match raw.strip_prefix('#') {
        Some(number) => parse_number(number).map(|(text, length)| (text, "#".len() + length)),
        None => parse_name(raw).map(|(text, length)| (text.into(), length)),
    }
}

fn parse_name(raw: &str) -> Option<(&'static str, usize)> {
    let length = raw
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(raw.len());
    let name = &raw[..length];
    let is_closed = raw[length..].starts_with(';');

    let known = REFERENCES.iter().find(|(known, _)| *known == name)?;
    // In an attribute a name with a letter, a digit or `=` behind it is no reference.
    let is_open = OPEN_REFERENCES.contains(&name) && !raw[length..].starts_with('=');
    (is_closed || is_open).then_some((known.1, length + usize::from(is_closed)))
}

fn parse_number(raw: &str) -> Option<(Cow<'static, str>, usize)> {
    let (digits, radix) = raw
        .strip_prefix(['x', 'X'])
        .map_or((raw, 10), |digits| (digits, 16));
    let count = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());
    if count == 0 {
        return None;
    }

    // A number that is no character stands for U+FFFD, as NUL does.
    let character = u32::from_str_radix(&digits[..count], radix)
        .ok()
        .filter(|number| *number != 0)
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER);
    let semicolon = usize::from(digits[count..].starts_with(';'));
    let length = raw.len() - digits.len() + count + semicolon;
    Some((character.to_string().into(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_as_in_an_attribute() {
        for (raw, text) in [
            ("a&quot;b&#34;c&#x22d", "a\"b\"c\u{22d}"),
            ("&#117&#82;&lpar;x&rpar;", "uR(x)"),
            ("a&amp;b&ltc &lt= &lt;=&LT", "a&b&ltc &lt= <=<"),
            ("?a=1&copy=2&b;", "?a=1&copy=2&b;"),
            (
                "&#0;&#xd800;&#99999999999;&#;&#x;&",
                "\u{fffd}\u{fffd}\u{fffd}&#;&#x;&",
            ),
            ("日&#x672c;語", "日本語"),
        ] {
            assert_eq!(DecodedText::attribute(raw).as_str(), text, "{raw}");
        }
    }

    #[test]
    fn a_range_leads_back_to_the_raw_text() {
        let text = DecodedText::attribute("x:&quot;a&quot;;url(b)");
        let url = text.as_str().find("url").unwrap();

        let range = text.raw_range(&(url..text.as_str().len()));
        assert_eq!(&text.raw()[range], "url(b)");
        assert_eq!(&text.raw()[text.raw_range(&(2..5))], "&quot;a&quot;");
    }
}
