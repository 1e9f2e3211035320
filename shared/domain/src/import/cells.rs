//! Cells as other programs write them.

use crate::{Rule, Status, spreadsheet, text::folded};

/// The words for a sign-in that never was.
const NEVER: [&str; 9] = [
    "never",
    "neverloggedin",
    "neversignedin",
    "-",
    "none",
    "n/a",
    "未ログイン",
    "なし",
    "未",
];

/// The words for a status, folded and without blanks, `_` and `-`.
const STATUS_WORDS: &[(Status, &[&str])] = &[
    (
        Status::Active,
        &[
            "active",
            "activated",
            "enabled",
            "有効",
            "利用中",
            "在籍",
            "在職",
            "member",
            "admin",
            "owner",
            "primaryowner",
            "guest",
            "multichannelguest",
            "singlechannelguest",
            "invited",
            "provisioned",
            "recovery",
            "passwordexpired",
        ],
    ),
    (
        Status::Suspended,
        &[
            "suspended",
            "blocked",
            "locked",
            "lockedout",
            "停止",
            "停止中",
            "利用停止",
            "一時停止",
            "休止",
            "ロック",
        ],
    ),
    (
        Status::Inactive,
        &[
            "inactive",
            "disabled",
            "deactivated",
            "deprovisioned",
            "deleted",
            "archived",
            "無効",
            "削除",
            "削除済み",
            "退職",
            "退会",
        ],
    ),
    (
        Status::PendingApproval,
        &[
            "pendingapproval",
            "pending",
            "pendinguseraction",
            "承認待ち",
        ],
    ),
    (Status::Rejected, &["rejected", "却下", "否認"]),
    (
        Status::NotYetValid,
        &["notyetvalid", "staged", "開始前", "利用開始前"],
    ),
];

/// Returns a cell without the blanks around it, and without the `'` before a text that a spreadsheet
/// would take for a formula.
pub(super) fn unguarded(cell: &str) -> &str {
    spreadsheet::unguarded(cell.trim()).trim()
}

/// Parses a status as we or another program write it; an empty one is active.
pub(super) fn status(cell: &str) -> Result<Status, Rule> {
    let word = word_of(cell);
    if word.is_empty() {
        return Ok(Status::Active);
    }
    STATUS_WORDS
        .iter()
        .find(|(_, words)| words.contains(&&*word))
        .map(|(status, _)| *status)
        .ok_or_else(|| Rule::unknown_value(Status::ALL))
}

/// Parses yes or no; `None` for an empty cell.
pub(super) fn yes_or_no(cell: &str) -> Result<Option<bool>, Rule> {
    match &*word_of(cell) {
        "" => Ok(None),
        "1" | "true" | "yes" | "y" | "on" | "はい" => Ok(Some(true)),
        "0" | "false" | "no" | "n" | "off" | "いいえ" => Ok(Some(false)),
        _ => Err(Rule::unknown_value(&["0", "1", "false", "true"])),
    }
}

/// Whether a cell says that there was never a sign-in.
pub(super) fn is_never(cell: &str) -> bool {
    cell.is_empty() || NEVER.contains(&&*word_of(cell)) || cell == "-"
}

fn word_of(cell: &str) -> String {
    folded(cell)
        .chars()
        .filter(|character| !character.is_whitespace() && !matches!(character, '_' | '-'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_of_a_spreadsheet_goes_and_another_apostrophe_stays() {
        for (cell, read) in [
            (" '=1+1", "=1+1"),
            ("'@aiko", "@aiko"),
            ("'＝x", "＝x"),
            ("'\tx", "x"),
            ("'tis", "'tis"),
            ("O'Neil", "O'Neil"),
        ] {
            assert_eq!(unguarded(cell), read);
        }
    }

    #[test]
    fn words_of_other_programs_are_a_status() {
        for (cell, read) in [
            ("", Status::Active),
            ("Active", Status::Active),
            ("有効", Status::Active),
            ("無効", Status::Inactive),
            ("LOCKED_OUT", Status::Suspended),
            ("not_yet_valid", Status::NotYetValid),
        ] {
            assert_eq!(status(cell), Ok(read), "{cell}");
        }
        for own in Status::ALL {
            let name: &'static str = (*own).into();
            assert_eq!(status(name), Ok(*own));
        }
        assert!(status("maybe").is_err());
        assert_eq!(yes_or_no("TRUE"), Ok(Some(true)));
        assert!(is_never("Never logged in") && !is_never("2026-01-01"));
    }
}
