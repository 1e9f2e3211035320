use serde::{Deserialize, Deserializer, de::Error};

/// Deserializes an optional whole number, which JSON may also write as `10.0`.
pub fn deserialize_whole_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<f64>::deserialize(deserializer)? else {
        return Ok(None);
    };

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the comparison below rejects a number that the cast changes"
    )]
    let whole = number as u32;
    if (f64::from(whole) - number).abs() < f64::EPSILON {
        Ok(Some(whole))
    } else {
        Err(D::Error::custom("must be a whole number"))
    }
}
