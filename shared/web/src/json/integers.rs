use reinvite_domain::{JsonType, Rule};

use super::{Json, JsonError};

impl Json {
    /// The whole number in a range. JSON may also write it as `10.0`.
    pub(super) fn integer(&self, min: i64, max: u64) -> Result<i128, JsonError> {
        let Self::Number(number) = self else {
            return Err(JsonError::wrong_type(JsonType::Number));
        };
        let integer = number
            .as_i128()
            .or_else(|| number.as_f64().and_then(whole))
            .filter(|integer| (i128::from(min)..=i128::from(max)).contains(integer));

        integer.ok_or_else(|| JsonError::value(Rule::OutOfRange { min, max }))
    }
}

/// A number without a fraction. Above 2^53 a float does not say which whole number is meant.
fn whole(number: f64) -> Option<i128> {
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = number.fract() == 0.0 && number.abs() <= MAX_EXACT;

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number below 2^53 stays the same"
    )]
    is_whole.then_some(number as i128)
}
