#![doc = include_str!("../README.md")]

mod api;
mod body;
mod idempotency;
mod identity;
mod identity_config;
mod json_body;
mod kind;
mod page;
mod parameters;
mod path_id;
mod precondition;
mod problem;
mod serve;

pub use api::{Api, ApiConfig};
pub use body::{MOST_BYTES, body};
pub use idempotency::{IdempotencyKey, made};
pub use identity::Caller;
pub use identity_config::{IdentityConfig, MachineClient, OperatorBy};
pub use json_body::JsonBody;
pub use kind::ProblemKind;
pub use page::{Page, cursor};
pub use parameters::Parameters;
pub use path_id::PathId;
pub use precondition::{IfMatch, etag};
pub use problem::{Problem, permitted};
pub use serve::{answer, router, run};
