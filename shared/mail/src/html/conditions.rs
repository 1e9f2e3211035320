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
const VML_VERSION: f64 = 1.0;

/// The kinds of Outlook that show something, a bit for each.
///
/// Nobody knows whether a condition on Internet Explorer or on a feature holds. So each version counts
/// twice: as one in which all of them hold, and as one in which none does. One more bit stands for
/// programs that read whatever some version of Outlook reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Readers(u16);

/// The bits of the versions in which no unknown condition holds.
const WITHOUT_FEATURES: u16 = (1 << OUTLOOK_VERSIONS.len()) - 1;

/// The bits of the versions in which all unknown conditions hold.
const WITH_FEATURES: u16 = WITHOUT_FEATURES << OUTLOOK_VERSIONS.len();

/// The bit of programs that read whatever some version of Outlook reads.
const ANY_VERSION: u16 = 1 << (2 * OUTLOOK_VERSIONS.len());

impl Readers {
    /// Every version of Outlook.
    pub(crate) const OUTLOOK: Self = Self(WITHOUT_FEATURES | WITH_FEATURES);

    /// Every program that reads conditional comments.
    pub(crate) const ALL: Self = Self(Self::OUTLOOK.0 | ANY_VERSION);

    /// No program.
    pub(crate) const NONE: Self = Self(0);

    /// Each program that reads conditional comments. That which reads most comes first.
    pub(crate) fn each() -> impl Iterator<Item = Self> {
        (0..u16::BITS)
            .rev()
            .map(|bit| Self(1 << bit))
            .filter(|reader| Self::ALL.meets(*reader))
    }

    /// Whether the two have a program in common.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The programs that are in both.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With the programs that read whatever some version of Outlook reads.
    pub(crate) const fn with_any_version(self) -> Self {
        self.or(Self(ANY_VERSION))
    }
}

impl Not for Readers {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0 & Self::OUTLOOK.0)
    }
}

/// The versions of Outlook in which a condition holds; `None` for a text that is no condition.
pub(crate) fn evaluate_condition(condition: &str) -> Option<Readers> {
    if condition.len() > MAX_CONDITION_BYTES {
        return None;
    }

    let mut parser = Parser {
        characters: condition.char_indices().peekable(),
        condition,
        depth: 0,
    };
    let readers = parser.read_alternatives()?;
    parser.peek().is_none().then_some(readers)
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

    fn read_alternatives(&mut self) -> Option<Readers> {
        let mut readers = self.read_conjunction()?;
        while self.take('|') {
            readers = readers.or(self.read_conjunction()?);
        }
        Some(readers)
    }

    fn read_conjunction(&mut self) -> Option<Readers> {
        let mut readers = self.read_operand()?;
        while self.take('&') {
            readers = readers.and(self.read_operand()?);
        }
        Some(readers)
    }

    fn read_operand(&mut self) -> Option<Readers> {
        if self.depth == MAX_CONDITION_DEPTH {
            return None;
        }
        self.depth += 1;

        let readers = if self.take('!') {
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
        Some(readers)
    }

    /// Reads `mso`, `mso 9`, `gte mso 9` or the like.
    fn read_feature(&mut self) -> Option<Readers> {
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

fn judge_feature(feature: &str, comparison: &str, version: Option<f64>) -> Readers {
    let holds_for = |known: f64, wanted: f64| match comparison {
        "lt" => known < wanted,
        "lte" => known <= wanted,
        "gt" => known > wanted,
        "gte" => known >= wanted,
        // `mso 9` means every version that begins with 9.
        _ => known.trunc().total_cmp(&wanted.trunc()).is_eq(),
    };

    let all_or_none = |holds| {
        if holds {
            Readers::OUTLOOK
        } else {
            Readers::NONE
        }
    };
    match (feature, version) {
        ("mso", Some(wanted)) => {
            let versions = OUTLOOK_VERSIONS.iter().enumerate();
            let holding = versions.filter(|(_, known)| holds_for(**known, wanted));
            let bits: u16 = holding.map(|(index, _)| 1 << index).sum();
            Readers(bits | bits << OUTLOOK_VERSIONS.len())
        }
        ("vml", Some(wanted)) => all_or_none(holds_for(VML_VERSION, wanted)),
        ("mso" | "vml", None) | ("true", _) => Readers::OUTLOOK,
        ("false", _) => Readers::NONE,
        _ => Readers(WITH_FEATURES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The versions of Outlook 2007, 2010, 2013 and 2016 without and with features, as `0011 0011`.
    fn versions(condition: &str) -> Option<String> {
        let readers = evaluate_condition(condition)?;
        let bit = |index: usize| {
            if readers.0 >> index & 1 == 1 {
                '1'
            } else {
                '0'
            }
        };
        let bits = |from: usize| (from..from + 4).map(bit).collect::<String>();
        Some(format!("{} {}", bits(0), bits(4)))
    }

    #[test]
    fn a_condition_holds_in_some_versions_of_outlook() {
        const HOLDS: &str = "1111 1111";
        const FAILS: &str = "0000 0000";

        for (condition, holding) in [
            ("mso", HOLDS),
            (" MSO ", HOLDS),
            ("!mso", FAILS),
            ("! mso", FAILS),
            ("gte mso 9", HOLDS),
            ("gte mso 12.0", HOLDS),
            ("gte mso 15", "0011 0011"),
            ("lt mso 15", "1100 1100"),
            ("!(gte mso 15)", "1100 1100"),
            ("(gt mso 12)&(lt mso 16)", "0110 0110"),
            ("mso 16", "0001 0001"),
            ("lte mso 11", FAILS),
            ("!gte mso 9", FAILS),
            ("gte vml 1", HOLDS),
            ("!vml", FAILS),
            ("IE", "0000 1111"),
            ("!IE", "1111 0000"),
            ("lt IE 9", "0000 1111"),
            ("(gte mso 9)|(IE)", HOLDS),
            ("mso | IE", HOLDS),
            ("mso & !(IE)", "1111 0000"),
            ("IE | mso 16", "0001 1111"),
            ("!mso & IE", FAILS),
            ("!(mso | IE)", FAILS),
            ("!supportLists", "1111 0000"),
            ("true", HOLDS),
            ("gte mso", HOLDS),
        ] {
            assert_eq!(versions(condition).as_deref(), Some(holding), "{condition}");
        }
    }

    #[test]
    fn other_text_is_no_condition() {
        for text in [
            "",
            "mso mso",
            "(mso",
            "mso)",
            "mso |",
            "{{ user.name }}",
            "mso 1.2.3",
            "mso -->",
            "モ",
        ] {
            assert_eq!(versions(text), None, "{text}");
        }
    }

    #[test]
    fn a_condition_is_bounded_in_length_and_depth() {
        let nested = |depth: usize| format!("{}mso{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(
            evaluate_condition(&nested(MAX_CONDITION_DEPTH - 1)),
            Some(Readers::OUTLOOK)
        );
        assert_eq!(evaluate_condition(&nested(MAX_CONDITION_DEPTH)), None);
        assert_eq!(evaluate_condition(&"!".repeat(MAX_CONDITION_DEPTH)), None);

        let long = |bytes: usize| format!("mso{}", " ".repeat(bytes - 3));
        assert!(evaluate_condition(&long(MAX_CONDITION_BYTES)).is_some());
        assert_eq!(evaluate_condition(&long(MAX_CONDITION_BYTES + 1)), None);
    }
}
