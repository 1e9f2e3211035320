/// Attempts at a write with optimistic locking, before the answer is 409 Conflict.
///
/// Each attempt reads again and decides again.
pub const MAX_WRITE_ATTEMPTS: usize = 5;
