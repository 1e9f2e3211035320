use std::collections::HashSet;

use reinvite_domain::{GroupId, User};
use reinvite_store::{Error, OperatorContext};
use reinvite_web::Api;

/// Marks the groups whose members some changes are about to add or remove: they are counted again
/// within a minute. A user is `None` before their creation and after their deletion.
pub async fn mark_counts_due(
    api: &Api,
    context: &OperatorContext,
    changes: &[(Option<&User>, Option<&User>)],
) -> Result<(), Error> {
    let tree = &context.tree.groups;
    let lists = |user: Option<&User>| -> HashSet<GroupId> {
        user.map(|user| tree.with_ancestors(&user.groups))
            .unwrap_or_default()
    };
    let groups = changes
        .iter()
        .filter(|(before, after)| before.map(|user| &user.groups) != after.map(|user| &user.groups))
        .flat_map(|(before, after)| &lists(*before) ^ &lists(*after))
        .collect();

    api.store
        .member_counts
        .mark_due(&context.organisation.id, groups, api.clock.now())
        .await
}
