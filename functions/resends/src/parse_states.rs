//! Parses the parameter `state` of a list.

use std::str::FromStr;

use reinvite_domain::{FieldError, Rule, text::listed_values};
use reinvite_web::{Problem, ProblemKind};

/// Parses states that are separated by commas. An empty text names no state.
pub fn parse_states<T: Copy + PartialEq + FromStr + Into<&'static str>>(
    text: &str,
    known: &[T],
) -> Result<Vec<T>, Problem> {
    let mut states = Vec::new();
    for name in listed_values(text) {
        let state = name.parse().map_err(|_| unknown_state(known))?;
        if !states.contains(&state) {
            states.push(state);
        }
    }
    Ok(states)
}

fn unknown_state<T: Copy + Into<&'static str>>(known: &[T]) -> Problem {
    let rule = Rule::unknown_value(known);
    Problem::fields(
        ProblemKind::Malformed,
        vec![FieldError::parameter("state", rule)],
    )
}
