//! Randomness for the marks of updates.

use crate::Error;

/// Random bytes from the operating system.
#[expect(
    clippy::disallowed_methods,
    reason = "a mark decides nothing: it only tells one update from another"
)]
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Error::Call {
            operation: "getrandom",
            code: None,
            source: error.into(),
        }),
    }
}
