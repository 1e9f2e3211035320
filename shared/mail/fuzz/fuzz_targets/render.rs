//! Every template is refused or rendered: none panics, hangs, or exceeds a size limit. A template that
//! the check accepts renders to a mail.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reinvite_domain::{PasswordChange, Variant};
use reinvite_mail::{
    CompiledVariant, MAX_HTML_BYTES, MAX_SUBJECT_BYTES, MAX_TEXT_BYTES, TemplateValues,
    check_variant,
};

mod stack;

fuzz_target!(|source: &str| stack::on_a_stack_as_lambda_gives(|| check_rendering(source)));

fn check_rendering(source: &str) {
    // A character that no template needs separates the three parts.
    let mut parts = source.splitn(3, '\u{1}');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let variant = Variant { subject: part(), html: part(), text: part(), ..Variant::default() };
    let Ok(language) = "en".parse() else { return };

    let checked = check_variant("", &language, &variant);
    let Ok(compiled) = CompiledVariant::new("en", &variant) else {
        assert!(checked.is_err(), "a template that does not compile was accepted");
        return;
    };

    let mut is_rendered = false;
    for &change in PasswordChange::ALL {
        let values = TemplateValues::sample_with("en", change)
            .with_sample_attributes(compiled.attributes());
        let Ok(mail) = compiled.render_unjudged(&values) else { continue };
        is_rendered = true;

        assert!(mail.subject.len() <= MAX_SUBJECT_BYTES && !mail.subject.contains(['\r', '\n']));
        assert!(mail.html.len() <= MAX_HTML_BYTES && mail.text.len() <= MAX_TEXT_BYTES);
    }

    assert!(is_rendered || checked.is_err(), "an accepted template cannot be rendered");
}
