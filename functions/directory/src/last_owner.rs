//! An organisation always keeps an active owner.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use reinvite_domain::{GroupTree, Tenure, User, UserId, is_always_owned};
use reinvite_store::{OperatorContext, OwnersVersion};
use reinvite_web::{Api, Problem, ProblemKind};

/// A user as read, and as they are to be; `None` if they are to be deleted.
pub type BeforeAndAfter<'u> = (&'u User, Option<&'u User>);

/// Checks that changes of users leave an active owner, now and at all times.
///
/// A user whom the same changes make an owner does not count, because the order of the writes is not
/// known. If a user ceases to be an owner, or will, returns the version of the set of owners: the
/// write must be conditional on it.
///
/// # Errors
///
/// 409 if no active owner would be left at some time.
pub async fn check_users_keep_owner(
    api: &Api,
    context: &OperatorContext,
    changes: &[BeforeAndAfter<'_>],
) -> Result<Option<OwnersVersion>, Problem> {
    // Most changes concern nobody who is an owner, and need no further read.
    let (tree, now) = (&context.tree.groups, context.now);
    if changes
        .iter()
        .all(|change| loses_nothing(*change, tree, now))
    {
        return Ok(None);
    }

    let organisation = &context.organisation.id;
    let owners = api.store.owner_candidates(organisation).await?;
    let remaining = remaining_tenures(&owners.users, changes, &owners.tree, now);

    require_owner(remaining, now)?;
    Ok(Some(owners.version))
}

/// Checks that a change of the groups leaves an active owner, now and at all times. `change` makes
/// the groups as they are to be from the groups as they are.
///
/// Returns the version of the set of owners: the write must be conditional on it.
///
/// # Errors
///
/// 409 if no active owner would be left at some time.
pub async fn check_groups_keep_owner(
    api: &Api,
    context: &OperatorContext,
    change: impl FnOnce(&mut GroupTree),
) -> Result<OwnersVersion, Problem> {
    let organisation = &context.organisation.id;
    let owners = api.store.owner_candidates(organisation).await?;
    let mut after = owners.tree;
    change(&mut after);

    let remaining = remaining_tenures(&owners.users, &[], &after, context.now);
    require_owner(remaining, context.now)?;
    Ok(owners.version)
}

/// Whether a user is an owner after a change for at least as long as before it.
pub fn loses_nothing(
    (before, after): BeforeAndAfter<'_>,
    tree: &GroupTree,
    now: DateTime<Utc>,
) -> bool {
    let tenure = |user: &User| Tenure::of(user, tree, now);
    match (tenure(before), after.and_then(tenure)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(before), Some(after)) => after.covers(&before),
    }
}

/// The tenures of the owners that are left after the changes, whatever the order of their writes.
fn remaining_tenures(
    owners: &HashMap<UserId, User>,
    changes: &[BeforeAndAfter<'_>],
    tree: &GroupTree,
    now: DateTime<Utc>,
) -> Vec<Tenure> {
    let after: HashMap<&UserId, Option<&User>> = changes
        .iter()
        .map(|(before, after)| (&before.id, *after))
        .collect();
    let tenure = |user: &User| Tenure::of(user, tree, now);

    owners
        .values()
        .filter_map(|owner| {
            let before = tenure(owner)?;
            match after.get(&owner.id) {
                None => Some(before),
                Some(after) => before.shared_with(&after.and_then(tenure)?),
            }
        })
        .collect()
}

fn require_owner(remaining: Vec<Tenure>, now: DateTime<Utc>) -> Result<(), Problem> {
    if is_always_owned(remaining, now) {
        Ok(())
    } else {
        Err(Problem::new(
            ProblemKind::LastOwner,
            "It would leave the organisation without an active owner, now or when the validity of the last one ends.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use reinvite_domain::{Group, GroupId, Role, Status};

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn tree(roles: Vec<Role>) -> GroupTree {
        GroupTree::new([Group {
            id: GroupId::new("board").unwrap(),
            name: "Board".into(),
            parent_id: None,
            roles,
        }])
    }

    fn owner() -> User {
        User {
            roles: vec![Role::Owner],
            ..User::new(UserId::new("o").unwrap(), "o".into())
        }
    }

    fn member() -> User {
        User {
            groups: vec![GroupId::new("board").unwrap()],
            ..User::new(UserId::new("m").unwrap(), "m".into())
        }
    }

    /// Every change by which a user ceases to be an owner.
    fn losses() -> Vec<(User, Option<User>)> {
        let of_owner = |after: User| (owner(), Some(after));
        vec![
            (owner(), None),
            of_owner(User {
                roles: vec![Role::TemplateManager],
                ..owner()
            }),
            of_owner(User {
                status: Status::Suspended,
                ..owner()
            }),
            of_owner(User {
                valid_until: Some(NOW),
                ..owner()
            }),
            of_owner(User {
                valid_until: Some(NOW + TimeDelta::days(400)),
                ..owner()
            }),
            of_owner(User {
                valid_from: Some(NOW + TimeDelta::days(1)),
                ..owner()
            }),
            (
                member(),
                Some(User {
                    groups: vec![],
                    ..member()
                }),
            ),
        ]
    }

    #[test]
    fn an_owner_is_lost_by_role_status_validity_group_and_deletion() {
        let tree = tree(vec![Role::Owner]);
        for (before, after) in losses() {
            let change = (&before, after.as_ref());
            assert!(!loses_nothing(change, &tree, NOW), "{after:?}");

            let owners = HashMap::from([(before.id.clone(), before.clone())]);
            let remaining = remaining_tenures(&owners, &[change], &tree, NOW);
            assert!(require_owner(remaining, NOW).is_err(), "{after:?}");

            let other = User {
                roles: vec![Role::Owner],
                ..User::new(UserId::new("other").unwrap(), "other".into())
            };
            let owners = HashMap::from([
                (before.id.clone(), before.clone()),
                (other.id.clone(), other),
            ]);
            let remaining = remaining_tenures(&owners, &[change], &tree, NOW);
            assert!(require_owner(remaining, NOW).is_ok(), "{after:?}");
        }
    }

    #[test]
    fn a_change_that_takes_nothing_from_an_owner_needs_no_look_at_the_others() {
        let tree = tree(vec![Role::Owner]);
        let renamed = User {
            display_name: Some("O".into()),
            ..owner()
        };
        let by_group = User {
            roles: vec![],
            groups: member().groups,
            ..owner()
        };
        for after in [renamed, by_group] {
            assert!(loses_nothing((&owner(), Some(&after)), &tree, NOW));
        }
    }

    #[test]
    fn owners_by_a_group_are_lost_with_its_role() {
        let owners = HashMap::from([(member().id, member())]);
        let remaining = |roles| remaining_tenures(&owners, &[], &tree(roles), NOW);

        assert!(require_owner(remaining(vec![Role::Owner]), NOW).is_ok());
        assert!(require_owner(remaining(vec![]), NOW).is_err());
    }
}
