//! Finds the invitation of a link, and its state now.
//!
//! Finding an invitation does not spend its link, so scanners that open the links of mails do no
//! harm.

use reinvite_domain::{Invitation, InvitationState, SenderProfile, User};
use reinvite_web::{Problem, ProblemKind};

use crate::addressee::Addressee;
use crate::function::InvitationsFunction;

/// An invitation with its user and its state now.
pub struct FoundInvitation {
    pub invitation: Invitation,
    pub state: InvitationState,
    /// `None` if the user was deleted.
    pub user: Option<User>,
    pub sender_profile: SenderProfile,
}

impl FoundInvitation {
    /// The user, if the link can set a password now.
    ///
    /// # Errors
    ///
    /// 409 for a link that was used or ended, 410 for one that has expired.
    pub fn require_valid(&self) -> Result<&User, Problem> {
        let kind = match (self.state, &self.user) {
            (InvitationState::Valid, Some(user)) => return Ok(user),
            (InvitationState::Used, _) => ProblemKind::InvitationUsed,
            (InvitationState::Expired, _) => ProblemKind::InvitationExpired,
            (InvitationState::Ended | InvitationState::Valid, _) => ProblemKind::InvitationEnded,
        };

        Err(Problem::new(
            kind,
            "Ask for a new link: POST /v1/invitations/renew.",
        ))
    }

    /// The user for whom a page about the invitation is.
    pub fn addressee(&self) -> Addressee<'_> {
        Addressee {
            user: self.user.as_ref(),
            sender_profile: &self.sender_profile,
        }
    }
}

impl InvitationsFunction {
    /// Reads a token; `None` if no key of this stage derived it.
    pub(crate) async fn read_token(&self, token: &str) -> Result<Option<Invitation>, Problem> {
        let Some(passwords) = &self.passwords else {
            return Ok(None);
        };
        let Some(record) = self.store.link_records.get(token).await? else {
            return Ok(None);
        };

        let (keyring, now) = (&passwords.keyring, self.clock.now());
        let keys = keyring.keys_with(&record.key, now).await?;
        Ok(record.verify(token, &keys))
    }

    /// Finds the invitation of a token.
    ///
    /// # Errors
    ///
    /// 404 for a forged token and for an organisation that does not exist.
    pub(crate) async fn find_invitation(&self, token: &str) -> Result<FoundInvitation, Problem> {
        let invitation = self
            .read_token(token)
            .await?
            .ok_or_else(Problem::not_found)?;
        let organisation = self
            .store
            .organisations
            .get(&invitation.organisation)
            .await?
            .ok_or_else(Problem::not_found)?;

        let sender_profile = SenderProfile::new(&organisation, &self.login_url);
        self.find_state(invitation, sender_profile).await
    }

    /// Reads the state that an invitation has now.
    pub(crate) async fn find_state(
        &self,
        invitation: Invitation,
        sender_profile: SenderProfile,
    ) -> Result<FoundInvitation, Problem> {
        let (organisation, user_id) = (&invitation.organisation, &invitation.user);
        let user = self.store.users.get(organisation, user_id).await?;
        let links = self
            .store
            .links
            .get_many(organisation, std::slice::from_ref(user_id))
            .await?;

        let links = links.get(user_id).cloned().unwrap_or_default();
        let state = invitation.state(user.as_ref(), &links, self.clock.now());
        Ok(FoundInvitation {
            invitation,
            state,
            user,
            sender_profile,
        })
    }
}
