#![doc = include_str!("../README.md")]

mod api;
mod body;
mod claims;
mod idempotency;
mod identity;
mod identity_config;
mod if_match;
mod json;
mod json_body;
mod page;
mod parameters;
mod path_id;
mod permission;
mod problem;
mod problem_kind;
mod problem_sources;
mod put_condition;
mod router;
mod serve;

pub use api::{Api, ApiConfig};
pub use body::{MAX_BODY_BYTES, read_body};
pub use idempotency::{IdempotencyKey, created_id};
pub use identity::Caller;
pub use identity_config::{IdentityConfig, MachineClient, OperatorBy};
pub use if_match::{IfMatch, etag, stale_version};
pub use json_body::JsonBody;
pub use page::{Page, cursor};
pub use parameters::Parameters;
pub use path_id::PathId;
pub use permission::require_permission;
pub use problem::Problem;
pub use problem_kind::ProblemKind;
pub use put_condition::PutCondition;
pub use router::router;
pub use serve::{answer, run};
