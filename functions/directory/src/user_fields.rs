//! A user as the LMS puts one: the body of `PUT /v1/users/{id}`.

use chrono_tz::Tz;
use reinvite_domain::{
    FieldError, GroupId, GroupTree, User, UserId,
    user_fields::{FieldChange, UserField, check_login_id},
};
use serde::Deserialize;

use crate::limits::check_groups;

/// The fields as sent. One that is absent or null is cleared, but `firstLoginAt`: an LMS that does not know it must not
/// clear it, so only null does.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserFields {
    login_id: String,
    display_name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    groups: Option<Vec<String>>,
    #[serde(default)]
    first_login_at: FirstLoginAt,
    signed_up_at: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    language: Option<String>,
    time_zone: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(from = "Option<String>")]
enum FirstLoginAt {
    #[default]
    Unchanged,
    Becomes(Option<String>),
}

impl From<Option<String>> for FirstLoginAt {
    fn from(sent: Option<String>) -> Self {
        Self::Becomes(sent)
    }
}

/// The fields understood.
#[derive(Debug)]
pub struct Understood {
    login_id: String,
    changes: Vec<FieldChange>,
}

impl UserFields {
    /// What the fields say, or everything that is wrong with them. Dates and local times are of `zone`.
    pub fn understand(self, zone: Tz, tree: &GroupTree) -> Result<Understood, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut changes = Vec::new();
        if let Err(rule) = check_login_id(&self.login_id) {
            errors.push(FieldError::pointer("/loginId", &rule));
        }
        match groups(&self.groups.unwrap_or_default(), tree) {
            Ok(groups) => changes.push(FieldChange::Groups(groups)),
            Err(wrong) => errors.extend(wrong),
        }
        let mut sent = vec![
            (UserField::DisplayName, self.display_name),
            (UserField::Email, self.email),
            (UserField::Status, self.status),
            (UserField::SignedUpAt, self.signed_up_at),
            (UserField::ValidFrom, self.valid_from),
            (UserField::ValidUntil, self.valid_until),
            (UserField::Language, self.language),
            (UserField::TimeZone, self.time_zone),
        ];
        if let FirstLoginAt::Becomes(text) = self.first_login_at {
            sent.push((UserField::FirstLoginAt, text));
        }
        for (field, text) in sent {
            match field.parse(&text.unwrap_or_default(), zone) {
                Ok(change) => changes.push(change),
                Err(rule) => {
                    errors.push(FieldError::pointer(format!("/{}", field.name()), &rule));
                }
            }
        }
        if errors.is_empty() {
            Ok(Understood {
                login_id: self.login_id,
                changes,
            })
        } else {
            Err(errors)
        }
    }
}

impl Understood {
    /// The user as it becomes; a new one of that id where there is none.
    pub fn apply(&self, id: &UserId, before: Option<&User>) -> User {
        let mut user = before
            .cloned()
            .unwrap_or_else(|| User::new(id.clone(), self.login_id.clone()));
        user.login_id.clone_from(&self.login_id);
        for change in &self.changes {
            change.clone().apply(&mut user);
        }
        user
    }
}

fn groups(sent: &[String], tree: &GroupTree) -> Result<Vec<GroupId>, Vec<FieldError>> {
    let mut groups = Vec::new();
    let mut errors = Vec::new();
    for (index, text) in sent.iter().enumerate() {
        let known = GroupId::new(&**text)
            .ok()
            .filter(|id| tree.get(id).is_some());
        let rule = "is not a group of this organisation";
        let wrong = || FieldError::pointer(format!("/groups/{index}"), rule);
        match known.ok_or_else(wrong) {
            Ok(id) => groups.push(id),
            Err(error) => errors.push(error),
        }
    }
    if let Err(rule) = check_groups(&groups, tree) {
        errors.push(FieldError::pointer("/groups", &rule));
    }
    if errors.is_empty() {
        Ok(groups)
    } else {
        Err(errors)
    }
}

#[cfg(test)]
mod tests {
    use reinvite_domain::{Group, Status, time::instant};

    use super::*;

    fn understood(json: &str) -> Result<Understood, Vec<FieldError>> {
        let group = Group {
            id: GroupId::new("g").unwrap(),
            name: "G".into(),
            parent_id: None,
            roles: vec![],
        };
        let fields: UserFields = serde_json::from_str(json).unwrap();
        fields.understand(Tz::Asia__Tokyo, &GroupTree::new([group]))
    }

    fn put(json: &str, before: Option<&User>) -> User {
        understood(json)
            .unwrap()
            .apply(&UserId::new("u").unwrap(), before)
    }

    #[test]
    fn what_is_absent_is_cleared_but_the_first_login() {
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
    fn every_wrong_field_is_told_by_its_name_in_json() {
        let errors = understood(
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
