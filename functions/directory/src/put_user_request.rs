use std::collections::BTreeMap;

use reinvite_domain::{
    Attributes, FieldError, GroupId, GroupTree, JsonType, Rule, User, UserId, Zone,
    user_fields::{FieldChange, UserField, check_login_id},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::check_groups::check_groups;
use crate::field_errors::FieldErrors;
use crate::optional_field::OptionalField;
use crate::user_after::UserAfter;

/// A user in the body of `PUT /v1/users/{id}`, as the LMS has them.
///
/// An absent or null field is cleared, except `firstLoginAt`: an LMS that does not know the first
/// login must not clear it, so only null does. A client may send a user back as they were answered:
/// what a request cannot change is passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutUserRequest {
    login_id: String,
    display_name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    groups: Option<Vec<GroupReference>>,
    #[serde(default)]
    first_login_at: OptionalField<String>,
    signed_up_at: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    language: Option<String>,
    time_zone: Option<String>,
    attributes: Option<BTreeMap<String, Option<String>>>,
    #[serde(default, rename = "id")]
    _id: IgnoredAny,
    #[serde(default, rename = "lastInvitedAt")]
    _last_invited_at: IgnoredAny,
    #[serde(default, rename = "inviteCount")]
    _invite_count: IgnoredAny,
    #[serde(default, rename = "suppressed")]
    _suppressed: IgnoredAny,
    #[serde(default, rename = "invitation")]
    _invitation: IgnoredAny,
    #[serde(default, rename = "notices")]
    _notices: IgnoredAny,
}

/// A group of a user: its id, or the group as an answer has it, of which only the id counts.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
struct GroupReference(String);

impl TryFrom<Value> for GroupReference {
    type Error = JsonType;

    fn try_from(value: Value) -> Result<Self, JsonType> {
        let id = match value {
            Value::Object(mut group) => group.remove("id").unwrap_or_default(),
            other => other,
        };
        match id {
            Value::String(id) => Ok(Self(id)),
            _ => Err(JsonType::Text),
        }
    }
}

/// The checked fields of a request.
#[derive(Debug)]
pub struct ParsedUser {
    login_id: String,
    changes: Vec<FieldChange>,
    attributes: Attributes,
}

impl PutUserRequest {
    /// Checks the fields. Dates and local times are in `time_zone`.
    ///
    /// # Errors
    ///
    /// Every wrong field.
    pub fn parse(self, time_zone: Zone, tree: &GroupTree) -> Result<ParsedUser, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let mut changes = Vec::new();

        errors.check("/loginId", check_login_id(&self.login_id));
        let groups = check_group_ids(&self.groups.unwrap_or_default(), tree);
        changes.extend(errors.check_all(groups).map(FieldChange::Groups));

        let mut fields = vec![
            (UserField::DisplayName, self.display_name),
            (UserField::Email, self.email),
            (UserField::Status, self.status),
            (UserField::SignedUpAt, self.signed_up_at),
            (UserField::ValidFrom, self.valid_from),
            (UserField::ValidUntil, self.valid_until),
            (UserField::Language, self.language),
            (UserField::TimeZone, self.time_zone),
        ];
        if let OptionalField::Present(text) = self.first_login_at {
            fields.push((UserField::FirstLoginAt, text));
        }
        for (field, text) in fields {
            let parsed = field.parse(&text.unwrap_or_default(), time_zone);
            changes.extend(errors.check(&format!("/{}", field.name()), parsed));
        }

        let attributes = parse_attributes(self.attributes.unwrap_or_default(), &mut errors);

        errors.unless_any(ParsedUser {
            login_id: self.login_id,
            changes,
            attributes,
        })
    }
}

impl ParsedUser {
    /// The user as they are to be; a new user with this id if there is none.
    pub fn apply(&self, id: &UserId, before: Option<&User>) -> UserAfter {
        let mut user = before
            .cloned()
            .unwrap_or_else(|| User::new(id.clone(), self.login_id.clone()));

        user.login_id.clone_from(&self.login_id);
        for change in &self.changes {
            change.clone().apply(&mut user);
        }
        UserAfter::with_attributes(user, self.attributes.clone())
    }
}

/// An attribute that is null or empty is none.
fn parse_attributes(
    named: BTreeMap<String, Option<String>>,
    errors: &mut FieldErrors,
) -> Attributes {
    let mut attributes = Attributes::default();
    for (name, text) in named {
        let set = attributes.set(&name, &text.unwrap_or_default());
        let name = name.replace('~', "~0").replace('/', "~1");
        errors.check(&format!("/attributes/{name}"), set);
    }
    errors.check("/attributes", attributes.check_size());
    attributes
}

fn check_group_ids(
    named: &[GroupReference],
    tree: &GroupTree,
) -> Result<Vec<GroupId>, Vec<FieldError>> {
    let mut groups = Vec::new();
    let mut errors = FieldErrors::default();

    for (index, GroupReference(id)) in named.iter().enumerate() {
        let known = GroupId::new(&**id).ok().filter(|id| tree.get(id).is_some());
        let checked = known.ok_or(Rule::UnknownGroup);
        groups.extend(errors.check(&format!("/groups/{index}"), checked));
    }
    errors.check("/groups", check_groups(&groups));

    errors.unless_any(groups)
}

#[cfg(test)]
mod tests {
    use reinvite_domain::{Group, Status, time::instant};

    use super::*;

    fn parse(json: &str) -> Result<ParsedUser, Vec<FieldError>> {
        let group = Group {
            id: GroupId::new("g").unwrap(),
            name: "G".into(),
            parent_id: None,
            roles: vec![],
        };

        let request: PutUserRequest = serde_json::from_str(json).unwrap();
        request.parse(Zone::TOKYO, &GroupTree::new([group]))
    }

    fn put(json: &str, before: Option<&User>) -> User {
        parse(json)
            .unwrap()
            .apply(&UserId::new("u").unwrap(), before)
            .user
    }

    #[test]
    fn an_absent_field_is_cleared_except_the_first_login() {
        let full = put(
            r#"{"loginId": "a", "displayName": "A", "email": "a@example.com", "status": "suspended", "groups": ["g"],
                "firstLoginAt": "2026-01-02T00:00:00Z", "validUntil": "2026-12-31"}"#,
            None,
        );
        assert_eq!(full.valid_until, instant("2026-12-31T15:00:00Z"));
        assert_eq!((full.status, full.groups.len()), (Status::Suspended, 1));

        let invited = User {
            invite_count: 3,
            version: 7,
            ..full
        };

        let bare = put(r#"{"loginId": "b"}"#, Some(&invited));
        let expected = User {
            first_login_at: instant("2026-01-02T00:00:00Z"),
            invite_count: 3,
            version: 7,
            ..User::new(UserId::new("u").unwrap(), "b".into())
        };
        assert_eq!(bare, expected);

        assert_eq!(
            put(r#"{"loginId": "b", "firstLoginAt": null}"#, Some(&bare)).first_login_at,
            None
        );
    }

    #[test]
    fn every_wrong_field_is_reported_by_its_json_name() {
        let errors = parse(
            r#"{"loginId": " ", "email": "nowhere", "groups": ["g", "no group", "h"], "firstLoginAt": "x",
                "timeZone": "Mars"}"#,
        );

        let errors = serde_json::to_value(errors.unwrap_err()).unwrap();
        let pointers: Vec<_> = errors
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].clone())
            .collect();
        assert_eq!(
            pointers,
            [
                "/loginId",
                "/groups/1",
                "/groups/2",
                "/email",
                "/timeZone",
                "/firstLoginAt"
            ]
        );
    }
}
