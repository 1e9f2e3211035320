//! Tests and benchmarks run on this kit: the functions as they are deployed, on emulators of AWS, in one process and in
//! virtual time.
//!
//! A [`World`] is the whole stack with one organisation. [`Faults`] decide the result of each AWS call of the functions.
//! [`contract`] checks each HTTP request and answer against `infra/openapi.yaml`.

pub mod contract;
mod directory;
mod document;
mod faults;
mod inspection;
mod options;
mod problem;
mod time;
mod world;

pub use faults::Faults;
pub use options::{Tables, WorldOptions};
pub use problem::refusal;
pub use time::{BEGINNING, instant};
pub use world::World;
