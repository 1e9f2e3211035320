//! Templates: the text of an invitation in each of its languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Language, TemplateId};

/// A template at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// The template.
    pub id: TemplateId,
    /// The name in lists.
    pub name: String,
    /// The version, from 1, raised by every change. A resend keeps the version with which it was
    /// created.
    pub version: u32,
    /// The variants by language.
    pub variants: BTreeMap<Language, Variant>,
}

/// A language variant of a template: three sources in the syntax of Jinja.
///
/// A block tag alone on its line leaves no empty line. There is no `include`, `import`, `macro` or
/// `safe`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Variant {
    /// The subject. It renders to one line, without white space at either end.
    pub subject: String,
    /// The HTML body. Values of a recipient are always escaped.
    pub html: String,
    /// The text body, for mail programs without HTML. Nothing is escaped.
    pub text: String,
    /// Whether the text was made from the HTML, because its author wrote none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub text_made: bool,
}

/// The most bytes of a template's sources in all languages: an item of DynamoDB holds 400 KB.
pub const MAX_TEMPLATE_BYTES: usize = 200 * 1024;

impl Template {
    /// Returns the bytes of the sources in all languages.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.variants
            .values()
            .map(|variant| variant.subject.len() + variant.html.len() + variant.text.len())
            .sum()
    }
}
