//! The claim of a wave: only the worker that wrote it may send the wave and write its results.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::mail_inputs::MailInputs;

/// A claim older than this is abandoned: its worker sends within 10 s of the claim and waits 20 s
/// for SES.
pub const CLAIM_LIFE: TimeDelta = TimeDelta::seconds(60);

/// A worker sends its mails within this time after its claim. Later it must not send: the next
/// worker relies on it.
pub const SEND_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// The claim of a wave.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// When the wave was claimed.
    pub at: DateTime<Utc>,
    /// The positions that get a mail.
    pub send: Vec<u16>,
    /// The positions that get no mail: skipped, or not renderable.
    pub skip: Vec<u16>,
    /// The inputs of the mails, in the order of `send`; empty for a reattempt.
    #[serde(default)]
    pub inputs: Vec<MailInputs>,
    /// When the links and temporary passwords of the mails were issued: they are valid from then on.
    pub issued_at: DateTime<Utc>,
    /// The id of the stage key from which they are derived.
    pub key: Option<String>,
}

impl Claim {
    /// Returns the inputs of the mail at a position; `None` if the wave sends none there.
    #[must_use]
    pub fn inputs_of(&self, position: u16) -> Option<MailInputs> {
        let index = self.send.iter().position(|sent| *sent == position)?;
        self.inputs.get(index).copied()
    }

    /// Returns the claim without these positions, which become free again.
    #[must_use]
    pub fn without(&self, free: &[u16]) -> Self {
        let (send, inputs) = self
            .send
            .iter()
            .zip(&self.inputs)
            .filter(|(position, _)| !free.contains(position))
            .map(|(position, inputs)| (*position, *inputs))
            .unzip();

        Self {
            send,
            inputs,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_position_leaves_the_claim_with_its_inputs() {
        let inputs = |invitation| MailInputs {
            invitation,
            generation: None,
            keeps_password: false,
        };
        let claim = Claim {
            at: DateTime::UNIX_EPOCH,
            send: vec![4, 5, 6],
            skip: vec![],
            inputs: vec![inputs(1), inputs(2), inputs(3)],
            issued_at: DateTime::UNIX_EPOCH,
            key: None,
        };

        assert_eq!(claim.without(&[5]).send, [4, 6]);
        assert_eq!(claim.without(&[5]).inputs, [inputs(1), inputs(3)]);
        assert_eq!(
            (
                claim.without(&[5]).inputs.len(),
                claim.inputs_of(5).is_some(),
                claim.inputs_of(7)
            ),
            (2, true, None)
        );
    }
}
