//! Which links and temporary passwords of a user are good: those of a generation that has not ended.
//!
//! Every link carries the generation it was made in. What ends links (another address, a status that leaves `active`,
//! deletion, accepting one, a later resend that says so) raises the generation past them, and it never goes back.

use serde::{Deserialize, Serialize};

/// What happens to the links and temporary passwords of earlier invitations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlierLinks {
    /// They stay valid.
    Keep,
    /// They end.
    End,
}

/// What is known of a user's links and temporary passwords; the default where none was ever made. It outlives the user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkGenerations {
    /// Those of an earlier generation have ended.
    pub generation: u32,
    /// The lowest generation that none was ever made in; at least [`Self::generation`].
    pub next: u32,
    /// The resend, or the renewal, that made the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_by: Option<String>,
    /// The last one that a password was set with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<UsedLink>,
}

/// A link or temporary password that a password was set with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsedLink {
    /// Its generation.
    pub generation: u32,
    /// The resend, or the renewal, that made it.
    pub issued_by: String,
}

impl LinkGenerations {
    /// Whether any is good, but for its expiry.
    #[must_use]
    pub const fn any_open(&self) -> bool {
        self.generation < self.next
    }

    /// Whether one of that generation is good, but for its expiry.
    #[must_use]
    pub const fn is_open(&self, generation: u32) -> bool {
        self.generation <= generation && generation < self.next
    }

    /// The generation of a link that `maker` makes now: that of the earlier ones where they stay good, else the one behind
    /// them; for the same maker always the same.
    ///
    /// ```
    /// # use reinvite_domain::{EarlierLinks::{End, Keep}, LinkGenerations};
    /// let links = LinkGenerations { next: 1, ..LinkGenerations::default() };
    /// assert_eq!((links.generation_for("r", Keep), links.generation_for("r", End)), (0, 1));
    /// // An earlier one that ended by itself needs no ending.
    /// let ended = LinkGenerations { generation: 1, next: 1, ..LinkGenerations::default() };
    /// assert_eq!((ended.generation_for("r", Keep), ended.generation_for("r", End)), (1, 1));
    /// ```
    #[must_use]
    pub fn generation_for(&self, maker: &str, earlier: EarlierLinks) -> u32 {
        let again = self.issued_by.as_deref() == Some(maker);
        if self.any_open() && (again || earlier == EarlierLinks::Keep) {
            self.next - 1
        } else {
            self.next
        }
    }

    /// What is known once `maker` has made one of that generation.
    #[must_use]
    pub fn after_issuing(&self, generation: u32, maker: &str) -> Self {
        Self {
            next: self.next.max(generation + 1),
            issued_by: Some(maker.into()),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    /// What may happen to a user's links.
    #[derive(Clone, Debug)]
    enum Step {
        /// A mail is made by this resend, and SES takes it, or not.
        Mail {
            by: u8,
            earlier: EarlierLinks,
            taken: bool,
        },
        /// Every link ends.
        End,
    }

    fn any_step() -> impl Strategy<Value = Step> {
        let mail = (
            0..4_u8,
            select(vec![EarlierLinks::Keep, EarlierLinks::End]),
            any::<bool>(),
        );
        prop_oneof![
            4 => mail.prop_map(|(by, earlier, taken)| Step::Mail { by, earlier, taken }),
            1 => Just(Step::End),
        ]
    }

    proptest! {
        #[test]
        fn what_has_ended_never_comes_back_and_what_was_sent_last_is_good(steps in proptest::collection::vec(any_step(), 1..40)) {
            let mut links = LinkGenerations::default();
            let mut sent: Vec<(u32, String, bool)> = Vec::new();
            for step in steps {
                match step {
                    Step::Mail { by, earlier, taken } => {
                        let maker = format!("r{by}");
                        let before = links.clone();
                        let generation = links.generation_for(&maker, earlier);
                        links = links.after_issuing(generation, &maker);
                        prop_assert_eq!(links.generation_for(&maker, earlier), generation, "repeated");
                        prop_assert_eq!(links.generation, before.generation, "a mail that is not taken ends nothing");
                        if taken {
                            if earlier == EarlierLinks::End {
                                links.generation = links.generation.max(generation);
                            }
                            prop_assert!(links.is_open(generation));
                            sent.push((generation, maker, true));
                        }
                    }
                    Step::End => links.generation = links.next,
                }
                prop_assert!(links.generation <= links.next);
                for (generation, _, was_open) in &mut sent {
                    let is_open = links.is_open(*generation);
                    prop_assert!(*was_open || !is_open, "generation {generation} came back");
                    *was_open = is_open;
                }
            }
        }
    }
}
