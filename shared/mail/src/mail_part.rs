/// A part of a mail. Each part has a template source of its own.
///
/// It displays as the field of a template: `subject`, `html` or `text`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::Display,
    strum::EnumString,
    serde::Serialize,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum MailPart {
    /// The subject line.
    Subject,
    /// The HTML body.
    Html,
    /// The plain text body.
    Text,
}
