use std::ops::RangeInclusive;

use reinvite_domain::{FieldError, Rule};

/// Collects the errors of all fields of a request.
#[derive(Default)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// The checked value of an optional field; an error is recorded.
    pub fn check<T>(&mut self, name: &str, checked: Option<Result<T, Rule>>) -> Option<T> {
        match checked? {
            Ok(value) => Some(value),
            Err(rule) => {
                self.add(name, rule);
                None
            }
        }
    }

    /// The number of an optional field, or its default; a number out of range is recorded.
    pub fn check_range(
        &mut self,
        name: &str,
        requested: Option<u32>,
        default: u32,
        range: &RangeInclusive<u32>,
    ) -> u32 {
        let value = requested.unwrap_or(default);

        if !range.contains(&value) {
            let (min, max) = range.clone().into_inner();
            self.add(
                name,
                Rule::OutOfRange {
                    min: min.into(),
                    max: max.into(),
                },
            );
        }
        value
    }

    fn add(&mut self, name: &str, rule: Rule) {
        self.0.push(FieldError::pointer(format!("/{name}"), rule));
    }
}
