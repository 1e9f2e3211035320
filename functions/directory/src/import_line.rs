use chrono::{DateTime, Utc};
use reinvite_domain::{
    Attributes, GroupId, User, UserId,
    import::{ImportRow, LineError},
    user_fields::FieldChange,
};

use crate::change_effect::ChangeEffect;
use crate::existing_users::StoredUser;
use crate::user_after::UserAfter;

/// A line of the file: the fields of one user.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// The number of the line, from 1.
    pub number: u64,
    /// The login id of the user.
    pub login_id: String,
    /// The id of the user, if the line creates them.
    pub new_id: UserId,
    changes: Vec<FieldChange>,
    last_sign_in: Option<DateTime<Utc>>,
    attributes: Vec<(String, Option<String>)>,
}

impl ImportLine {
    /// The line of a row, with the ids of its groups.
    pub fn new(row: &ImportRow, new_id: UserId, groups: Option<Vec<GroupId>>) -> Self {
        let mut changes = row.changes.clone();
        changes.extend(groups.map(FieldChange::Groups));
        Self {
            number: row.line,
            login_id: row.login_id.clone(),
            new_id,
            changes,
            last_sign_in: row.last_sign_in,
            attributes: row.attributes.clone(),
        }
    }

    /// Whether the line sets or removes attributes.
    pub fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }

    /// The user as they are to be, and the effect. Applied again, the line changes nothing.
    ///
    /// # Errors
    ///
    /// The line, if the user would have too many attributes.
    pub fn apply(
        &self,
        before: Option<&StoredUser>,
    ) -> Result<(UserAfter, ChangeEffect), LineError> {
        let mut user = before.map_or_else(
            || User::new(self.new_id.clone(), self.login_id.clone()),
            |before| before.user.clone(),
        );
        for change in &self.changes {
            change.clone().apply(&mut user);
        }
        // A user who signs in is never taken for one who never did.
        user.first_login_at = user.first_login_at.or(self.last_sign_in);

        let attributes = before.map(|before| before.attributes.clone());
        let attributes = attributes.unwrap_or_default();
        let after = self.with_attributes(user, attributes.clone())?;
        let effect = ChangeEffect::of(before.map(|before| &before.user), &attributes, &after);
        Ok((after, effect))
    }

    fn with_attributes(
        &self,
        user: User,
        mut attributes: Attributes,
    ) -> Result<UserAfter, LineError> {
        if !self.has_attributes() {
            return Ok(UserAfter::without_attributes(user));
        }

        for (name, value) in &self.attributes {
            attributes.replace(name, value.clone());
        }
        attributes
            .check_size()
            .map_err(|rule| LineError::of_line(self.number, rule))?;
        Ok(UserAfter::with_attributes(user, attributes))
    }
}
