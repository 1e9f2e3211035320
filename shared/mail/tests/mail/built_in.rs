use std::collections::BTreeMap;

use insta::assert_snapshot;
use reinvite_domain::PasswordChange;
use reinvite_mail::{
    CompiledVariant, Mail, PasswordPart, ResendNotice, TemplateValues, built_in_templates,
    renewal_variants,
};

fn invitation(language: &str, values: &TemplateValues) -> Mail {
    let template = &built_in_templates()["invitation"].variants[language];
    CompiledVariant::new(language, template)
        .unwrap()
        .render(values)
        .unwrap()
}

fn reminder(language: &str) -> Mail {
    invitation(
        language,
        &TemplateValues {
            attempt: 2,
            ..TemplateValues::sample(language)
        },
    )
}

#[test]
fn the_invitation_reads_well_in_english() {
    let mail = invitation("en", &TemplateValues::sample("en"));
    assert_snapshot!("invitation_en_subject", mail.subject);
    assert_snapshot!("invitation_en_text", mail.text);
    assert_snapshot!("invitation_en_html", mail.html);
}

#[test]
fn the_invitation_reads_well_in_japanese() {
    let mail = invitation("ja", &TemplateValues::sample("ja"));
    assert_snapshot!("invitation_ja_subject", mail.subject);
    assert_snapshot!("invitation_ja_text", mail.text);
    assert_snapshot!("invitation_ja_html", mail.html);
}

#[test]
fn the_second_invitation_is_a_reminder() {
    assert_snapshot!("reminder_en_subject", reminder("en").subject);
    assert_snapshot!("reminder_en_text", reminder("en").text);
    assert_snapshot!("reminder_ja_subject", reminder("ja").subject);
    assert_snapshot!("reminder_ja_text", reminder("ja").text);
    assert!(reminder("en").html.contains("This is a reminder"));
    assert!(reminder("ja").html.contains("あらためてお送りしました"));
}

#[test]
fn each_kind_of_password_change_names_its_secret_its_expiry_and_the_operator() {
    for language in ["en", "ja"] {
        for (kind, change) in [
            ("set_link", PasswordChange::SetLink),
            ("temporary", PasswordChange::Temporary),
        ] {
            let values = TemplateValues::sample_with(language, change);
            let mail = invitation(language, &values);
            assert_snapshot!(format!("{kind}_{language}_text"), mail.text);

            let (secret, expires_at) = match &values.password_change {
                PasswordPart::SetLink {
                    invitation_url,
                    expires_at,
                } => (invitation_url, expires_at),
                PasswordPart::Temporary {
                    password,
                    expires_at,
                } => (password, expires_at),
                PasswordPart::Keep => unreachable!("no kind keeps the password"),
            };
            for part in [&mail.html, &mail.text] {
                for value in [
                    secret,
                    expires_at,
                    &values.operator.name,
                    &values.user.login_id,
                    &values.login_url,
                ] {
                    assert!(part.contains(value), "{kind} {language}: {value}");
                }
            }
        }
    }
}

#[test]
fn a_renewal_has_the_new_link() {
    let variants: BTreeMap<_, _> = renewal_variants().into_iter().collect();

    for language in ["en", "ja"] {
        let values = TemplateValues::sample_with(language, PasswordChange::SetLink);
        let mail = CompiledVariant::new(language, &variants[language])
            .unwrap()
            .render(&values)
            .unwrap();

        assert_snapshot!(format!("renewal_{language}_text"), mail.text);
        assert!(mail.html.contains("https://invitations.example"));
    }
}

/// The events of which operators are told, with their reasons; one is of a later version.
const NOTICES: [(&str, &str); 9] = [
    ("paused", "bounce_rate"),
    ("paused", "sending_disabled"),
    ("paused", "no_answer"),
    ("paused", "maintenance"),
    ("paused", "another_reason"),
    ("failed", "nobody_eligible"),
    ("failed", "daily_limit"),
    ("failed", "template_unfit"),
    ("skipped", ""),
];

fn resend_notice(language: &str, event: &'static str, reason: &str) -> Mail {
    let notice = ResendNotice {
        name: "Jordan Lee".into(),
        organisation: "Sample Academy".into(),
        resend: "019aaf2c5d7a7c3e8f00112233445566".into(),
        event,
        reason: reason.into(),
        recipients: 120,
        excluded: 4,
        sent: 90,
        bounced: 12,
        skipped: 8,
        pending: 22,
    };
    let language = language.parse().unwrap();
    notice.render(Some(&language), &language).unwrap()
}

#[test]
fn operators_read_the_counts_the_reason_and_what_to_do() {
    for language in ["en", "ja"] {
        for (event, reason) in NOTICES {
            let mail = resend_notice(language, event, reason);
            let name = format!("resend_notice_{language}_{event}_{reason}");
            assert_snapshot!(name, format!("{}\n\n{}", mail.subject, mail.text));
            assert!(mail.html.contains("019aaf2c5d7a7c3e8f00112233445566"));
            for line in mail.text.lines() {
                let columns: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
                assert!(columns <= 72, "{columns} columns: {line}");
            }
        }
    }
}

#[test]
fn a_japanese_notice_has_no_english_word_but_names() {
    let names = [
        "Jordan Lee",
        "Sample Academy",
        "019aaf2c5d7a7c3e8f00112233445566",
        "Amazon SES",
        "Reinvite",
        "HTML",
        "再送信ID",
    ];
    for (event, reason) in NOTICES {
        let mail = resend_notice("ja", event, reason);
        let text = format!("{}\n{}", mail.subject, mail.text);
        let words = names
            .iter()
            .fold(text, |text, name| text.replace(name, ""))
            .replace(|c: char| !c.is_ascii_alphabetic(), "");
        assert_eq!(words, "", "{event} {reason}");
    }
}

#[test]
fn a_user_without_a_name_is_greeted_all_the_same() {
    for (language, greeting) in [
        ("en", "Hello,\n\nJordan Lee"),
        ("ja", "サンプル学院の鈴木 一郎より"),
    ] {
        let mut values = TemplateValues::sample(language);
        values.user.name.clear();
        let mail = invitation(language, &values);
        assert!(mail.text.starts_with(greeting), "{}", mail.text);
        assert!(!mail.html.contains("Hello ,") && !mail.html.contains("> 様"));
    }
}

#[test]
fn the_html_is_small_and_loads_nothing_from_elsewhere() {
    for language in ["en", "ja"] {
        let html = invitation(language, &TemplateValues::sample(language)).html;
        assert!(html.len() < 30 * 1024, "{} bytes", html.len());
        assert!(html.contains(&format!("<html lang=\"{language}\"")));
        for remote in [
            "src=",
            "url(",
            "@import",
            "<link",
            "<img",
            "<script",
            "background=",
        ] {
            assert!(!html.contains(remote), "{remote} in {language}");
        }
    }
}

#[test]
fn every_language_has_the_same_structure_for_every_kind() {
    let tags = |language: &str, change| {
        let html = invitation(language, &TemplateValues::sample_with(language, change)).html;
        let tags = html
            .split('<')
            .skip(1)
            .filter_map(|tag| tag.split([' ', '>']).next());
        tags.map(str::to_owned).collect::<Vec<_>>()
    };

    for &change in PasswordChange::ALL {
        assert_eq!(tags("en", change), tags("ja", change));
    }
}

#[test]
fn a_line_of_the_text_fits_a_terminal() {
    for language in ["en", "ja"] {
        for text in [
            invitation(language, &TemplateValues::sample(language)).text,
            reminder(language).text,
        ] {
            for line in text.lines() {
                let columns: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
                assert!(columns <= 72, "{columns} columns: {line}");
            }
        }
    }
}
