//! Notices of login ids that differ from another one only in case or width: the users look alike.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt, stream};
use reinvite_domain::{import::MAX_LINE_ERRORS, text::folded};
use reinvite_store::{Error, OperatorContext};
use reinvite_web::Api;
use serde::Serialize;
use serde_with::skip_serializing_none;

/// Login ids that are looked up in parallel.
const PARALLEL_LOOKUPS: usize = 16;

/// A notice about one login id, with the values of its sentence by name.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoginIdNotice {
    r#type: &'static str,
    /// The line of an import, from 1.
    line: Option<u64>,
    detail: String,
    values: NoticeValues,
}

/// The values of a notice's sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum NoticeValues {
    /// Two login ids that look alike.
    Similar {
        login_id: String,
        other_login_id: String,
    },
    /// The column that login ids are taken from.
    FromEmail { column: String },
}

impl LoginIdNotice {
    /// The notice that the addresses of a file are its login ids.
    pub fn from_email(column: &str) -> Self {
        Self {
            r#type: "login_id_from_email",
            line: None,
            detail: format!(
                "The file has no login ids: the addresses in the column {column} are taken as such."
            ),
            values: NoticeValues::FromEmail {
                column: column.into(),
            },
        }
    }

    fn new(line: Option<u64>, login_id: &str, other: &str) -> Self {
        Self {
            r#type: "similar_login_id",
            line,
            detail: format!(
                "The login id {login_id} differs from {other} only in case: they are two users."
            ),
            values: NoticeValues::Similar {
                login_id: login_id.into(),
                other_login_id: other.into(),
            },
        }
    }
}

/// The notice about the login id of one user.
pub async fn notice_of_login_id(
    api: &Api,
    context: &OperatorContext,
    login_id: &str,
) -> Result<Vec<LoginIdNotice>, Error> {
    let other = find_similar(api, context, login_id).await?;
    Ok(other
        .map(|other| LoginIdNotice::new(None, login_id, &other))
        .into_iter()
        .collect())
}

/// The notices about the login ids of an import's new users, which are compared with each other and
/// with those of the organisation. Each comes with its line.
pub async fn notices_of_lines(
    api: &Api,
    context: &OperatorContext,
    new_login_ids: &[(u64, String)],
) -> Result<Vec<LoginIdNotice>, Error> {
    let mut first_of: HashMap<String, &str> = HashMap::new();
    let mut notices = Vec::new();
    let mut lookups = Vec::new();
    for (line, login_id) in new_login_ids {
        if let Some(other) = first_of.get(&folded(login_id)) {
            notices.push(LoginIdNotice::new(Some(*line), login_id, other));
        } else {
            first_of.insert(folded(login_id), login_id);
            lookups.push((*line, login_id.clone()));
        }
    }

    let stored: Vec<Option<LoginIdNotice>> = stream::iter(lookups)
        .map(|(line, login_id)| async move {
            let other = find_similar(api, context, &login_id).await?;
            Ok::<_, Error>(other.map(|other| LoginIdNotice::new(Some(line), &login_id, &other)))
        })
        .buffered(PARALLEL_LOOKUPS)
        .try_collect()
        .await?;
    notices.extend(stored.into_iter().flatten());
    notices.sort_by_key(|notice| notice.line);
    notices.truncate(MAX_LINE_ERRORS);
    Ok(notices)
}

async fn find_similar(
    api: &Api,
    context: &OperatorContext,
    login_id: &str,
) -> Result<Option<String>, Error> {
    let lists = &api.store.user_lists;
    lists
        .similar_login_id(&context.organisation.id, login_id)
        .await
}
