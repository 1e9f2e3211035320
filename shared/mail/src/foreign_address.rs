//! Finds an address of a foreign host in a plain text, as mail programs make links of addresses.
//!
//! A text is read as the most generous program reads it: full-width letters and dots count, invisible
//! characters do not, and an address may begin and end amid letters of another script.

use std::ops::Range;

use reinvite_domain::text::is_format_character;
use unicode_normalization::UnicodeNormalization;

/// Names that stand at the end of a host and in no list of top-level domains (RFC 2606, RFC 6762).
const LOCAL_TOP_LEVELS: [&str; 10] = [
    "corp",
    "example",
    "home",
    "internal",
    "invalid",
    "lan",
    "local",
    "localhost",
    "onion",
    "test",
];

/// The longest address that an error names, in characters.
const MAX_SHOWN_CHARACTERS: usize = 100;

/// Finds the first address in a text whose host is not that of `login_url`, as it is read.
#[must_use]
pub fn find_foreign_address(text: &str, login_url: &str) -> Option<String> {
    let text = readable(text);
    let reader = AddressReader {
        text: &text,
        allowed_host: host_of_url(login_url),
    };

    let found = reader.find()?;
    Some(text[found].chars().take(MAX_SHOWN_CHARACTERS).collect())
}

/// The host of a URL; empty without one.
fn host_of_url(url: &str) -> String {
    let authority = url.split_once("://").map_or("", |(_, behind)| behind);
    let host = authority.split(['/', '?', '#', ':']).next();
    normalised_host(host.unwrap_or_default())
}

/// A host as DNS has it, without the dot at its end.
fn normalised_host(host: &str) -> String {
    let host = host.trim_end_matches('.');
    idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_lowercase())
}

/// Folds a text by NFKC, drops what nobody sees, and makes a dot of an ideographic full stop between
/// ASCII characters.
pub(crate) fn readable(text: &str) -> String {
    let visible = |c: &char| !is_invisible(*c);
    let folded: Vec<char> = text
        .chars()
        .filter(visible)
        .nfkc()
        .filter(visible)
        .collect();

    let is_ascii = |at: Option<usize>| {
        let character = at.and_then(|at| folded.get(at));
        character.is_some_and(char::is_ascii_alphanumeric)
    };
    folded
        .iter()
        .enumerate()
        .map(|(at, character)| match character {
            '。' if is_ascii(at.checked_sub(1)) && is_ascii(Some(at + 1)) => '.',
            _ => *character,
        })
        .collect()
}

/// Whether IDNA passes over the character, or a reader does not see it.
const fn is_invisible(character: char) -> bool {
    is_format_character(character)
        || matches!(
            character,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}'
                | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
        )
}

/// Reads a text that is folded.
struct AddressReader<'a> {
    text: &'a str,
    allowed_host: String,
}

impl AddressReader<'_> {
    fn find(&self) -> Option<Range<usize>> {
        let mut allowed = Vec::new();
        for (at, _) in self.text.match_indices(':') {
            match self.read_scheme(at) {
                Some(Ok(range)) => allowed.push(range),
                Some(Err(range)) => return Some(range),
                None => {}
            }
        }

        let mut at = 0;
        while at < self.text.len() {
            if let Some(range) = allowed.iter().find(|range| range.contains(&at)) {
                at = range.end;
                continue;
            }
            let run = self.run_at(at);
            if run.is_empty() {
                at += self.text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            }
            match self.read_run(run) {
                Ok(end) => at = end,
                Err(range) => return Some(range),
            }
        }
        None
    }

    /// Reads the address with a scheme whose colon stands at a place: an allowed one, or a foreign
    /// one. `None` if there is no address.
    fn read_scheme(&self, colon: usize) -> Option<Result<Range<usize>, Range<usize>>> {
        let scheme = trailing_run(&self.text[..colon], |c| c.is_ascii_alphanumeric());
        let start = colon - scheme.len();
        let behind = &self.text[colon + 1..];
        let slashes = leading_run(behind, |c| matches!(c, '/' | '\\')).len();
        let scheme = scheme.to_ascii_lowercase();
        let ends_in = |name: &str| scheme.ends_with(name);

        if ends_in("mailto") {
            return Some(self.read_mailto(start, colon + 1));
        }
        let is_web = ends_in("http") || ends_in("https");
        if slashes == 0 || scheme.is_empty() || (slashes == 1 && !is_web) {
            return None;
        }

        let host_start = colon + 1 + slashes;
        let authority = leading_run(&self.text[host_start..], is_in_word);
        if authority.is_empty() {
            return None;
        }
        let host = if authority.starts_with(is_ascii_host) {
            leading_run(authority, is_ascii_host)
        } else {
            leading_run(authority, is_in_host)
        };
        let end = host_start + host.len();
        let foreign = start..host_start + authority.len();
        if normalised_host(host) != self.allowed_host {
            return Some(Err(foreign));
        }
        match self.end_of_allowed(end) {
            Some(end) => Some(Ok(start..end)),
            None => Some(Err(foreign)),
        }
    }

    fn read_mailto(&self, start: usize, from: usize) -> Result<Range<usize>, Range<usize>> {
        let address = leading_run(&self.text[from..], is_in_word);
        let address = address.split(['?', '&']).next().unwrap_or_default();
        let range = start..from + address.len();

        let host = address.rsplit('@').next().unwrap_or_default();
        if address.is_empty() || (address.contains('@') && self.is_allowed(host)) {
            Ok(range)
        } else {
            Err(range)
        }
    }

    fn is_allowed(&self, host: &str) -> bool {
        normalised_host(host) == self.allowed_host
    }

    /// The end of an address whose allowed host ends at a place; `None` if more of it names another
    /// host, or may be read so.
    fn end_of_allowed(&self, host_end: usize) -> Option<usize> {
        let mut end = host_end;
        if let Some(behind) = self.text[end..].strip_prefix(':') {
            let port = leading_run(behind, |c| c.is_ascii_digit());
            if port.is_empty() && behind.starts_with(is_in_word) {
                return None;
            }
            end += 1 + port.len();
        }
        if self.text[end..].starts_with(['@', '\\', '%']) {
            return None;
        }

        let has_path = self.text[end..].starts_with(['/', '?', '#']);
        let path = leading_run(&self.text[end..], |c| has_path && is_in_path(c));
        Some(end + path.len())
    }

    /// The letters, digits, dots and hyphens that begin at a place.
    fn run_at(&self, at: usize) -> Range<usize> {
        at..at + leading_run(&self.text[at..], is_in_host).len()
    }

    /// Reads what may be a host without a scheme. Answers the end of what is read, or a foreign
    /// address.
    fn read_run(&self, run: Range<usize>) -> Result<usize, Range<usize>> {
        let text = &self.text[run.clone()];
        let ascii = trailing_run(text, is_ascii_host);
        if !ascii.is_empty() && self.is_allowed(ascii.trim_start_matches(['.', '-'])) {
            return self.end_of_allowed(run.end).ok_or(run);
        }

        let mut parts = vec![run.clone()];
        if !text.is_ascii() {
            let mut at = run.start;
            while at < run.end {
                let part = leading_run(&self.text[at..run.end], is_ascii_host).len();
                let other = leading_run(&self.text[at + part..run.end], |c| !is_ascii_host(c));
                parts.push(at..at + part);
                at += part + other.len();
            }
        }
        match parts.into_iter().find(|part| self.is_foreign_host(part)) {
            Some(part) => Err(part),
            None => Ok(run.end),
        }
    }

    /// Whether a program makes a link of these characters, which are not the allowed host.
    fn is_foreign_host(&self, part: &Range<usize>) -> bool {
        let before = &self.text[..part.start];
        let name = self.text[part.clone()].trim_matches(['.', '-', '_']);
        let is_in_network = before.ends_with("\\\\") && !name.is_empty();
        if is_in_network {
            return true;
        }

        let labels: Vec<&str> = name
            .rsplit("..")
            .next()
            .map(split_labels)
            .unwrap_or_default();
        let (Some(last), true) = (labels.last(), labels.len() > 1) else {
            return false;
        };
        if self.is_allowed(&labels.join(".")) {
            return false;
        }

        let is_address = before.ends_with('@') && !before.ends_with(" @");
        let has_path = self.text[part.end..].starts_with(['/', '?', '#'])
            && last.chars().all(|c| c.is_ascii_lowercase());
        let is_word = last.chars().count() > 1 && last.chars().all(char::is_alphabetic);
        let begins_with_www = labels
            .first()
            .is_some_and(|first| first.eq_ignore_ascii_case("www"));
        begins_with_www
            || is_top_level(last)
            || is_ip_address(&labels)
            || (is_word && (is_address || has_path))
    }
}

fn split_labels(name: &str) -> Vec<&str> {
    name.split('.').filter(|label| !label.is_empty()).collect()
}

fn is_top_level(label: &str) -> bool {
    let label = normalised_host(label);
    tld::exist(&label) || LOCAL_TOP_LEVELS.contains(&label.as_str())
}

fn is_ip_address(labels: &[&str]) -> bool {
    labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok())
}

/// Whether an address may hold the character in its host, in any script.
fn is_in_host(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '-' | '_')
}

fn is_ascii_host(character: char) -> bool {
    character.is_ascii() && is_in_host(character)
}

/// Whether a character goes on with the authority of an address.
fn is_in_word(character: char) -> bool {
    !character.is_whitespace() && !matches!(character, '/' | '?' | '#' | '\\' | '<' | '>' | '"')
}

/// Whether every program takes the character for a part of a path or a query.
fn is_in_path(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~/?#=&%+:!$*".contains(character)
}

fn leading_run(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    &text[..end]
}

fn trailing_run(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    &text[text.trim_end_matches(belongs).len()..]
}
