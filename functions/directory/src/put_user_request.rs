use chrono_tz::Tz;
use reinvite_domain::{
    FieldError, GroupId, GroupTree, Rule, User, UserId,
    user_fields::{FieldChange, UserField, check_login_id},
};
use serde::Deserialize;

use crate::check_groups::check_groups;
use crate::field_errors::FieldErrors;

/// A user in the body of `PUT /v1/users/{id}`, as the LMS has them.
///
/// An absent or null field is cleared, except `firstLoginAt`: an LMS that does not know the first
/// login must not clear it, so only null does.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutUserRequest {
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

/// `firstLoginAt`: a field that distinguishes absent from null.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Option<String>")]
enum FirstLoginAt {
    #[default]
    Absent,
    Present(Option<String>),
}

impl From<Option<String>> for FirstLoginAt {
    fn from(text: Option<String>) -> Self {
        Self::Present(text)
    }
}

/// The checked fields of a request.
#[derive(Debug)]
pub struct ParsedUser {
    login_id: String,
    changes: Vec<FieldChange>,
}

impl PutUserRequest {
    /// Checks the fields. Dates and local times are in `time_zone`.
    ///
    /// # Errors
    ///
    /// Every wrong field.
    pub fn parse(self, time_zone: Tz, tree: &GroupTree) -> Result<ParsedUser, Vec<FieldError>> {
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
        if let FirstLoginAt::Present(text) = self.first_login_at {
            fields.push((UserField::FirstLoginAt, text));
        }
        for (field, text) in fields {
            let parsed = field.parse(&text.unwrap_or_default(), time_zone);
            changes.extend(errors.check(&format!("/{}", field.name()), parsed));
        }

        errors.unless_any(ParsedUser {
            login_id: self.login_id,
            changes,
        })
    }
}

impl ParsedUser {
    /// The user as they are to be; a new user with this id if there is none.
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

fn check_group_ids(texts: &[String], tree: &GroupTree) -> Result<Vec<GroupId>, Vec<FieldError>> {
    let mut groups = Vec::new();
    let mut errors = FieldErrors::default();

    for (index, text) in texts.iter().enumerate() {
        let known = GroupId::new(&**text)
            .ok()
            .filter(|id| tree.get(id).is_some());
        let checked = known.ok_or(Rule::UnknownGroup);
        groups.extend(errors.check(&format!("/groups/{index}"), checked));
    }
    errors.check("/groups", check_groups(&groups, tree));

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
        request.parse(Tz::Asia__Tokyo, &GroupTree::new([group]))
    }

    fn put(json: &str, before: Option<&User>) -> User {
        parse(json)
            .unwrap()
            .apply(&UserId::new("u").unwrap(), before)
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
