//! The contract, `infra/openapi.yaml`, compared with the code. The middleware of the test kit checks every other test's
//! requests and answers against it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod answers;
mod cors;
mod document;
mod events;
mod integrating;
mod permissions;
mod policies;
mod stored_formats;
