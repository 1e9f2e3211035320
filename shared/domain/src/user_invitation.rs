//! The last invitation of a user that carried a secret, and its state.
//!
//! The record says when the secret expires and in which generation it was issued. Everything else follows
//! from the user's [`LinkGenerations`]: so a change that ends links needs no further write.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{IssuedInvitation, LinkGenerations, Rule};

/// The two lists of an organisation's users by their last invitation. Time moves nobody from one to
/// the other, and neither does an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum InvitationList {
    /// Invitations that were not used: pending, expired and ended ones.
    Open,
    /// Invitations that were used.
    Used,
}

/// The state of a user's last invitation.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UserInvitationState {
    /// No mail to the user carried a link or a temporary password.
    #[default]
    None,
    /// The secret is valid.
    Pending,
    /// The user has set a password since it was issued.
    Used,
    /// Its time is over.
    Expired,
    /// It ended before its time: the address changed, for example, or a later mail ended it.
    Ended,
}

/// The last invitation of a user that carried a secret.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserInvitation {
    /// The state.
    pub state: UserInvitationState,
    /// When the secret expires or expired.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the user set a password.
    pub used_at: Option<DateTime<Utc>>,
}

impl UserInvitationState {
    /// Every state, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// Parses the name of a state.
    pub fn parse(name: &str) -> Result<Self, Rule> {
        name.parse().map_err(|_| Rule::unknown_value(Self::ALL))
    }

    /// The list that has every user with an invitation in this state; `None` if none has.
    #[must_use]
    pub const fn list(self) -> Option<InvitationList> {
        match self {
            Self::None => None,
            Self::Pending | Self::Expired | Self::Ended => Some(InvitationList::Open),
            Self::Used => Some(InvitationList::Used),
        }
    }
}

impl LinkGenerations {
    /// The list that the user belongs to.
    #[must_use]
    pub fn invitation_list(&self) -> Option<InvitationList> {
        let invitation = self.invitation.as_ref()?;
        Some(if self.is_used(invitation) {
            InvitationList::Used
        } else {
            InvitationList::Open
        })
    }

    /// Whether the user has set a password since the invitation was issued.
    const fn is_used(&self, invitation: &IssuedInvitation) -> bool {
        invitation.generation < self.used_before
    }
}

impl UserInvitation {
    /// Judges the last invitation by the user's links as they are at `now`.
    #[must_use]
    pub fn of(links: &LinkGenerations, now: DateTime<Utc>) -> Self {
        let Some(invitation) = &links.invitation else {
            return Self::default();
        };

        let is_used = links.is_used(invitation);
        let state = if is_used {
            UserInvitationState::Used
        } else if invitation.generation < links.generation {
            UserInvitationState::Ended
        } else if invitation.expires_at <= now {
            UserInvitationState::Expired
        } else {
            UserInvitationState::Pending
        };
        let used = links.used.as_ref().filter(|_| is_used);
        Self {
            state,
            expires_at: Some(invitation.expires_at),
            used_at: used.and_then(|used| used.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UsedLink;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// Links of which the last was issued in generation 1 and expires at 100.
    fn links() -> LinkGenerations {
        LinkGenerations {
            next: 2,
            invitation: Some(IssuedInvitation {
                generation: 1,
                expires_at: at(100),
                issued_by: "r".into(),
            }),
            ..LinkGenerations::default()
        }
    }

    fn state(links: &LinkGenerations, now: i64) -> UserInvitationState {
        UserInvitation::of(links, at(now)).state
    }

    #[test]
    fn an_invitation_is_pending_until_just_before_it_expires() {
        assert_eq!(state(&links(), 99), UserInvitationState::Pending);
        assert_eq!(state(&links(), 100), UserInvitationState::Expired);
        assert_eq!(
            state(&LinkGenerations::default(), 0),
            UserInvitationState::None
        );
    }

    #[test]
    fn an_invitation_that_ended_or_was_used_stays_so_after_it_expires() {
        let ended = LinkGenerations {
            generation: 2,
            ..links()
        };
        let used = LinkGenerations {
            generation: 2,
            used_before: 2,
            used: Some(UsedLink {
                generation: 0,
                issued_by: "earlier".into(),
                at: Some(at(50)),
            }),
            ..links()
        };
        for now in [99, 100] {
            assert_eq!(state(&ended, now), UserInvitationState::Ended);
            assert_eq!(state(&used, now), UserInvitationState::Used);
        }
        let invitation = UserInvitation::of(&used, at(0));
        assert_eq!(invitation.used_at, Some(at(50)));
        assert_eq!(invitation.expires_at, Some(at(100)));
    }

    #[test]
    fn a_user_is_on_the_list_of_their_state_at_any_time() {
        for generation in 0..3 {
            for used_before in 0..3 {
                let links = LinkGenerations {
                    generation,
                    used_before,
                    ..links()
                };
                for now in [0, 100] {
                    assert_eq!(state(&links, now).list(), links.invitation_list());
                }
            }
        }
        assert_eq!(LinkGenerations::default().invitation_list(), None);
    }

    #[test]
    fn an_invitation_after_a_used_one_is_pending() {
        let again = LinkGenerations {
            generation: 1,
            used_before: 1,
            ..links()
        };
        assert_eq!(state(&again, 0), UserInvitationState::Pending);
        assert_eq!(UserInvitation::of(&again, at(0)).used_at, None);
    }
}
