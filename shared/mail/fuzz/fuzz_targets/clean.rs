//! The HTML that cleaning answers is taken, or has findings that no cleaning takes out. A second
//! cleaning changes nothing, and no mail of it leaks a secret.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reinvite_domain::Variant;
use reinvite_mail::{check_variant, clean_html};

#[path = "../../tests/mail/secrecy.rs"]
mod secrecy;

mod stack;

fuzz_target!(|source: &str| stack::on_a_stack_as_lambda_gives(|| check_cleaning(source)));

fn check_cleaning(source: &str) {
    let cleaned = clean_html(source);
    assert_eq!(clean_html(&cleaned.html).html, cleaned.html, "a second cleaning changes the HTML");

    let variant = Variant {
        subject: "s".into(),
        html: cleaned.html,
        text: "t".into(),
        ..Variant::default()
    };
    let Ok(language) = "en".parse() else { return };
    match check_variant("", &language, &variant) {
        Ok(()) => {
            if let Err(leak) = secrecy::find_leak(&variant) {
                panic!("{leak}");
            }
        }
        Err(findings) => {
            assert!(findings.iter().all(|finding| !finding.cleanable), "something is left to clean");
        }
    }
}
