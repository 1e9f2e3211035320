//! Reads the tags of Jinja in a template source.
//!
//! It finds positions that the engine does not report, tags that do not end, expressions that process a
//! secret, sources that would nest too deep or take too long, and values that are only copied.

mod assignments;
mod attributes;
mod blocks;
mod bounds;
mod copied_values;
mod expressions;
mod lists;
mod literals;
mod secrets;
mod segments;
mod tags;
mod unclosed;
mod unclosed_tag;
mod well_formed;

pub(crate) use assignments::find_assignment;
pub(crate) use attributes::attribute_use;
pub(crate) use bounds::find_exceeded_bound;
pub(crate) use copied_values::{ValueUse, value_use};
pub(crate) use expressions::{find_variable, sole_variable};
pub(crate) use lists::find_growing_list;
pub(crate) use secrets::{find_misused_secret, secret_tags};
pub(crate) use segments::{Segment, segments};
pub(crate) use tags::{contains_tag, marks, marks_differ, tags};
pub(crate) use unclosed::find_unclosed_tags;
pub(crate) use unclosed_tag::UnclosedTag;
