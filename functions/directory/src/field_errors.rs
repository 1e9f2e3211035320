use reinvite_domain::{FieldError, Rule};

/// Collects the errors of all fields of a request.
#[derive(Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Returns the checked value of a field, or records its error.
    pub fn check<T>(&mut self, pointer: &str, checked: Result<T, Rule>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(rule) => {
                self.add(pointer, rule);
                None
            }
        }
    }

    /// Returns the checked value of a field, or records all its errors.
    pub fn check_all<T>(&mut self, checked: Result<T, Vec<FieldError>>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(errors) => {
                self.0.extend(errors);
                None
            }
        }
    }

    /// Records the error of a field.
    pub fn add(&mut self, pointer: impl Into<String>, rule: Rule) {
        self.0.push(FieldError::pointer(pointer, rule));
    }

    /// Returns the value if no field has an error.
    ///
    /// # Errors
    ///
    /// Every recorded error.
    pub fn unless_any<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.0)
        }
    }

    /// Returns every recorded error.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.0
    }
}
