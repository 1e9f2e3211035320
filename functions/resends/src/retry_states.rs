//! The recipients that a retry invites again.

use reinvite_domain::{
    ExclusionReason, FieldError, OutcomeReason, Recipient, RecipientState, Rule,
};
use reinvite_web::{Problem, ProblemKind};

/// Recipients that a retry may name: those in a state, or a part of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryState {
    /// The recipients in this state.
    In(RecipientState),
    /// The recipients that were skipped because the resend was cancelled.
    Cancelled,
}

/// The names of the recipients that a retry may name.
const RETRYABLE_STATES: [(&str, RetryState); 5] = [
    ("failed", RetryState::In(RecipientState::Failed)),
    ("bounced", RetryState::In(RecipientState::Bounced)),
    ("unknown", RetryState::In(RecipientState::Unknown)),
    ("skipped", RetryState::In(RecipientState::Skipped)),
    ("cancelled", RetryState::Cancelled),
];

/// The states of a retry that names none. A mail in doubt may have arrived, and a recipient who was
/// skipped had a reason, so these must be named.
const DEFAULT_STATES: [RetryState; 2] = [
    RetryState::In(RecipientState::Failed),
    RetryState::In(RecipientState::Bounced),
];

impl RetryState {
    /// The state by which the index finds the recipients.
    pub const fn indexed_state(self) -> RecipientState {
        match self {
            Self::In(state) => state,
            Self::Cancelled => RecipientState::Skipped,
        }
    }

    /// Whether a recipient is one of them.
    pub fn covers(self, recipient: &Recipient) -> bool {
        let cancelled = Some(OutcomeReason::Skipped(ExclusionReason::Cancelled));

        recipient.state == self.indexed_state()
            && (self != Self::Cancelled || recipient.reason == cancelled)
    }
}

/// Parses the states that a request names.
///
/// # Errors
///
/// Every name that is not one of [`RETRYABLE_STATES`], or an empty list.
pub fn parse_retry_states(names: Option<&[String]>) -> Result<Vec<RetryState>, Problem> {
    let Some(names) = names else {
        return Ok(DEFAULT_STATES.to_vec());
    };

    let (mut states, mut errors) = (Vec::new(), Vec::new());
    for (index, name) in names.iter().enumerate() {
        match find_state(name) {
            Some(state) => states.push(state),
            None => errors.push(unknown_state(index)),
        }
    }
    if names.is_empty() {
        errors.push(FieldError::pointer("/states", Rule::Empty));
    }

    if errors.is_empty() {
        Ok(states)
    } else {
        Err(Problem::fields(ProblemKind::Invalid, errors))
    }
}

fn find_state(name: &str) -> Option<RetryState> {
    let known = RETRYABLE_STATES
        .into_iter()
        .find(|(known, _)| *known == name);
    known.map(|(_, state)| state)
}

fn unknown_state(index: usize) -> FieldError {
    let rule = Rule::unknown_value(&RETRYABLE_STATES.map(|(name, _)| name));
    FieldError::pointer(format!("/states/{index}"), rule)
}
