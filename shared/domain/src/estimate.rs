//! Counts that are estimated by a part.

/// Estimates the number among `all` candidates, if there are `found` among the first `checked` of them.
///
/// It is rounded, at least `found`, and at most what it would be if every other candidate matched too.
/// If no candidate was checked it is `found`. `all` may have been counted a moment earlier, so that it
/// is less than `checked`.
///
/// ```
/// assert_eq!(reinvite_domain::estimate(30, 1_000, 50_000), 1_500);
/// ```
#[must_use]
pub fn estimate(found: u64, checked: u64, all: u64) -> u64 {
    let all = all.max(checked);
    if checked == 0 {
        return found;
    }
    let [found_wide, checked, all] = [found, checked, all].map(u128::from);
    let estimated = (found_wide * all + checked / 2) / checked;
    u64::try_from(estimated).unwrap_or(u64::MAX).max(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::estimate;

    proptest! {
        #[test]
        fn an_estimate_lies_between_what_was_found_and_what_could_be(
            (checked, found) in (1..20_000_u64).prop_flat_map(|checked| (Just(checked), 0..=checked)),
            all in 0..2_000_000_u64,
        ) {
            let unchecked = all.saturating_sub(checked);
            let estimated = estimate(found, checked, all);
            prop_assert!(found <= estimated);
            prop_assert!(estimated <= found + unchecked);
            if found == 0 {
                prop_assert_eq!(estimated, 0);
            }
            if found == checked {
                prop_assert_eq!(estimated, all.max(checked));
            }
            prop_assert_eq!(estimate(found, checked, checked), found);
        }
    }

    #[test]
    fn without_a_part_there_is_nothing_to_estimate_by() {
        assert_eq!(estimate(0, 0, 100), 0);
    }
}
