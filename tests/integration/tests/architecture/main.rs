//! The layers of the workspace: arrows between crates point one way, and no two files of a crate import each other.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod cycles;
mod layers;
mod manifests;
mod modules;
mod paths;
