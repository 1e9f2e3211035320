//! Texts that are made of HTML, as properties over arbitrary HTML.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use reinvite_domain::{PasswordChange, Variant};
use reinvite_mail::{TemplateValues, VariantSource, check_variant, foreign_marks};

use crate::render;

/// Pieces of HTML: blocks, links, secrets, statements, and signs that could make a tag.
fn html() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop_oneof![
            Just("<p>Hello {{ user.name }},</p>"),
            Just("<a href=\"{{ login_url }}\">Log in</a>"),
            Just("<a href='https://example.com/?a=1&amp;b=2'><b>Read</b> this</a>"),
            Just("<table><tr><td>A</td><td>{{ user.email }}</td></tr></table>"),
            Just("<ul><li>one</li><li>{{ attempt }}</li></ul>"),
            Just("{% if attempt > 1 %}<p>Again</p>{% else %}first{% endif %}"),
            Just("{% for group in user.groups %}<li>{{ group }}</li>{% endfor %}"),
            Just("<!-- c --><!--[if !mso]><!--><p>x</p><!--<![endif]-->"),
        ],
        prop_oneof![
            Just("<p>Password: <b>{{ password }}</b></p>"),
            Just("<b>{{ password }}</b>"),
            Just("<a href=\"{{ invitation_url }}\">Set a password</a>"),
            Just("<i>https://example.com/</i>"),
            Just("<u>.example.com</u> "),
            Just("<br>"),
            Just("&nbsp;&#123;"),
            Just("{"),
            Just("&#37; # "),
        ],
        prop_oneof![Just("text "), Just("あ、"), Just("\n")],
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn made(html: &str) -> Variant {
    let source = VariantSource {
        subject: "s".into(),
        html: html.into(),
        ..VariantSource::default()
    };
    source.into_variant(None)
}

proptest! {
    #[test]
    fn a_made_text_can_be_sent_whenever_its_html_can_and_holds_every_secret(html in html()) {
        let variant = made(&html);
        let language = "en".parse().unwrap();
        let in_text = |html_only: &Variant| check_variant("", &language, html_only).is_ok();
        let with_plain_text = Variant { text: "t".into(), text_made: false, ..variant.clone() };

        if in_text(&with_plain_text) {
            prop_assert_eq!(check_variant("", &language, &variant), Ok(()), "{}", variant.text);
            for (change, secret) in [
                (PasswordChange::Temporary, "sample-password"),
                (PasswordChange::SetLink, "https://invitations.example.com/sample-link"),
            ] {
                let values = TemplateValues::sample_with("en", change);
                if let Ok(mail) = render(&with_plain_text, &values) {
                    let text = render(&variant, &values).unwrap().text;
                    prop_assert_eq!(mail.html.contains(secret), text.contains(secret), "{}", text);
                }
            }
        }
    }

    #[test]
    fn statements_of_a_made_text_are_those_of_its_html(html in html()) {
        let statements = |source: &str| -> Vec<String> {
            source.split("{%").skip(1).filter_map(|tag| Some(tag.split_once("%}")?.0.to_owned())).collect()
        };
        let variant = made(&html);
        if check_variant("", &"en".parse().unwrap(), &variant).is_ok() {
            prop_assert_eq!(statements(&variant.text), statements(&html));
        }
    }

    #[test]
    fn any_source_is_made_a_text_of_and_sent_back_unchanged(html in any::<String>()) {
        let variant = made(&html);
        let source = VariantSource {
            subject: "s".into(),
            html,
            text: Some(variant.text.clone()),
            text_made: Some(true),
        };
        prop_assert_eq!(&source.into_variant(Some(&variant)), &variant);
        prop_assert!(foreign_marks(&variant).len() <= 60);
    }

    #[test]
    fn words_numbers_and_prices_are_no_marks(text in "([a-z]{1,8}|[0-9]{1,3}(%|,[0-9]{2})?|[$€][0-9]{1,4}|\\([a-z]+\\)|[.,;:!?#*&-])( [a-zA-Z]{1,6}| [0-9]+ ?%| [$]?[0-9]+[.][0-9]{2}| [({][a-z]+ [a-z]+[)}]){0,20}") {
        let variant = Variant { html: text.clone(), text, ..Variant::default() };
        prop_assert!(foreign_marks(&variant).is_empty(), "{:?}", foreign_marks(&variant));
    }
}
