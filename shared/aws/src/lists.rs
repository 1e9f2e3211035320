//! Who a resend goes to, and who not: lists that are written once and never change.

use reinvite_domain::{ExclusionReason, KeepReason, PasswordChange, ResendId, UserId};
use serde::{Deserialize, Serialize};

use crate::{Error, Store, table::Key};

/// Who was selected, from one user id to another: the recipients of a chunk, and who is excluded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientList {
    /// The recipients of the chunk, by position.
    pub members: Vec<PlannedRecipient>,
    /// Who is not eligible.
    pub excluded: Vec<ExcludedUser>,
    /// Where the next list goes on: the last id looked at; none where no list follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<UserId>,
}

/// A recipient when it was written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedRecipient {
    /// The user.
    #[serde(rename = "u")]
    pub user: UserId,
    /// Whether the user had logged in.
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    pub had_logged_in: bool,
    /// What happens to the password.
    #[serde(rename = "p", default, skip_serializing_if = "PasswordChange::is_keep")]
    pub password_change: PasswordChange,
    /// Why nothing, where something was asked for.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub password_change_reason: Option<KeepReason>,
}

/// Who was selected and is not eligible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExcludedUser {
    /// The user, or the id somebody sent.
    pub user_id: UserId,
    /// Why.
    pub reason: ExclusionReason,
}

fn key(resend: &ResendId, number: u32) -> Key {
    Key::new(resend.as_str(), format!("list#{number:05}"))
}

impl Store {
    /// A resend's list of that number.
    pub async fn list(
        &self,
        resend: &ResendId,
        number: u32,
    ) -> Result<Option<RecipientList>, Error> {
        self.resends.get(&key(resend, number)).await
    }

    /// Every list of a resend that there is, in their order.
    pub async fn lists(&self, resend: &ResendId) -> Result<Vec<RecipientList>, Error> {
        self.resends.query_all(resend.as_str(), Some("list#")).await
    }

    /// Writes a list where there is none of that number; else answers with the one there is.
    pub async fn put_list(
        &self,
        resend: &ResendId,
        number: u32,
        list: RecipientList,
    ) -> Result<RecipientList, Error> {
        let key = key(resend, number);
        if self.resends.put_new(&key, &list).await? {
            return Ok(list);
        }
        self.resends.get(&key).await?.ok_or(Error::Conflict)
    }
}
