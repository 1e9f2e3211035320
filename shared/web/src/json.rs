//! JSON of requests, read so that an error is a rule with the place that breaks it.
//!
//! serde's own errors are sentences about Rust (`expected struct UserFields`), and serde reads an
//! array as a structure whose fields come in order. So a request is read into a [`Json`] first, and
//! the structures of the code are read from that by a deserializer of its own: it compares the type
//! of each value with the type that the structure asks for, and its errors hold a [`Rule`].
//!
//! [`Rule`]: reinvite_domain::Rule

mod deserializer;
mod error;
mod integers;
mod value;

pub(crate) use error::JsonError;
pub(crate) use value::Json;

use serde::de::DeserializeOwned;

/// Reads a text of JSON.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let json: Json = serde_json::from_slice(bytes).map_err(|error| JsonError::syntax(&error))?;
    T::deserialize(json)
}
