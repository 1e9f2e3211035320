//! A line of a file.

use chrono::{DateTime, Utc};

use crate::user_fields::FieldChange;

/// A line of a file with parsed cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportRow {
    /// The line in the file, from 1.
    pub line: u64,
    /// The login id, which is the key.
    pub login_id: String,
    /// The changes by the columns of the file, without groups.
    pub changes: Vec<FieldChange>,
    /// The paths of the groups; `None` if the file has no such column.
    pub groups: Option<Vec<Vec<String>>>,
    /// The last sign-in, which is the first login of a user of whom none is known.
    pub last_sign_in: Option<DateTime<Utc>>,
    /// The attributes that the line sets, or removes.
    pub attributes: Vec<(String, Option<String>)>,
}

impl ImportRow {
    /// A row without any cells.
    pub(super) fn of_line(line: u64) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }
}
