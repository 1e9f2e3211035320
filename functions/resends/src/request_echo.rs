use reinvite_mail::{CleanedFinding, TemplateEdit};

use crate::create_request::CreateResendRequest;

/// The parts of a request to create a resend that its answer repeats, also when the request is repeated.
#[derive(Clone, Debug, Default)]
pub struct RequestEcho {
    /// The start as the request gave it.
    pub start_at: Option<String>,
    /// The findings that cleaning took out of the edit, if the request asked for it.
    pub cleaned: Option<Vec<CleanedFinding>>,
}

impl RequestEcho {
    /// Reads the request.
    pub fn new(request: &CreateResendRequest) -> Self {
        Self {
            start_at: request.start_at.clone(),
            cleaned: request.edit.as_ref().and_then(TemplateEdit::cleaned),
        }
    }
}
