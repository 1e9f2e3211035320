//! Steering a resend: what an operator may do to one in which state, and which state follows.

use crate::ResendState;

/// What an operator does to a resend that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResendCommand {
    /// Gives it another start, before it starts.
    Reschedule,
    /// Stops it for a while, while it runs.
    Pause,
    /// Lets it go on.
    Resume,
    /// Stops it for good.
    Cancel,
}

/// A resend that is not in a state for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The resend is {}: {}.", .state.name(), rule(*.command))]
pub struct CommandNotAllowed {
    state: ResendState,
    command: ResendCommand,
}

const fn rule(command: ResendCommand) -> &'static str {
    match command {
        ResendCommand::Reschedule => "its start can be changed only before it starts",
        ResendCommand::Pause => "it can be paused only while it is sent",
        ResendCommand::Resume => "it can be resumed only while it is paused",
        ResendCommand::Cancel => "it can be cancelled only before it ends",
    }
}

impl ResendCommand {
    /// The state that follows; `None` where it was done already, and nothing changes.
    ///
    /// ```
    /// # use reinvite_domain::{ResendState, ResendCommand};
    /// assert_eq!(ResendCommand::Pause.next_state(ResendState::Sending), Ok(Some(ResendState::Paused)));
    /// assert_eq!(ResendCommand::Pause.next_state(ResendState::Paused), Ok(None));
    /// let refused = ResendCommand::Pause.next_state(ResendState::Scheduled).unwrap_err();
    /// assert_eq!(refused.to_string(), "The resend is scheduled: it can be paused only while it is sent.");
    /// ```
    pub const fn next_state(
        self,
        state: ResendState,
    ) -> Result<Option<ResendState>, CommandNotAllowed> {
        use ResendState::{Cancelled, Paused, Preparing, Scheduled, Sending};
        match (self, state) {
            (Self::Reschedule, Preparing | Scheduled) => Ok(Some(state)),
            (Self::Pause, Sending) => Ok(Some(Paused)),
            (Self::Resume, Paused) => Ok(Some(Sending)),
            (Self::Cancel, Preparing | Scheduled | Sending | Paused) => Ok(Some(Cancelled)),
            (Self::Pause, Paused) | (Self::Resume, Sending) | (Self::Cancel, Cancelled) => Ok(None),
            _ => Err(CommandNotAllowed {
                state,
                command: self,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    fn ended(state: ResendState) -> bool {
        matches!(
            state,
            ResendState::Completed | ResendState::Cancelled | ResendState::Failed
        )
    }

    proptest! {
        #[test]
        fn what_has_ended_stays_so_and_what_is_repeated_changes_nothing(
            steps in proptest::collection::vec(
                select(vec![ResendCommand::Reschedule, ResendCommand::Pause, ResendCommand::Resume, ResendCommand::Cancel]), 1..20),
            start in select(ResendState::ALL),
        ) {
            let mut state = start;
            for step in steps {
                let Ok(follows) = step.next_state(state) else { continue };
                let next = follows.unwrap_or(state);
                prop_assert!(!ended(state) || next == state, "{step:?} wakes what is {state:?}");
                if step != ResendCommand::Reschedule {
                    prop_assert_eq!(step.next_state(next), Ok(None), "{:?} repeated", step);
                }
                // Nobody starts a resend by steering it.
                prop_assert!(next != ResendState::Sending || matches!(state, ResendState::Sending | ResendState::Paused));
                state = next;
            }
        }
    }
}
