use std::collections::HashSet;

use reinvite_domain::{GroupId, Rule};

/// The most groups of which a user may be a direct member.
///
/// The groups above them do not count: moving a group must not make a user unacceptable.
const MAX_GROUPS_OF_USER: usize = 400;

/// Checks the number of groups that a user would be a member of.
///
/// # Errors
///
/// The rule, if there are too many.
pub fn check_groups(groups: &[GroupId]) -> Result<(), Rule> {
    let distinct: HashSet<_> = groups.iter().collect();
    if distinct.len() <= MAX_GROUPS_OF_USER {
        Ok(())
    } else {
        Err(Rule::TooManyGroups {
            max: MAX_GROUPS_OF_USER,
        })
    }
}
