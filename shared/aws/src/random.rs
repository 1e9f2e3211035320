//! The one place that asks for randomness.

/// Random bytes for an id; from the operating system.
#[expect(clippy::disallowed_methods, reason = "the source itself")]
pub fn random() -> Result<[u8; 10], getrandom::Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
