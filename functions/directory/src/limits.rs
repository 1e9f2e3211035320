//! How much one user or group may hold, and how often a write is tried.

use reinvite_domain::{GroupId, GroupTree};

/// A user belongs to at most this many groups, counted with those above them: each is a list the user stands in. A change
/// writes the lists left and the lists joined in one transaction, and `DynamoDB` takes 100 writes in one.
const MOST_LISTS: usize = 45;

/// The most roles granted to one user or group: a user stays a small item, and an operator's roles a short list.
pub const MOST_ROLES: usize = 50;

/// A write that others disturb is decided again this many times before they are told.
pub const TRIES: usize = 5;

/// Checks how many groups a user would belong to.
pub fn check_groups(groups: &[GroupId], tree: &GroupTree) -> Result<(), String> {
    if tree.with_ancestors(groups).len() <= MOST_LISTS {
        Ok(())
    } else {
        Err(format!(
            "must be at most {MOST_LISTS} groups, counted with those above them"
        ))
    }
}
