//! Why a mail failed: a closed list, which the contract names.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// Why a mail failed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailedReason {
    /// SES refused the mail for good.
    Rejected,
    /// SES mails only verified addresses for this account, and this one is not.
    Sandbox,
    /// SES refused the mail several times for a reason that passes.
    Transient,
    /// SES accepted the mail, considered it harmful and did not send it.
    BadContent,
    /// SES accepted the mail, could not render it and did not send it.
    RenderingFailure,
    /// The template cannot be rendered with the user's values.
    NotRenderable,
    /// The mail does not show the link or the temporary password that it is for.
    TemplateLacksSecret,
}

impl FailedReason {
    /// Every reason, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The reason's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}
