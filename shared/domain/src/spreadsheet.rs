//! Cells of a CSV file that a spreadsheet must not take for formulas.

use std::borrow::Cow;

/// The characters with which a cell begins that a spreadsheet may take for a formula, in both widths.
/// Some programs pass over a tab or a carriage return before one.
const FORMULA_MARKS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Returns the text of a cell as a CSV file has it: one that looks like a formula gets a `'`. So does
/// one that looks guarded, so that [`unguarded`] returns every text as it was.
///
/// ```
/// use reinvite_domain::spreadsheet::{guarded, unguarded};
///
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(guarded("O'Neil"), "O'Neil");
/// assert_eq!(unguarded(&guarded("'=1+1")), "'=1+1");
/// ```
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns the text of a cell without its guard.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|text| is_formula(text))
        .unwrap_or(cell)
}

/// Whether the text looks like a formula, or like a guarded one.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_MARKS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_cell_that_looks_like_a_formula_is_guarded() {
        for text in [
            "=1", "+1", "-1", "@A1", "\t=1", "\r", "＝1", "＋1", "－1", "＠A1",
        ] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in [
            "",
            "Ada",
            "1-1",
            "'tis",
            "''",
            "a@example.com",
            " =1",
            "山田",
        ] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn a_guarded_text_is_no_formula_and_comes_back(text in "['=+@＝\t-]{0,4}\\PC{0,8}") {
            let cell = guarded(&text);
            prop_assert!(!cell.starts_with(FORMULA_MARKS), "{}", cell);
            prop_assert_eq!(unguarded(&cell), &text);
        }
    }
}
