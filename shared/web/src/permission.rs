//! The answer to an operator who lacks a permission.

use crate::{Problem, ProblemKind};

/// Rejects a call of an operator who is not permitted to make it.
///
/// `needs` tells the operator which role or permission the call needs.
///
/// # Errors
///
/// 403 if the operator is not permitted.
pub fn require_permission(is_permitted: bool, needs: &str) -> Result<(), Problem> {
    if is_permitted {
        Ok(())
    } else {
        Err(Problem::new(ProblemKind::Forbidden, needs))
    }
}
