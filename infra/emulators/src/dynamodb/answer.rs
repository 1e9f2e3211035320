//! The answer to a call, in AWS JSON.

use dynoxide::DynoxideError;
use http::StatusCode;

/// An answer to a call.
pub struct Answer {
    pub status: StatusCode,
    pub json: String,
}

impl Answer {
    pub const fn ok(json: String) -> Self {
        Self {
            status: StatusCode::OK,
            json,
        }
    }

    /// An error of the caller, as JSON.
    pub const fn refusal(json: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            json,
        }
    }

    pub fn error(error: &DynoxideError) -> Self {
        Self {
            status: StatusCode::from_u16(error.status_code())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            json: error.to_json(),
        }
    }
}
