//! Random bytes for secrets and their versions.

use thiserror::Error;

/// The operating system gives no random bytes.
#[derive(Debug, Error)]
#[error("the operating system gives no random bytes")]
pub struct NoRandomness(#[source] getrandom::Error);

/// Random bytes from the operating system.
#[expect(
    clippy::disallowed_methods,
    reason = "the one source of randomness in this crate"
)]
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}
