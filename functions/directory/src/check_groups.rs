use reinvite_domain::{GroupId, GroupTree, Rule};

/// The most groups of a user, counted with the groups above them, because each has a list with an
/// entry for the user.
///
/// A change writes the entries of the lists that the user leaves and of the lists that the user
/// joins in one transaction, and `DynamoDB` takes 100 writes in one.
const MAX_LISTS_OF_USER: usize = 45;

/// Checks the number of groups that a user would belong to.
///
/// # Errors
///
/// The rule, if there are too many.
pub fn check_groups(groups: &[GroupId], tree: &GroupTree) -> Result<(), Rule> {
    if tree.with_ancestors(groups).len() <= MAX_LISTS_OF_USER {
        Ok(())
    } else {
        Err(Rule::TooManyGroups {
            max: MAX_LISTS_OF_USER,
        })
    }
}
