//! Whatever is given as a template is refused or rendered: it never panics, runs on, or comes out larger than it may. What
//! is let through can be sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reinvite_domain::{PasswordChange, Variant};
use reinvite_mail::{Compiled, HTML_BYTES, SUBJECT_BYTES, TEXT_BYTES, Values, check_variant};

fuzz_target!(|source: &str| {
    // Three parts, each ended by a character that no template needs.
    let mut parts = source.splitn(3, '\u{1}');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let variant = Variant { subject: part(), html: part(), text: part() };
    let Ok(language) = "en".parse() else { return };
    let checked = check_variant("", &language, &variant);
    let Ok(compiled) = Compiled::new("en", &variant) else {
        assert!(checked.is_err(), "what cannot be compiled was let through");
        return;
    };
    let mut rendered = false;
    for (_, change) in PasswordChange::ALL {
        let Ok(mail) = compiled.render(&Values::sample_with("en", change)) else { continue };
        rendered = true;
        assert!(mail.subject.len() <= SUBJECT_BYTES && !mail.subject.contains(['\r', '\n']));
        assert!(mail.html.len() <= HTML_BYTES && mail.text.len() <= TEXT_BYTES);
    }
    assert!(rendered || checked.is_err(), "what was let through cannot be rendered");
});
