//! A user as answers show one.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use reinvite_domain::{EmailAddress, GroupId, Language, Status, User, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Problem};
use serde::Serialize;

/// A user as an operator may see one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserAnswer {
    id: UserId,
    login_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
    status: Status,
    groups: Vec<GroupPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_login_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_up_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<Tz>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_invited_at: Option<DateTime<Utc>>,
    invite_count: u32,
    suppressed: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct GroupPath {
    id: GroupId,
    path: String,
}

/// A user as the operator may see them, where these addresses are suppressed: of the groups only those in scope, with paths
/// that name only groups in scope.
pub fn shown(context: &OperatorContext, user: User, suppressed: &HashSet<String>) -> UserAnswer {
    let suppressed = user.is_suppressed(suppressed);
    of(context, user, suppressed)
}

/// One user as the operator may see them.
pub async fn answer(
    api: &Api,
    context: &OperatorContext,
    user: User,
) -> Result<UserAnswer, Problem> {
    let suppressed = api
        .store
        .suppressions
        .among(&context.organisation.id, user.email.as_ref())
        .await?;
    Ok(of(context, user, !suppressed.is_empty()))
}

fn of(context: &OperatorContext, user: User, suppressed: bool) -> UserAnswer {
    let (operator, tree) = (&context.operator, &context.tree.groups);
    let visible = |id: &GroupId| operator.group_access(id).is_some();
    let in_scope = user
        .groups
        .into_iter()
        .filter(|id| tree.get(id).is_some() && visible(id));
    let groups = in_scope
        .map(|id| GroupPath {
            path: tree.path(&id, visible),
            id,
        })
        .collect();
    UserAnswer {
        id: user.id,
        login_id: user.login_id,
        display_name: user.display_name,
        email: user.email,
        status: user.status,
        groups,
        first_login_at: user.first_login_at,
        signed_up_at: user.signed_up_at,
        valid_from: user.valid_from,
        valid_until: user.valid_until,
        language: user.language,
        time_zone: user.time_zone,
        last_invited_at: user.last_invited_at,
        invite_count: user.invite_count,
        suppressed,
    }
}

#[cfg(test)]
mod tests {
    use reinvite_domain::{
        Access, Group, GroupTree, Operator, Organisation, OrganisationId, Role, Settings,
        TemplateId,
    };
    use reinvite_store::VersionedGroupTree;
    use serde_json::json;

    use super::*;

    fn id(text: &str) -> GroupId {
        GroupId::new(text).unwrap()
    }

    fn context(roles: Vec<Role>) -> OperatorContext {
        let group = |own: &str, name: &str, parent: Option<&str>| Group {
            id: id(own),
            name: name.into(),
            parent_id: parent.map(id),
            roles: vec![],
        };
        let groups = GroupTree::new([
            group("s", "Sales", None),
            group("t", "Tokyo", Some("s")),
            group("a", "Team A", Some("t")),
            group("x", "Support", None),
        ]);
        let now = DateTime::UNIX_EPOCH;
        let user = User {
            roles,
            ..User::new(UserId::new("operator").unwrap(), "operator".into())
        };
        let settings = Settings::new(
            "en".parse().unwrap(),
            Tz::UTC,
            TemplateId::new("invitation").unwrap(),
        );
        OperatorContext {
            organisation: Organisation {
                id: OrganisationId::new("o").unwrap(),
                name: "O".into(),
                settings,
            },
            operator: Operator::new(user, &groups, now),
            tree: VersionedGroupTree { groups, version: 1 },
            now,
        }
    }

    #[test]
    fn only_groups_in_scope_are_shown_and_named() {
        let manager = context(vec![Role::GroupManager {
            group: id("t"),
            access: Access::View,
        }]);
        let mut user = User::new(UserId::new("u").unwrap(), "aiko".into());
        user.groups = vec![id("a"), id("s"), id("x")];
        user.first_login_at = Some(DateTime::UNIX_EPOCH);
        let shown = serde_json::to_value(of(&manager, user.clone(), true)).unwrap();
        let expected = json!({
            "id": "u",
            "loginId": "aiko",
            "status": "active",
            "groups": [{"id": "a", "path": "Tokyo/Team A"}],
            "firstLoginAt": "1970-01-01T00:00:00Z",
            "inviteCount": 0,
            "suppressed": true,
        });
        assert_eq!(shown, expected);
        let shown = serde_json::to_value(of(&context(vec![Role::Owner]), user, false)).unwrap();
        let paths = ["Sales/Tokyo/Team A", "Sales", "Support"];
        assert_eq!(
            shown["groups"]
                .as_array()
                .unwrap()
                .iter()
                .map(|group| &group["path"])
                .collect::<Vec<_>>(),
            paths
        );
    }
}
