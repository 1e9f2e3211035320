use std::collections::BTreeSet;

use reinvite_domain::import::{ImportFile, LineError, MAX_LINE_ERRORS, OnError, ReadColumn};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::change_effect::ChangeEffect;
use crate::login_id_notices::LoginIdNotice;

/// The numbers of users that an import created, updated and left unchanged, and how its file was read.
#[skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportUsersResponse {
    /// Users who did not exist.
    created: usize,
    /// Users of whom a field changed.
    updated: usize,
    /// Users of whom no field changed.
    unchanged: usize,
    /// The columns that were read.
    columns: Vec<ReadColumn>,
    /// The columns that were passed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
    /// The first errors of the lines that were left out; absent if wrong lines refuse the file.
    skipped: Option<Vec<LineError>>,
    /// The number of these lines.
    skipped_count: Option<usize>,
    /// Notices about login ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<LoginIdNotice>,
}

/// The effects of an import on users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EffectCounts {
    /// Users who did not exist.
    pub created: usize,
    /// Users of whom a field changed.
    pub updated: usize,
    /// Users of whom no field changed.
    pub unchanged: usize,
}

impl FromIterator<ChangeEffect> for EffectCounts {
    fn from_iter<I: IntoIterator<Item = ChangeEffect>>(effects: I) -> Self {
        let mut counts = Self::default();
        for effect in effects {
            match effect {
                ChangeEffect::Created => counts.created += 1,
                ChangeEffect::Updated => counts.updated += 1,
                ChangeEffect::Unchanged => counts.unchanged += 1,
            }
        }
        counts
    }
}

impl ImportUsersResponse {
    /// The answer for a file with these effects.
    pub fn new(file: ImportFile, counts: EffectCounts, notices: Vec<LoginIdNotice>) -> Self {
        Self {
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.unchanged,
            columns: file.columns,
            ignored: file.ignored,
            notices,
            ..Self::default()
        }
    }

    /// Adds the lines that were left out, if that was asked for.
    pub fn with_skipped(self, mut skipped: Vec<LineError>, on_error: OnError) -> Self {
        if on_error == OnError::Refuse {
            return self;
        }

        let lines: BTreeSet<u64> = skipped.iter().map(|error| error.line).collect();
        skipped.sort_by_key(|error| error.line);
        skipped.truncate(MAX_LINE_ERRORS);
        Self {
            skipped: Some(skipped),
            skipped_count: Some(lines.len()),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use reinvite_domain::Rule;

    use super::*;

    #[test]
    fn every_skipped_line_counts_once_and_a_thousand_errors_are_listed_by_line() {
        let errors = |line| vec![LineError::of_line(line, Rule::NeedsOwner); 2];
        let skipped: Vec<_> = (2..1_002).rev().flat_map(errors).collect();
        let response = ImportUsersResponse::default().with_skipped(skipped.clone(), OnError::Skip);

        assert_eq!(response.skipped_count, Some(1_000));
        let listed = response.skipped.unwrap();
        assert_eq!((listed.len(), listed[0].line), (1_000, 2));
        let refused = ImportUsersResponse::default().with_skipped(skipped, OnError::Refuse);
        assert_eq!(refused.skipped_count, None);
    }
}
