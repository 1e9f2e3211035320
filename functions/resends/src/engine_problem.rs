//! Errors of the engine as problems.

use reinvite_engine::Error;
use reinvite_web::Problem;

/// A conflict or a limit is the caller's to know; every other error of the engine is internal.
pub(crate) fn engine_problem(error: Error) -> Problem {
    match error {
        Error::Store(error) => error.into(),
        other => Problem::internal(&other),
    }
}
