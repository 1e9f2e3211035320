//! The commands of an operator: in which state each is allowed, and which state follows.

use super::state::ResendState;

/// A command of an operator to an existing resend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResendCommand {
    /// Changes the start, before the resend starts.
    Reschedule,
    /// Pauses the resend while it is sent.
    Pause,
    /// Resumes a paused resend.
    Resume,
    /// Stops the resend for good.
    Cancel,
}

/// The resend is in a state that does not allow the command.
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
    /// Returns the state after the command; `None` if the command was already obeyed and changes
    /// nothing.
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
            (command, state) => Err(CommandNotAllowed { state, command }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    const COMMANDS: &[ResendCommand] = &[
        ResendCommand::Reschedule,
        ResendCommand::Pause,
        ResendCommand::Resume,
        ResendCommand::Cancel,
    ];

    proptest! {
        #[test]
        fn an_ended_resend_stays_ended_and_a_repeated_command_changes_nothing(
            commands in proptest::collection::vec(select(COMMANDS), 1..20),
            start in select(ResendState::ALL),
        ) {
            let mut state = start;
            for command in commands {
                let Ok(follows) = command.next_state(state) else { continue };
                let next = follows.unwrap_or(state);

                prop_assert!(!state.has_ended() || next == state, "{command:?} leaves {state:?}");
                if command != ResendCommand::Reschedule {
                    prop_assert_eq!(command.next_state(next), Ok(None), "{:?} repeated", command);
                }
                // No command starts a resend.
                prop_assert!(
                    next != ResendState::Sending
                        || matches!(state, ResendState::Sending | ResendState::Paused)
                );
                state = next;
            }
        }
    }
}
