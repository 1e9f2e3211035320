//! Languages: their tags (RFC 5646), and the choice of a template's variant for a reader.

mod lookup;
mod registry;
mod script;
mod tag;

pub use tag::Language;
