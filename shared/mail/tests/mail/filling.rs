//! Compares mails that are filled with mails that are rendered anew. A fuzz target includes it.

use reinvite_domain::Variant;
use reinvite_mail::{CompiledVariant, Mail, MailPart, TemplateValues};

/// The parts that were filled for recipients, and the mails that came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Parts of mails that were filled.
    pub parts: usize,
    /// Mails that were rendered, and whose HTML was filled.
    pub mails: usize,
}

/// Renders a variant for recipients in turn, both filled and anew, and counts what was filled.
///
/// # Errors
///
/// Two mails or two errors differ, in words.
pub fn compare_filled(variant: &Variant, recipients: &[TemplateValues]) -> Result<Filled, String> {
    let (Ok(filled), Ok(anew)) = (
        CompiledVariant::new("en", variant),
        CompiledVariant::new("en", variant),
    ) else {
        return Ok(Filled::default());
    };
    let anew = anew.without_skeletons();

    // This makes a skeleton for each shape, for the first recipient who has it.
    let parts: Vec<_> = recipients
        .iter()
        .map(|values| filled.filled_parts(values))
        .collect();
    let mut count = Filled::default();
    for (values, parts) in recipients.iter().zip(parts) {
        let results = [
            (
                "unjudged",
                filled.render_unjudged(values),
                anew.render_unjudged(values),
            ),
            ("judged", filled.render(values), anew.render(values)),
            (
                "with a note",
                filled.render_with_note(values),
                anew.render_with_note(values),
            ),
        ];
        for (way, filled, anew) in &results {
            if filled != anew {
                let mails = format!("{:?}\n{:?}", shown(filled), shown(anew));
                return Err(difference(way, &parts, variant, &mails));
            }
        }

        count.parts += parts.len();
        let [(_, mail, _), ..] = &results;
        count.mails += usize::from(mail.is_ok() && parts.contains(&MailPart::Html));
    }
    Ok(count)
}

fn difference(way: &str, parts: &[MailPart], variant: &Variant, mails: &str) -> String {
    let Variant {
        subject,
        html,
        text,
        ..
    } = variant;
    format!("{way}, with {parts:?} filled:\n{subject:?}\n{html:?}\n{text:?}\n{mails}")
}

/// A result in full: a mail shows nothing of itself for debugging.
fn shown<E: std::fmt::Debug>(result: &Result<Mail, E>) -> Result<(&str, &str, &str), &E> {
    result
        .as_ref()
        .map(|mail| (&*mail.subject, &*mail.html, &*mail.text))
}
