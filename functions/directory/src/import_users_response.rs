use serde::Serialize;

use crate::change_effect::ChangeEffect;
use crate::login_id_notices::LoginIdNotice;

/// The numbers of users that an import created, updated and left unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportUsersResponse {
    /// Users who did not exist.
    pub created: usize,
    /// Users of whom a field changed.
    pub updated: usize,
    /// Users of whom no field changed.
    pub unchanged: usize,
    /// Notices about new login ids, by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<LoginIdNotice>,
}

impl FromIterator<ChangeEffect> for ImportUsersResponse {
    fn from_iter<I: IntoIterator<Item = ChangeEffect>>(effects: I) -> Self {
        let mut response = Self::default();
        for effect in effects {
            match effect {
                ChangeEffect::Created => response.created += 1,
                ChangeEffect::Updated => response.updated += 1,
                ChangeEffect::Unchanged => response.unchanged += 1,
            }
        }
        response
    }
}
