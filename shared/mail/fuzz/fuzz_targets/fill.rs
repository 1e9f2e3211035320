//! A mail that is filled from a skeleton is the mail that is rendered anew, or fails with the same error,
//! for any template and any values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reinvite_domain::{PasswordChange, Variant};
use reinvite_mail::{PasswordPart, TemplateValues};

#[path = "../../tests/mail/filling.rs"]
mod filling;

mod stack;

fuzz_target!(|source: &str| stack::on_a_stack_as_lambda_gives(|| check_filling(source)));

fn check_filling(source: &str) {
    // A character that no template needs separates the three parts, and the values behind them.
    let mut parts = source.splitn(4, '\u{1}');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let variant = Variant { subject: part(), html: part(), text: part(), ..Variant::default() };
    let values = part();

    for &change in PasswordChange::ALL {
        let sample = TemplateValues::sample_with("en", change).with_sample_attributes(["room".to_owned()]);
        let recipients = [sample.clone(), with_texts(sample, &values)];
        if let Err(difference) = filling::compare_filled(&variant, &recipients) {
            panic!("{difference}");
        }
    }
}

/// Values with other texts of the recipient: those of the sample where there are none.
fn with_texts(mut values: TemplateValues, texts: &str) -> TemplateValues {
    let mut texts = texts.split('\u{2}').map(str::to_owned);
    let mut replace = |text: &mut String| {
        if let Some(other) = texts.next() {
            *text = other;
        }
    };

    replace(&mut values.user.name);
    replace(&mut values.user.login_id);
    replace(&mut values.user.email);
    values.user.attributes.values_mut().for_each(&mut replace);
    match &mut values.password_change {
        PasswordPart::Keep => {}
        PasswordPart::SetLink { invitation_url: secret, expires_at }
        | PasswordPart::Temporary { password: secret, expires_at } => {
            replace(secret);
            replace(expires_at);
        }
    }
    values
}
