//! API Gateway requests: identity, paging, idempotency and problem+json; the only place with status codes.
//!
//! An HTTP function is an [`axum::Router`] over [`Api`], finished by [`router`] and asked by [`answer`]. Its handlers take
//! what a request holds through the extractors here, each of which refuses with a [`Problem`], and answer
//! `Result<_, Problem>` themselves.

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
