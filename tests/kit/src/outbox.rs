//! Faults of a mail that belongs to no resend, and the calls at which such a mail may be lost.

use std::ops::RangeInclusive;

use reinvite_emulators::connector::{Call, Fault};

/// Faults of a function and of a service that pass.
pub const PASSING_FAULTS: [Fault; 4] = [
    Fault::EndBefore,
    Fault::EndAfter,
    Fault::LoseAnswer,
    Fault::Refuse {
        status: 500,
        code: "InternalServerError",
    },
];

/// The calls of a mail that nothing disturbs. They are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailCalls {
    /// The first call of the function that sends the mail.
    first: usize,
    /// The write after which the mail counts as sent.
    claim: usize,
    /// The call of SES.
    send: usize,
    /// The last call of the invocation that sends the mail.
    last: usize,
}

impl MailCalls {
    /// Finds the calls of the one mail in a run.
    ///
    /// # Panics
    ///
    /// Panics if no mail was sent, or none was claimed.
    #[must_use]
    pub fn of(calls: &[Call]) -> Self {
        let is_send = |call: &Call| call.operation == "SendBulkEmail";
        let Some(send) = calls.iter().position(is_send) else {
            panic!("no mail is sent: {calls:?}");
        };
        let is_own = |call: &Call| call.invocation == calls[send].invocation;
        let is_claim = |call: &Call| {
            is_own(call) && ["UpdateItem", "TransactWriteItems"].contains(&&*call.operation)
        };
        let Some(claim) = calls[..send].iter().rposition(is_claim) else {
            panic!("no mail is claimed: {calls:?}");
        };
        let is_of_sender = |call: &Call| call.function == calls[send].function;
        let first = calls.iter().position(is_of_sender).unwrap_or(send);
        let last = calls.iter().rposition(is_own).unwrap_or(send);

        Self {
            first: first + 1,
            claim: claim + 1,
            send: send + 1,
            last: last + 1,
        }
    }

    /// The calls of the function that sends the mail, until it is done with it.
    #[must_use]
    pub const fn all(&self) -> RangeInclusive<usize> {
        self.first..=self.last
    }

    /// Whether the mail may be lost by a fault at a call: it was claimed and had not left, or SES may have had it.
    #[must_use]
    pub fn may_be_lost(&self, fault: Fault, at: usize) -> bool {
        match fault {
            Fault::EndBefore | Fault::Refuse { .. } => at == self.send,
            Fault::EndAfter => at == self.claim,
            _ => false,
        }
    }
}
