//! Recipient lists: written once when a resend is prepared, and never changed.

use chrono::{DateTime, Utc};
use reinvite_domain::{ExclusionReason, KeepReason, PasswordChange, ResendId, User, UserId};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{Error, keys, table::Table};

/// The recipient lists of resends.
#[derive(Clone, Debug)]
pub struct RecipientLists(pub(crate) Table);

/// A part of a selection in the order of user ids: the recipients of one chunk, and the users who
/// are excluded.
#[skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientList {
    /// The recipients of the chunk, by position.
    pub recipients: Vec<PlannedRecipient>,
    /// The excluded users.
    pub excluded: Vec<ExcludedUser>,
    /// The last user that was looked at, after whom the next list goes on; `None` in the last list.
    pub last_user_id: Option<UserId>,
}

/// A recipient as the list has them. One-letter attributes keep a list of 250 small.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedRecipient {
    /// The user.
    #[serde(rename = "u")]
    pub user: UserId,
    /// Whether the user had logged in.
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    pub had_logged_in: bool,
    /// When the user was created.
    #[serde(rename = "c")]
    pub created_at: Option<DateTime<Utc>>,
    /// The change of the user's password.
    #[serde(rename = "p", default, skip_serializing_if = "PasswordChange::is_keep")]
    pub password_change: PasswordChange,
    /// The reason why the user keeps their password although a change was requested.
    #[serde(rename = "k")]
    pub password_change_reason: Option<KeepReason>,
}

/// A selected user who is not eligible.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExcludedUser {
    /// The user, or an id that the request named.
    pub user_id: UserId,
    /// When the user was created, if the id is that of a user.
    pub user_created_at: Option<DateTime<Utc>>,
    /// The reason.
    pub reason: ExclusionReason,
}

impl ExcludedUser {
    /// Whether this is the user, and not an earlier user with the same id.
    #[must_use]
    pub fn is(&self, user: &User) -> bool {
        self.user_id == user.id && self.user_created_at == user.created_at
    }
}

impl RecipientLists {
    /// Reads the list with a number, if it has been written.
    pub async fn get(
        &self,
        resend: &ResendId,
        number: u32,
    ) -> Result<Option<RecipientList>, Error> {
        self.0.get(&keys::recipient_list(resend, number)).await
    }

    /// Reads every list of a resend that has been written, in order.
    pub async fn all(&self, resend: &ResendId) -> Result<Vec<RecipientList>, Error> {
        self.0
            .query_all(resend.as_str(), keys::RECIPIENT_LIST)
            .await
    }

    /// Writes a list if there is none with its number. A worker that loses the conditional write
    /// reads the list that the winner stored.
    pub async fn put_or_get(
        &self,
        resend: &ResendId,
        number: u32,
        list: RecipientList,
    ) -> Result<RecipientList, Error> {
        let key = keys::recipient_list(resend, number);
        if self.0.put_new(&key, &list).await? {
            return Ok(list);
        }
        let stored = self.0.get(&key).await?;
        stored.ok_or(Error::Missing("recipient list"))
    }
}
