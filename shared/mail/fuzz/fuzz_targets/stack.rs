//! The stack on which the functions check and render templates.

use std::thread;

/// The stack of a thread of tokio. The main thread of a fuzz target has more, and would hide that a
/// template overflows it.
const STACK_BYTES: usize = 2 * 1024 * 1024;

/// Runs a target on such a stack. An overflow ends the process, and a panic goes on to the caller.
pub fn on_a_stack_as_lambda_gives(target: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let running = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, target)
            .expect("a thread starts");
        if running.join().is_err() {
            std::process::abort();
        }
    });
}
