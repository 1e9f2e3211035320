//! The contract, `infra/openapi.yaml`, beside the code.
#![expect(clippy::unwrap_used, reason = "a test fails there")]

mod answers;
mod document;
mod events;
mod integrating;
mod permissions;
