//! The generations of a user's links and temporary passwords. A link is valid while its generation
//! has not ended.
//!
//! Every link carries the generation in which it was issued. Links end when the address changes, the
//! status leaves `active`, the user is deleted or sets a password, or a later resend ends them. Each
//! of these raises the generation past the links, and the generation never falls.

use serde::{Deserialize, Serialize};

/// The effect of an invitation on earlier links and temporary passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlierLinks {
    /// They stay valid.
    Keep,
    /// They end.
    End,
}

/// The generations of a user's links and temporary passwords. The default means that none was ever
/// issued. The record outlives the user.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkGenerations {
    /// The first generation that is valid: links of earlier generations have ended.
    pub generation: u32,
    /// The next unused generation; at least [`Self::generation`].
    pub next: u32,
    /// The resend or renewal that issued the last link.
    pub issued_by: Option<String>,
    /// The last link with which the user set a password.
    pub used: Option<UsedLink>,
}

/// A link or temporary password with which the user set a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsedLink {
    /// The generation.
    pub generation: u32,
    /// The resend or renewal that issued it.
    pub issued_by: String,
}

impl LinkGenerations {
    /// Whether any generation is valid. Its links may have expired.
    #[must_use]
    pub const fn any_open(&self) -> bool {
        self.generation < self.next
    }

    /// Whether this generation is valid. Its links may have expired.
    #[must_use]
    pub const fn is_open(&self, generation: u32) -> bool {
        self.generation <= generation && generation < self.next
    }

    /// Returns the generation of a link that `issuer` issues now: the current one if earlier links
    /// stay valid, otherwise the next. An issuer that repeats gets the same generation again.
    ///
    /// ```
    /// # use reinvite_domain::{EarlierLinks::{End, Keep}, LinkGenerations};
    /// let links = LinkGenerations { next: 1, ..LinkGenerations::default() };
    /// assert_eq!((links.generation_for("r", Keep), links.generation_for("r", End)), (0, 1));
    /// // Earlier links that have ended already need no new generation.
    /// let ended = LinkGenerations { generation: 1, next: 1, ..LinkGenerations::default() };
    /// assert_eq!((ended.generation_for("r", Keep), ended.generation_for("r", End)), (1, 1));
    /// ```
    #[must_use]
    pub fn generation_for(&self, issuer: &str, earlier: EarlierLinks) -> u32 {
        let is_repeated = self.issued_by.as_deref() == Some(issuer);
        if self.any_open() && (is_repeated || earlier == EarlierLinks::Keep) {
            self.next - 1
        } else {
            self.next
        }
    }

    /// Returns the record after `issuer` has issued a link of this generation.
    #[must_use]
    pub fn after_issuing(&self, generation: u32, issuer: &str) -> Self {
        Self {
            next: self.next.max(generation + 1),
            issued_by: Some(issuer.into()),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    /// A change of a user's links.
    #[derive(Clone, Debug)]
    enum Step {
        /// This resend sends a mail, which SES accepts or not.
        Mail {
            by: u8,
            earlier: EarlierLinks,
            accepted: bool,
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
            4 => mail.prop_map(|(by, earlier, accepted)| Step::Mail { by, earlier, accepted }),
            1 => Just(Step::End),
        ]
    }

    proptest! {
        #[test]
        fn an_ended_generation_never_comes_back_and_the_last_one_sent_is_valid(
            steps in proptest::collection::vec(any_step(), 1..40),
        ) {
            let mut links = LinkGenerations::default();
            let mut sent: Vec<(u32, String, bool)> = Vec::new();
            for step in steps {
                match step {
                    Step::Mail { by, earlier, accepted } => {
                        let issuer = format!("r{by}");
                        let before = links.clone();
                        let generation = links.generation_for(&issuer, earlier);
                        links = links.after_issuing(generation, &issuer);
                        let repeated = links.generation_for(&issuer, earlier);
                        prop_assert_eq!(repeated, generation, "repeated");
                        prop_assert_eq!(
                            links.generation,
                            before.generation,
                            "a mail that SES does not accept ends nothing"
                        );

                        if accepted {
                            if earlier == EarlierLinks::End {
                                links.generation = links.generation.max(generation);
                            }
                            prop_assert!(links.is_open(generation));
                            sent.push((generation, issuer, true));
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
