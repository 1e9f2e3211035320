//! Finds out whether a rendered mail leads to the login page.

use crate::mail::Mail;
use crate::mail_part::MailPart;
use crate::text_of_html::text_of_html;

/// The parts of a mail in which a reader finds no way to the login page: neither its address, nor a
/// link to its host.
#[must_use]
pub fn parts_without_login_link(mail: &Mail, login_url: &str) -> Vec<MailPart> {
    let Some(host) = hosts(login_url).into_iter().next() else {
        return Vec::new();
    };
    let leads_there = |text: &str| hosts(text).contains(&host);

    // The text of the HTML has the addresses of its links, and nothing that is hidden.
    let html = text_of_html(&mail.html);
    [
        (MailPart::Html, html.as_str()),
        (MailPart::Text, mail.text.as_str()),
    ]
    .into_iter()
    .filter(|(_, text)| !leads_there(text))
    .map(|(part, _)| part)
    .collect()
}

/// The hosts of the web addresses in a text, in lower case.
fn hosts(text: &str) -> Vec<String> {
    let folded = text.to_lowercase();
    folded
        .match_indices("://")
        .filter(|(at, _)| folded[..*at].ends_with("http") || folded[..*at].ends_with("https"))
        .map(|(at, sign)| {
            let behind = &folded[at + sign.len()..];
            let end = behind.find(|c: char| !c.is_alphanumeric() && !".-_@:%[]".contains(c));
            let authority = &behind[..end.unwrap_or(behind.len())];
            let host = authority.rsplit('@').next().unwrap_or_default();
            let host = host.split(':').next().unwrap_or_default();
            // A dot behind a host ends the sentence.
            host.trim_end_matches('.').to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_leads_to_the_login_page_by_its_address_or_its_host() {
        let login_url = "https://learn.example.com/login?a=b";
        for (html, text, missing) in [
            (
                "<a href='https://learn.example.com/login?a=b'>x</a>",
                "https://learn.example.com/login?a=b",
                vec![],
            ),
            (
                "<p>https://LEARN.example.com:8443/x</p>",
                "see http://learn.example.com.",
                vec![],
            ),
            (
                "<p>https://learn.example.com</p>",
                "(https://learn.example.com)",
                vec![],
            ),
            (
                "<a href='https://example.com/learn.example.com'>x</a>",
                "learn.example.com",
                vec![MailPart::Html, MailPart::Text],
            ),
            (
                "<img src='https://learn.example.com/a.png' alt='x'>",
                "https://learn.example.com@evil.example",
                vec![MailPart::Html, MailPart::Text],
            ),
            (
                "<p hidden>https://learn.example.com</p>",
                "https://learn.example.com/",
                vec![MailPart::Html],
            ),
        ] {
            let mail = Mail {
                subject: "s".into(),
                html: html.into(),
                text: text.into(),
                language: "en".into(),
            };
            assert_eq!(
                parts_without_login_link(&mail, login_url),
                missing,
                "{html}"
            );
        }
    }
}
