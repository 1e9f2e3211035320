//! Errors of the engine as problems.

use reinvite_engine::Error;
use reinvite_web::Problem;

/// The problem that answers an error of the engine.
///
/// The caller learns of a conflict and of a reached limit. Every other error is internal.
pub fn engine_problem(error: Error) -> Problem {
    match error {
        Error::Store(error) => error.into(),
        other => Problem::internal(&other),
    }
}
