use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use reinvite_domain::{
    Attributes, EmailAddress, GroupId, Language, MailFacts, Status, User, UserId, UserInvitation,
    Zone,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Problem};
use serde::Serialize;
use serde_with::skip_serializing_none;

/// A user in an answer to an operator.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserResponse {
    id: UserId,
    login_id: String,
    display_name: Option<String>,
    email: Option<EmailAddress>,
    status: Status,
    groups: Vec<GroupPath>,
    first_login_at: Option<DateTime<Utc>>,
    signed_up_at: Option<DateTime<Utc>>,
    valid_from: Option<DateTime<Utc>>,
    valid_until: Option<DateTime<Utc>>,
    language: Option<Language>,
    time_zone: Option<Zone>,
    last_invited_at: Option<DateTime<Utc>>,
    invite_count: u32,
    suppressed: bool,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    attributes: Attributes,
    invitation: UserInvitation,
}

/// A group with the names of the visible groups from the top down to it, joined by `/`.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct GroupPath {
    id: GroupId,
    path: String,
}

/// The facts about users that are stored beside them.
pub struct UserFacts {
    /// Suppressed addresses among those of the users, case folded.
    pub suppressed: HashSet<String>,
    /// The last invitations of users who had one.
    pub invitations: HashMap<UserId, UserInvitation>,
}

impl UserFacts {
    /// The facts about a user, as a filter asks for them.
    pub fn of(&self, user: &User) -> MailFacts {
        MailFacts {
            invitation: self.invitation(user).state,
            is_suppressed: user.is_suppressed(&self.suppressed),
        }
    }

    fn invitation(&self, user: &User) -> UserInvitation {
        self.invitations.get(&user.id).copied().unwrap_or_default()
    }
}

/// Answers one user: reads the user's last invitation and attributes, and whether the address is
/// suppressed.
pub async fn user_response(
    api: &Api,
    context: &OperatorContext,
    user: User,
) -> Result<UserResponse, Problem> {
    let organisation = &context.organisation.id;
    let facts = UserFacts {
        suppressed: api
            .store
            .suppressions
            .among(organisation, user.email.as_ref())
            .await?,
        invitations: api
            .store
            .links
            .invitations(organisation, [&user.id], context.now)
            .await?,
    };
    let attributes = api
        .store
        .user_attributes
        .of_user(organisation, &user)
        .await?;

    Ok(UserResponse::new(context, user, &facts).with_attributes(attributes))
}

impl UserResponse {
    /// Answers a user, given facts about several users.
    pub fn new(context: &OperatorContext, user: User, facts: &UserFacts) -> Self {
        let suppressed = user.is_suppressed(&facts.suppressed);
        let invitation = facts.invitation(&user);
        Self {
            id: user.id,
            login_id: user.login_id,
            display_name: user.display_name,
            email: user.email,
            status: user.status,
            groups: visible_groups(context, user.groups),
            first_login_at: user.first_login_at,
            signed_up_at: user.signed_up_at,
            valid_from: user.valid_from,
            valid_until: user.valid_until,
            language: user.language,
            time_zone: user.time_zone,
            last_invited_at: user.last_invited_at,
            invite_count: user.invite_count,
            suppressed,
            attributes: Attributes::default(),
            invitation,
        }
    }

    /// The answer with the user's attributes.
    pub fn with_attributes(self, attributes: Attributes) -> Self {
        Self { attributes, ..self }
    }
}

/// The groups in the operator's scope, with paths that name only groups in that scope.
fn visible_groups(context: &OperatorContext, groups: Vec<GroupId>) -> Vec<GroupPath> {
    let tree = &context.tree.groups;
    let is_visible = |id: &GroupId| context.operator.group_access(id).is_some();

    groups
        .into_iter()
        .filter(|id| tree.get(id).is_some() && is_visible(id))
        .map(|id| GroupPath {
            path: tree.path(&id, is_visible),
            id,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
            Zone::UTC,
            TemplateId::new("invitation").unwrap(),
        );

        OperatorContext {
            organisation: Organisation {
                id: OrganisationId::new("o").unwrap(),
                name: "O".into(),
                settings,
            },
            operator: Operator::new(user, &groups, now),
            tree: Arc::new(VersionedGroupTree { groups, version: 1 }),
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
        user.email = Some("aiko@example.com".parse().unwrap());
        let facts = UserFacts {
            suppressed: ["aiko@example.com".to_owned()].into(),
            invitations: HashMap::new(),
        };

        let response =
            serde_json::to_value(UserResponse::new(&manager, user.clone(), &facts)).unwrap();
        let expected = json!({
            "id": "u",
            "loginId": "aiko",
            "email": "aiko@example.com",
            "status": "active",
            "groups": [{"id": "a", "path": "Tokyo/Team A"}],
            "firstLoginAt": "1970-01-01T00:00:00Z",
            "inviteCount": 0,
            "suppressed": true,
            "invitation": {"state": "none"},
        });
        assert_eq!(response, expected);

        let owner = context(vec![Role::Owner]);
        let response = serde_json::to_value(UserResponse::new(&owner, user, &facts)).unwrap();
        let paths = ["Sales/Tokyo/Team A", "Sales", "Support"];
        assert_eq!(
            response["groups"]
                .as_array()
                .unwrap()
                .iter()
                .map(|group| &group["path"])
                .collect::<Vec<_>>(),
            paths
        );
    }
}
