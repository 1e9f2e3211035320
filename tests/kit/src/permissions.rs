//! The accesses of the functions in a test: each must be allowed, and a run of the whole suite can record them.

use std::{env, fs::OpenOptions, io::Write, thread};

use reinvite_local::stack::Permissions;

/// The environment variable with the file to which the accesses of all tests are added.
const RECORD: &str = "REINVITE_ACCESSES";

/// Fails the test if a function tried an access that its role does not allow, also where the code took the refusal for a
/// passing fault. Adds the accesses that were allowed to the record, if there is one.
///
/// # Panics
///
/// Panics if an access was denied, or if the record cannot be written.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment chooses the record"
)]
pub fn check(permissions: &Permissions) {
    if let Ok(record) = env::var(RECORD) {
        let accesses = permissions.allowed();
        let lines: String = accesses
            .iter()
            .map(|access| format!("{access}\n"))
            .collect();
        // One write for each world, because tests of many processes add to the file at once.
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(record)
            .and_then(|mut file| file.write_all(lines.as_bytes()))
            .unwrap_or_else(|error| panic!("the record of accesses is not written: {error}"));
    }

    let denied: Vec<String> = permissions
        .denied()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        denied.is_empty() || thread::panicking(),
        "the roles in infra/template.yaml do not allow what functions did: {denied:#?}"
    );
}
