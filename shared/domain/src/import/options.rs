//! The ways to read a file that a caller may choose from.

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::encoding::Charset;

/// The ways to read a file. The default refuses all that is not right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The encoding of a file without a byte order mark; UTF-8 if there is none.
    pub charset: Option<Charset>,
    /// The fate of unknown columns.
    pub unknown_columns: UnknownColumns,
    /// The fate of wrong lines.
    pub on_error: OnError,
}

/// The fate of the columns that are not columns of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum UnknownColumns {
    /// The file is refused.
    #[default]
    Refuse,
    /// They are passed over.
    Ignore,
}

/// The fate of the lines that are wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum OnError {
    /// The file is refused.
    #[default]
    Refuse,
    /// They are left out, and the good lines are taken.
    Skip,
}

impl ImportOptions {
    /// Whether wrong lines are left out.
    #[must_use]
    pub fn skips_wrong_lines(&self) -> bool {
        self.on_error == OnError::Skip
    }
}
