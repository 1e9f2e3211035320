//! An organisation always keeps an active owner.

use chrono::{DateTime, Utc};
use reinvite_domain::{GroupTree, Operator, Role, User, granted_roles};
use reinvite_store::{OperatorContext, OwnersVersion, VersionedGroupTree};
use reinvite_web::{Api, Problem, ProblemKind};

/// A user as read, and as they are to be; `None` if they are to be deleted.
pub type BeforeAndAfter<'u> = (&'u User, Option<&'u User>);

/// Checks that changes of users leave an active owner.
///
/// Users whom the same changes make owners do not count, because the order of the writes is not
/// known. If a user ceases to be an owner, returns the version of the set of owners: the write must
/// be conditional on it.
///
/// # Errors
///
/// 409 if no active owner would be left.
pub async fn check_users_keep_owner(
    api: &Api,
    context: &OperatorContext,
    changes: &[BeforeAndAfter<'_>],
) -> Result<Option<OwnersVersion>, Problem> {
    let losing = users_losing_owner(changes, &context.tree.groups, context.now);
    if losing.is_empty() {
        return Ok(None);
    }

    let (mut owners, version) = read_owners(api, context, &context.tree).await?;
    owners.retain(|owner| losing.iter().all(|loser| loser.id != owner.id));

    require_active_owner(&owners, &context.tree.groups, context.now)?;
    Ok(Some(version))
}

/// Checks that a change of the roles of groups leaves an active owner.
///
/// Returns the version of the set of owners: the write must be conditional on it.
///
/// # Errors
///
/// 409 if no active owner would be left.
pub async fn check_groups_keep_owner(
    api: &Api,
    context: &OperatorContext,
    before: &VersionedGroupTree,
    after: &GroupTree,
) -> Result<OwnersVersion, Problem> {
    let (owners, version) = read_owners(api, context, before).await?;

    require_active_owner(&owners, after, context.now)?;
    Ok(version)
}

/// Reads every user who is an owner by a role of their own or of a group, and the version of that
/// set.
async fn read_owners(
    api: &Api,
    context: &OperatorContext,
    tree: &VersionedGroupTree,
) -> Result<(Vec<User>, OwnersVersion), Problem> {
    let organisation = &context.organisation.id;
    let (ids, version) = api
        .store
        .owners
        .candidates(organisation, &tree.groups)
        .await?;
    let users = api.store.users.get_many(organisation, &ids).await?;

    let owners = users
        .into_values()
        .filter(|user| granted_roles(user, &tree.groups).contains(&Role::Owner))
        .collect();
    Ok((owners, version))
}

/// The users who are active owners before the changes and are not after them.
fn users_losing_owner<'u>(
    changes: &[BeforeAndAfter<'u>],
    tree: &GroupTree,
    now: DateTime<Utc>,
) -> Vec<&'u User> {
    let is_owner = |user: &User| is_active_owner(user, tree, now);
    changes
        .iter()
        .filter(|(before, after)| is_owner(before) && !after.is_some_and(is_owner))
        .map(|(before, _)| *before)
        .collect()
}

fn require_active_owner(
    owners: &[User],
    tree: &GroupTree,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    if owners.iter().any(|owner| is_active_owner(owner, tree, now)) {
        Ok(())
    } else {
        Err(Problem::new(
            ProblemKind::LastOwner,
            "It would leave the organisation without an active owner.",
        ))
    }
}

fn is_active_owner(user: &User, tree: &GroupTree, now: DateTime<Utc>) -> bool {
    Operator::new(user.clone(), tree, now).is_owner()
}

#[cfg(test)]
mod tests {
    use reinvite_domain::{Group, GroupId, Status, UserId};

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

    #[test]
    fn an_owner_is_lost_by_role_status_validity_group_and_deletion() {
        let tree = tree(vec![Role::Owner]);
        let by_group = User {
            roles: vec![],
            groups: vec![GroupId::new("board").unwrap()],
            ..owner()
        };

        let lost = |before: &User, after: Option<&User>| {
            !users_losing_owner(&[(before, after)], &tree, NOW).is_empty()
        };

        assert!(lost(&owner(), None));
        assert!(lost(
            &owner(),
            Some(&User {
                roles: vec![Role::TemplateManager],
                ..owner()
            })
        ));
        assert!(lost(
            &owner(),
            Some(&User {
                status: Status::Suspended,
                ..owner()
            })
        ));
        assert!(lost(
            &owner(),
            Some(&User {
                valid_until: Some(NOW),
                ..owner()
            })
        ));
        assert!(lost(
            &by_group,
            Some(&User {
                groups: vec![],
                ..by_group.clone()
            })
        ));
        assert!(!lost(
            &owner(),
            Some(&User {
                display_name: Some("O".into()),
                ..owner()
            })
        ));
        assert!(!lost(&owner(), Some(&by_group)));
    }

    #[test]
    fn an_owner_who_is_not_active_or_whose_group_loses_the_role_does_not_count() {
        let kind = |owners: &[User], tree: &GroupTree| {
            require_active_owner(owners, tree, NOW).map_err(|problem| problem.kind())
        };
        let by_group = User {
            roles: vec![],
            groups: vec![GroupId::new("board").unwrap()],
            ..owner()
        };

        assert_eq!(
            kind(std::slice::from_ref(&by_group), &tree(vec![Role::Owner])),
            Ok(())
        );
        assert_eq!(
            kind(&[by_group], &tree(vec![])),
            Err(ProblemKind::LastOwner)
        );
        assert_eq!(
            kind(
                &[User {
                    status: Status::Inactive,
                    ..owner()
                }],
                &tree(vec![])
            ),
            Err(ProblemKind::LastOwner)
        );
        assert_eq!(kind(&[], &tree(vec![])), Err(ProblemKind::LastOwner));
    }
}
