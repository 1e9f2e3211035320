//! Templates: what an invitation says, in each language it has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Language, TemplateId};

/// A template at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// The template.
    pub id: TemplateId,
    /// As lists show it.
    pub name: String,
    /// Raised by every change, from 1: a resend keeps the version it took.
    pub version: u32,
    /// What it says, by language.
    pub variants: BTreeMap<Language, Variant>,
}

/// One language variant of a template: three sources in the syntax of Jinja.
///
/// A block tag alone on its line leaves no line behind. There is no `include`, `import`, `macro` or `safe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Renders to one line; blanks around it are cut off.
    pub subject: String,
    /// What it takes from a recipient is escaped, whatever the source says.
    pub html: String,
    /// The same for readers without HTML; escapes nothing.
    pub text: String,
}

/// The most bytes of a template's sources, all languages together: an item of DynamoDB holds 400 KB.
pub const MAX_TEMPLATE_BYTES: usize = 200 * 1024;

impl Template {
    /// Bytes of its sources, all languages together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.variants
            .values()
            .map(|variant| variant.subject.len() + variant.html.len() + variant.text.len())
            .sum()
    }
}
