//! Randomness, from one place.

use crate::Error;

/// Random bytes from the operating system, for ids, salts and keys.
#[expect(clippy::disallowed_methods, reason = "the source itself")]
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Error::unmade("getrandom", error)),
    }
}
