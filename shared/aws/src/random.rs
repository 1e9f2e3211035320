//! The one place that asks for randomness.

/// Random bytes from the operating system, for ids, salts and keys.
#[expect(clippy::disallowed_methods, reason = "the source itself")]
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
