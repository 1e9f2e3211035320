#![doc = include_str!("../README.md")]

pub mod contract;
mod directory;
mod document;
mod faults;
mod inspection;
mod log_capture;
mod options;
mod outbox;
mod permissions;
mod problem;
mod stored_item;
mod time;
mod world;

pub use faults::Faults;
pub use log_capture::LogCapture;
pub use options::{Tables, WorldOptions};
pub use outbox::{MailCalls, PASSING_FAULTS};
pub use problem::refusal;
pub use stored_item::StoredItem;
pub use time::{BEGINNING, instant};
pub use world::World;
