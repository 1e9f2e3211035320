//! No template that the check accepts leaks a secret, whole or in part, to another person than its
//! reader.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reinvite_domain::Variant;
use reinvite_mail::check_variant;

#[path = "../../tests/mail/secrecy.rs"]
mod secrecy;

mod stack;

fuzz_target!(|source: &str| stack::on_a_stack_as_lambda_gives(|| check_secrecy(source)));

fn check_secrecy(source: &str) {
    // A character that no template needs separates the three parts.
    let mut parts = source.splitn(3, '\u{1}');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let variant = Variant { subject: part(), html: part(), text: part(), ..Variant::default() };
    let Ok(language) = "en".parse() else { return };

    if check_variant("", &language, &variant).is_ok()
        && let Err(leak) = secrecy::find_leak(&variant)
    {
        panic!("{leak}");
    }
}
