//! The inline template of a call to SES, and the values of each mail for it.
//!
//! A text that all mails of a call lay out alike is the template, and a mail brings only its values. That
//! makes a call of 50 mails about fifty times smaller. Any other text is a value as a whole.
//!
//! An inline template knows nothing but `{{name}}`, and SES puts the value in as it is. The values are
//! escaped already.

use std::sync::Arc;

use aws_sdk_sesv2::types::{EmailTemplateContent, Template};
use reinvite_domain::{LayoutPiece, MailText, TextLayout};
use serde_json::{Map, Value};

use crate::outgoing_mail::OutgoingMail;

/// The template of the mails in a call.
pub struct WaveTemplate {
    html: TextTemplate,
    text: TextTemplate,
}

/// The template of one text of the mails.
struct TextTemplate {
    /// The name of the text, which the names of its values begin with.
    name: &'static str,
    /// The template, if the mails share a layout.
    shared: Option<String>,
}

impl WaveTemplate {
    /// The template that fits these mails.
    pub fn of(mails: &[&OutgoingMail]) -> Self {
        Self {
            html: TextTemplate::of("html", mails.iter().map(|mail| &mail.html)),
            text: TextTemplate::of("text", mails.iter().map(|mail| &mail.text)),
        }
    }

    /// The template for SES.
    pub fn inline(&self) -> Template {
        let content = EmailTemplateContent::builder()
            .subject(place("subject"))
            .text(self.text.source())
            .html(self.html.source())
            .build();
        Template::builder()
            .template_content(content)
            .template_data("{}")
            .build()
    }

    /// The values of a mail, as JSON.
    pub fn data_of(&self, mail: &OutgoingMail) -> String {
        let mut data = Map::new();
        data.insert("subject".into(), Value::from(&*mail.subject));
        self.html.add_values(&mail.html, &mut data);
        self.text.add_values(&mail.text, &mut data);
        Value::Object(data).to_string()
    }
}

impl TextTemplate {
    fn of<'a>(name: &'static str, texts: impl Iterator<Item = &'a MailText>) -> Self {
        let shared = common_layout(texts).and_then(|layout| template_of(layout, name));
        Self { name, shared }
    }

    fn source(&self) -> String {
        self.shared.clone().unwrap_or_else(|| place(self.name))
    }

    fn add_values(&self, text: &MailText, data: &mut Map<String, Value>) {
        match (&self.shared, text) {
            (Some(_), MailText::Filled { values, .. }) => {
                for (number, value) in values.iter().enumerate() {
                    data.insert(value_name(self.name, number), Value::from(&**value));
                }
            }
            _ => {
                data.insert(self.name.into(), Value::from(String::from(text.clone())));
            }
        }
    }
}

/// The layout that all of the texts have.
fn common_layout<'a>(texts: impl Iterator<Item = &'a MailText>) -> Option<&'a TextLayout> {
    let mut layouts = texts.map(|text| match text {
        MailText::Filled { layout, .. } => Some(layout),
        MailText::Whole(_) => None,
    });
    let first = layouts.next().flatten()?;
    layouts
        .all(|layout| layout.is_some_and(|layout| Arc::ptr_eq(layout, first)))
        .then_some(first)
}

/// The layout as a template of SES.
///
/// Returns `None` for a layout in which SES could read more than the places of values: one with `{{`, or
/// with a brace or a backslash beside a place.
fn template_of(layout: &TextLayout, name: &str) -> Option<String> {
    let is_literal = |text: &str| {
        !text.contains("{{") && !text.ends_with(['{', '\\']) && !text.starts_with(['}', '{'])
    };

    let mut template = String::new();
    for piece in layout.pieces() {
        match piece {
            LayoutPiece::Text(text) if is_literal(text) => template.push_str(text),
            LayoutPiece::Text(_) => return None,
            LayoutPiece::Value(number) => template.push_str(&place(&value_name(name, *number))),
        }
    }
    Some(template)
}

fn value_name(text: &str, number: usize) -> String {
    format!("{text}{number}")
}

fn place(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(pieces: &[&str]) -> Arc<TextLayout> {
        let pieces = pieces.iter().map(|piece| match piece.parse() {
            Ok(number) => LayoutPiece::Value(number),
            Err(_) => LayoutPiece::Text((*piece).to_owned()),
        });
        Arc::new(TextLayout::new(pieces.collect()))
    }

    fn filled(layout: &Arc<TextLayout>, values: [&str; 2]) -> MailText {
        MailText::Filled {
            layout: Arc::clone(layout),
            values: values.map(str::to_owned).to_vec(),
        }
    }

    fn mail(html: MailText) -> OutgoingMail {
        OutgoingMail {
            to: "a@example.com".parse().unwrap(),
            subject: "s".into(),
            html,
            text: "t".to_owned().into(),
            tags: Vec::new(),
        }
    }

    /// The HTML of the template, and the data of each mail.
    fn call(mails: &[OutgoingMail]) -> (String, Vec<String>) {
        let template = WaveTemplate::of(&mails.iter().collect::<Vec<_>>());
        let content = template.inline().template_content.unwrap();
        let data = mails.iter().map(|mail| template.data_of(mail));
        (content.html.unwrap(), data.collect())
    }

    #[test]
    fn mails_of_one_layout_bring_their_values_only() {
        let layout = layout(&["<p>", "0", "</p>", "1", "0"]);
        let mails = [["A", "x{{y}}"], ["B", "\""]].map(|values| mail(filled(&layout, values)));
        let (html, data) = call(&mails);
        assert_eq!(html, "<p>{{html0}}</p>{{html1}}{{html0}}");
        assert_eq!(
            data,
            [
                r#"{"html0":"A","html1":"x{{y}}","subject":"s","text":"t"}"#,
                r#"{"html0":"B","html1":"\"","subject":"s","text":"t"}"#,
            ]
        );
    }

    #[test]
    fn texts_that_share_nothing_are_values() {
        let [one, other] = [layout(&["a", "0"]), layout(&["a", "0"])];
        for texts in [
            [filled(&one, ["A", ""]), filled(&other, ["B", ""])],
            [filled(&one, ["A", ""]), "aB".to_owned().into()],
        ] {
            let (html, data) = call(&texts.map(mail));
            assert_eq!(html, "{{html}}");
            let [first, second] = data.try_into().unwrap();
            assert_eq!(first, r#"{"html":"aA","subject":"s","text":"t"}"#);
            assert_eq!(second, r#"{"html":"aB","subject":"s","text":"t"}"#);
        }
    }

    #[test]
    fn a_layout_that_ses_could_read_otherwise_is_no_template() {
        for pieces in [
            ["a{{b}}", "0"],
            ["{", "0"],
            ["\\", "0"],
            ["0", "}"],
            ["0", "{a"],
        ] {
            let (html, _) = call(&[mail(filled(&layout(&pieces), ["A", ""]))]);
            assert_eq!(html, "{{html}}", "{pieces:?}");
        }
        let (html, _) = call(&[mail(filled(&layout(&["{a}", "0"]), ["A", ""]))]);
        assert_eq!(html, "{{html}}");
    }
}
