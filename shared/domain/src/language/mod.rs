//! Languages: their tags (RFC 5646), and the choice of a template's variant for a reader.

mod lookup;
mod names;
mod registry;
mod script;
mod suggestion;
mod tag;

pub use tag::{Language, deserialize_registered};
