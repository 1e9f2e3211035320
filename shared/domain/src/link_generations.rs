//! The generations of a user's links and temporary passwords. A link is valid while its generation
//! has not ended.
//!
//! Every link carries the generation in which it was issued. Links end when the address changes, the
//! status leaves `active`, the user is deleted or sets a password, or a later resend ends them. Each
//! of these raises the generation past the links, and the generation never falls.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::IssuedInvitation;

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
    /// Links of generations before this one had been issued when the user set a password last.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub used_before: u32,
    /// The last link or temporary password that was issued.
    pub invitation: Option<IssuedInvitation>,
    /// The one before it: it is the last one again if SES refuses the mail.
    pub earlier_invitation: Option<IssuedInvitation>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A link or temporary password with which the user set a password.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsedLink {
    /// The generation.
    pub generation: u32,
    /// The resend or renewal that issued it.
    pub issued_by: String,
    /// When the user set the password.
    pub at: Option<DateTime<Utc>>,
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

    /// Returns the record after a link was issued.
    #[must_use]
    pub fn after_issuing(&self, invitation: IssuedInvitation) -> Self {
        Self {
            next: self.next.max(invitation.generation + 1),
            issued_by: Some(invitation.issued_by.clone()),
            earlier_invitation: self.invitation_before(&invitation.issued_by).cloned(),
            invitation: Some(invitation),
            ..self.clone()
        }
    }

    /// Returns the record after SES refused the mail with the last link of `issuer`: the invitation
    /// before it is the last one again. `None` if another was issued last. The generations stay.
    #[must_use]
    pub fn after_refusal(&self, issuer: &str) -> Option<Self> {
        let is_last = self.invitation.as_ref()?.issued_by == issuer;
        is_last.then(|| Self {
            invitation: self.invitation_before(issuer).cloned(),
            earlier_invitation: None,
            ..self.clone()
        })
    }

    /// The last invitation that another issuer than this one issued.
    fn invitation_before(&self, issuer: &str) -> Option<&IssuedInvitation> {
        let of_another = |invitation: &&IssuedInvitation| invitation.issued_by != issuer;
        self.invitation
            .as_ref()
            .filter(of_another)
            .or(self.earlier_invitation.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    fn issued(generation: u32, issuer: &str) -> IssuedInvitation {
        IssuedInvitation {
            generation,
            expires_at: DateTime::UNIX_EPOCH,
            issued_by: issuer.into(),
        }
    }

    #[test]
    fn a_refused_mail_leaves_the_invitation_before_it_however_often_it_was_tried() {
        let first = LinkGenerations::default().after_issuing(issued(0, "first"));
        assert_eq!(
            first.after_refusal("first").unwrap().invitation,
            None,
            "none was before"
        );
        let tried = first.after_issuing(issued(1, "second"));
        let again = tried.after_issuing(issued(1, "second"));
        for links in [&tried, &again] {
            let refused = links.after_refusal("second").unwrap();
            assert_eq!(refused.invitation, first.invitation);
            assert_eq!(refused.next, 2, "the generation is not issued again");
        }
        assert_eq!(tried.after_refusal("first"), None);
    }

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
                        links = links.after_issuing(issued(generation, &issuer));
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
