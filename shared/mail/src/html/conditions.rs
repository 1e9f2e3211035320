//! Conditions of conditional comments: `mso`, `gte mso 9`, `!mso`, `(mso) | (IE)`.

use std::iter::Peekable;
use std::ops::Not;
use std::str::CharIndices;

/// The longest condition, in bytes.
const MAX_CONDITION_BYTES: usize = 200;

/// Deepest nesting of brackets and negations in a condition. Each is read on the stack.
const MAX_CONDITION_DEPTH: usize = 8;

/// The versions of Outlook that show mails with Word's engine: 2007, 2010, 2013 and later.
const OUTLOOK_VERSIONS: [f64; 4] = [12.0, 14.0, 15.0, 16.0];

/// The version of VML that Outlook reads.
const VML_VERSIONS: [f64; 1] = [1.0];

/// Whether a condition holds in Outlook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// It holds in every version.
    Holds,
    /// It holds in none.
    Fails,
    /// It holds in some versions, or nobody knows: it asks for Internet Explorer, or for a feature.
    Unknown,
}

/// Evaluates a condition; `None` for a text that is no condition.
pub(crate) fn evaluate_condition(condition: &str) -> Option<Truth> {
    if condition.len() > MAX_CONDITION_BYTES {
        return None;
    }

    let mut parser = Parser {
        characters: condition.char_indices().peekable(),
        condition,
        depth: 0,
    };
    let truth = parser.read_alternatives()?;
    parser.peek().is_none().then_some(truth)
}

impl Truth {
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Holds, Self::Holds) => Self::Holds,
            _ => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A recursive descent over a condition, with bounded depth.
struct Parser<'a> {
    characters: Peekable<CharIndices<'a>>,
    condition: &'a str,
    depth: usize,
}

impl Parser<'_> {
    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        while self
            .characters
            .next_if(|(_, c)| c.is_ascii_whitespace())
            .is_some()
        {}
        self.characters.peek().map(|&(_, character)| character)
    }

    fn take(&mut self, expected: char) -> bool {
        let is_next = self.peek() == Some(expected);
        if is_next {
            self.characters.next();
        }
        is_next
    }

    fn read_alternatives(&mut self) -> Option<Truth> {
        let mut truth = self.read_conjunction()?;
        while self.take('|') {
            truth = truth.or(self.read_conjunction()?);
        }
        Some(truth)
    }

    fn read_conjunction(&mut self) -> Option<Truth> {
        let mut truth = self.read_operand()?;
        while self.take('&') {
            truth = truth.and(self.read_operand()?);
        }
        Some(truth)
    }

    fn read_operand(&mut self) -> Option<Truth> {
        if self.depth == MAX_CONDITION_DEPTH {
            return None;
        }
        self.depth += 1;

        let truth = if self.take('!') {
            !self.read_operand()?
        } else if self.take('(') {
            let inner = self.read_alternatives()?;
            if !self.take(')') {
                return None;
            }
            inner
        } else {
            self.read_feature()?
        };

        self.depth -= 1;
        Some(truth)
    }

    /// Reads `mso`, `mso 9`, `gte mso 9` or the like.
    fn read_feature(&mut self) -> Option<Truth> {
        let first = self.read_word()?;
        let (comparison, feature) = match &*first {
            "lt" | "lte" | "gt" | "gte" | "eq" => (first, self.read_word()?),
            _ => ("eq".to_owned(), first),
        };
        let has_version = self.peek().is_some_and(|c| c.is_ascii_digit());
        let version = if has_version {
            Some(self.read_word()?.parse::<f64>().ok()?)
        } else {
            None
        };

        Some(judge_feature(&feature, &comparison, version))
    }

    fn read_word(&mut self) -> Option<String> {
        self.peek()?;
        let &(start, _) = self.characters.peek()?;
        let mut end = start;
        while let Some((at, c)) = self
            .characters
            .next_if(|(_, c)| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))
        {
            end = at + c.len_utf8();
        }

        (end > start).then(|| self.condition[start..end].to_ascii_lowercase())
    }
}

fn judge_feature(feature: &str, comparison: &str, version: Option<f64>) -> Truth {
    let versions: &[f64] = match feature {
        "mso" => &OUTLOOK_VERSIONS,
        "vml" => &VML_VERSIONS,
        "true" => return Truth::Holds,
        "false" => return Truth::Fails,
        _ => return Truth::Unknown,
    };
    let Some(wanted) = version else {
        return Truth::Holds;
    };

    let holds = |&&known: &&f64| match comparison {
        "lt" => known < wanted,
        "lte" => known <= wanted,
        "gt" => known > wanted,
        "gte" => known >= wanted,
        // `mso 9` means every version that begins with 9.
        _ => known.trunc().total_cmp(&wanted.trunc()).is_eq(),
    };
    match versions.iter().filter(holds).count() {
        0 => Truth::Fails,
        count if count == versions.len() => Truth::Holds,
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_holds_fails_or_is_unknown_in_outlook() {
        use Truth::{Fails, Holds, Unknown};

        for (condition, truth) in [
            ("mso", Some(Holds)),
            (" MSO ", Some(Holds)),
            ("!mso", Some(Fails)),
            ("! mso", Some(Fails)),
            ("gte mso 9", Some(Holds)),
            ("gte mso 12.0", Some(Holds)),
            ("gte mso 15", Some(Unknown)),
            ("mso 16", Some(Unknown)),
            ("lte mso 11", Some(Fails)),
            ("!gte mso 9", Some(Fails)),
            ("gte vml 1", Some(Holds)),
            ("!vml", Some(Fails)),
            ("IE", Some(Unknown)),
            ("!IE", Some(Unknown)),
            ("(gte mso 9)|(IE)", Some(Holds)),
            ("mso | IE", Some(Holds)),
            ("mso & !(IE)", Some(Unknown)),
            ("!mso & IE", Some(Fails)),
            ("!(mso | IE)", Some(Fails)),
            ("!supportLists", Some(Unknown)),
            ("true", Some(Holds)),
            ("", None),
            ("mso mso", None),
            ("(mso", None),
            ("mso)", None),
            ("mso |", None),
            ("{{ user.name }}", None),
            ("gte mso", Some(Holds)),
            ("mso 1.2.3", None),
            ("mso -->", None),
            ("モ", None),
        ] {
            assert_eq!(evaluate_condition(condition), truth, "{condition}");
        }
    }

    #[test]
    fn a_condition_is_bounded_in_length_and_depth() {
        let nested = |depth: usize| format!("{}mso{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(
            evaluate_condition(&nested(MAX_CONDITION_DEPTH - 1)),
            Some(Truth::Holds)
        );
        assert_eq!(evaluate_condition(&nested(MAX_CONDITION_DEPTH)), None);
        assert_eq!(evaluate_condition(&"!".repeat(MAX_CONDITION_DEPTH)), None);

        let long = |bytes: usize| format!("mso{}", " ".repeat(bytes - 3));
        assert!(evaluate_condition(&long(MAX_CONDITION_BYTES)).is_some());
        assert_eq!(evaluate_condition(&long(MAX_CONDITION_BYTES + 1)), None);
    }
}
