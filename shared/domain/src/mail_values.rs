//! The values of a mail that depend on its recipient.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Attributes, GroupId, GroupTree, Language, Operator, ResendId, User};

/// Groups that a mail names at most: they are stored with the recipient.
const MAX_GROUPS_IN_MAIL: usize = 45;

/// The values of a mail that depend on its recipient.
#[serde_with::skip_serializing_none]
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailValues {
    /// The language of the template's variant.
    pub language: Language,
    /// The user's name.
    pub name: String,
    /// The login id.
    pub login_id: String,
    /// The address.
    pub email: String,
    /// The paths of the user's groups in the operator's scope; of many groups, the first.
    pub groups: Vec<String>,
    /// The groups of these paths, in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_ids: Vec<GroupId>,
    /// The user's attributes that the template reads, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The operator's name.
    pub operator_name: String,
    /// The number of this invitation among those of the user, from 1.
    pub invitation: u32,
    /// The inputs of the link or temporary password; `None` if the mail keeps the password.
    pub secret: Option<SecretInputs>,
}

/// The inputs of a link or temporary password besides organisation, resend and user.
///
/// With the stage key, the secret can be derived again from them; without the key, nothing follows
/// from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretInputs {
    /// The id of the stage key.
    pub key: String,
    /// The generation of the user's links.
    pub generation: u32,
    /// When the secret expires.
    pub expires_at: DateTime<Utc>,
    /// The expiry as the mail shows it.
    pub expires_shown: String,
}

impl MailValues {
    /// Returns the values of the mail of `resend` to `user`, sent for `operator`; `None` if the user
    /// has no address.
    ///
    /// The number of the invitation is the one that the user has by this resend, or will have.
    #[must_use]
    pub fn new(
        user: &User,
        resend: &ResendId,
        operator: &Operator,
        tree: &GroupTree,
        language: Language,
    ) -> Option<Self> {
        let email = user.email.as_ref()?.as_str().into();
        let is_visible = |group: &_| operator.group_access(group).is_some();
        let visible: Vec<_> = user
            .groups
            .iter()
            .filter(|group| is_visible(group))
            .take(MAX_GROUPS_IN_MAIL)
            .cloned()
            .collect();
        let is_stamped = user.last_invited_by.as_ref() == Some(resend);

        Some(Self {
            language,
            name: user.name().into(),
            login_id: user.login_id.clone(),
            email,
            groups: visible
                .iter()
                .map(|group| tree.path(group, is_visible))
                .collect(),
            group_ids: visible,
            attributes: BTreeMap::new(),
            operator_name: operator.user.name().into(),
            invitation: user.invite_count + u32::from(!is_stamped),
            secret: None,
        })
    }

    /// Returns the values with those attributes of the user that the template reads.
    #[must_use]
    pub fn with_attributes(self, attributes: &Attributes, read: &BTreeSet<String>) -> Self {
        let attributes = attributes
            .iter()
            .filter(|(name, _)| read.contains(*name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { attributes, ..self }
    }

    /// Returns the values as `reader` may see them. A reader who sees the whole organisation sees the
    /// paths as they were mailed; any other reader sees the groups in their scope, by the paths that
    /// these have now.
    #[must_use]
    pub fn shown_to(&self, reader: &Operator, tree: &GroupTree) -> Self {
        if reader.sees_organisation() {
            return self.clone();
        }

        let is_visible =
            |group: &_| tree.get(group).is_some() && reader.group_access(group).is_some();
        let group_ids: Vec<_> = self
            .group_ids
            .iter()
            .filter(|group| is_visible(group))
            .cloned()
            .collect();
        Self {
            groups: group_ids
                .iter()
                .map(|group| tree.path(group, is_visible))
                .collect(),
            group_ids,
            ..self.clone()
        }
    }
}

/// Keeps names and addresses out of logs.
impl fmt::Debug for MailValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailValues")
            .field("invitation", &self.invitation)
            .finish_non_exhaustive()
    }
}
