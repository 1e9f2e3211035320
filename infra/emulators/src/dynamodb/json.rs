//! Requests and answers of DynamoDB as JSON.

use dynoxide::DynoxideError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Runs a call: its request and its answer are JSON.
pub fn call<Request, Answer>(
    body: &[u8],
    run: impl FnOnce(Request) -> Result<Answer, DynoxideError>,
) -> Result<String, DynoxideError>
where
    Request: DeserializeOwned,
    Answer: Serialize,
{
    let request = serde_json::from_slice(body).map_err(|error| malformed(&error.to_string()))?;
    serde_json::to_string(&run(request)?)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// The error for a request that cannot be read. `dynoxide` marks in the text which of the two kinds it is, in the
/// words DynamoDB uses; what carries no mark is JSON of the wrong type.
fn malformed(text: &str) -> DynoxideError {
    let text = text.split(" at line ").next().unwrap_or(text);
    for mark in ["VALIDATION_REQUEST:", "VALIDATION_AS_READ:", "VALIDATION:"] {
        if let Some(message) = text.strip_prefix(mark) {
            return DynoxideError::ValidationException(message.to_owned());
        }
    }
    for mark in ["SERIALIZATION_AS_READ:", "SERIALIZATION:"] {
        if let Some(message) = text.strip_prefix(mark) {
            return DynoxideError::SerializationException(message.to_owned());
        }
    }
    if text.contains("missing field")
        || text.contains("unknown variant")
        || text.contains("AttributeValue")
    {
        return DynoxideError::ValidationException(text.to_owned());
    }
    DynoxideError::SerializationException(text.to_owned())
}

/// Reads a request of `dynoxide` from JSON.
pub fn request<Request: DeserializeOwned>(json: Value) -> Result<Request, DynoxideError> {
    serde_json::from_value(json).map_err(|error| malformed(&error.to_string()))
}

/// Writes an answer of `dynoxide` as JSON.
pub fn json_of(answer: &impl Serialize) -> Result<Value, DynoxideError> {
    serde_json::to_value(answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
