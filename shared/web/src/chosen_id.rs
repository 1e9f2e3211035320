//! Ids that a caller chooses.

use axum::{extract::FromRequestParts, http::request::Parts};
use reinvite_domain::check_chosen_id;
use serde::de::DeserializeOwned;

use crate::{PathId, Problem, parameters::invalid_parameter};

/// The id in the path of a `PUT` that may create a user, a group or a template with it.
///
/// # Errors
///
/// 400 for a text that is not an id, and for a word that paths of the API have in the place of an id.
#[derive(Clone, Debug)]
pub struct ChosenId<T>(pub T);

impl<S: Send + Sync, T: AsRef<str> + DeserializeOwned + Send> FromRequestParts<S> for ChosenId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let PathId(id) = PathId::<T>::from_request_parts(parts, state).await?;
        check_chosen_id(id.as_ref()).map_err(|rule| invalid_parameter("id", rule))?;
        Ok(Self(id))
    }
}
