#![doc = include_str!("../README.md")]

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
