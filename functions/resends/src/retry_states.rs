//! The states of recipients that a retry invites again.

use reinvite_domain::{FieldError, RecipientState, Rule};
use reinvite_web::{Problem, ProblemKind};

/// The states that a retry may name.
const RETRYABLE_STATES: [RecipientState; 3] = [
    RecipientState::Failed,
    RecipientState::Bounced,
    RecipientState::Unknown,
];

/// The states of a retry that names none. A mail in doubt may have arrived, so `unknown` must be
/// named.
const DEFAULT_STATES: [RecipientState; 2] = [RecipientState::Failed, RecipientState::Bounced];

/// Parses the states that a request names.
///
/// # Errors
///
/// Every name that is not one of [`RETRYABLE_STATES`], or an empty list.
pub fn parse_retry_states(names: Option<&[String]>) -> Result<Vec<RecipientState>, Problem> {
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

fn find_state(name: &str) -> Option<RecipientState> {
    RETRYABLE_STATES
        .into_iter()
        .find(|state| state.name() == name)
}

fn unknown_state(index: usize) -> FieldError {
    let rule = Rule::unknown_value(&RETRYABLE_STATES.map(RecipientState::name));
    FieldError::pointer(format!("/states/{index}"), rule)
}
