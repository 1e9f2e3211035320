use serde::Deserialize;

/// A field of a request that distinguishes absent from null.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Option<T>", bound(deserialize = "T: Deserialize<'de>"))]
pub enum OptionalField<T> {
    /// The field is absent.
    #[default]
    Absent,
    /// The field has a value, or null.
    Present(Option<T>),
}

impl<T> From<Option<T>> for OptionalField<T> {
    fn from(value: Option<T>) -> Self {
        Self::Present(value)
    }
}

impl<T: Clone> OptionalField<T> {
    /// The value of the field, `None` for null; the other value if the field is absent.
    pub fn or_else(&self, absent: impl FnOnce() -> Option<T>) -> Option<T> {
        match self {
            Self::Absent => absent(),
            Self::Present(value) => value.clone(),
        }
    }
}
