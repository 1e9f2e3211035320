/// Attempts at a write that every version allows. Each failure is the success of another request, so
/// as many requests at once are all taken.
pub const MAX_WRITE_ATTEMPTS: usize = 100;
