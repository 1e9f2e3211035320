use reinvite_domain::{Filter, UserId};
use serde::Deserialize;

/// The selection in the body of a request: either user ids, or a filter minus user ids.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelectionRequest {
    /// The selected users.
    pub user_ids: Option<Vec<UserId>>,
    /// The filter that selects users.
    pub filter: Option<Filter>,
    /// Whether the filter is meant to select every user: it must, if the filter has no criterion.
    #[serde(default)]
    pub everyone: bool,
    /// The users that the filter leaves out.
    pub except: Option<Vec<UserId>>,
}
