//! Sets a password with a link.

use reinvite_aws::{Passwords, SetPasswordOutcome, UserPool, random};
use reinvite_domain::{
    AuditAction, AuditEntry, AuditId, FieldError, Rule, User,
    credential::CurrentCredential,
    password::{OwnTexts, check},
};
use reinvite_store::{Error, Retries};
use reinvite_web::{Problem, ProblemKind};

use crate::find_invitation::FoundInvitation;
use crate::function::InvitationsFunction;

impl InvitationsFunction {
    /// Sets the password with a link that was found in this state.
    ///
    /// # Errors
    ///
    /// 409 or 410 for a link that is no longer valid; 422 for a weak password.
    pub(crate) async fn set_password(
        &self,
        token: &str,
        mut found: FoundInvitation,
        password: &str,
    ) -> Result<(), Problem> {
        let passwords = self.require_passwords()?;
        let mut hashed = None;

        let mut retries = Retries::begin();
        loop {
            let user = found.require_valid()?;
            let own = OwnTexts::new(user, &found.sender_profile.organisation_name);
            check(password, own).map_err(weak_password)?;

            let accepted = if let Some(pool) = &passwords.user_pool {
                self.set_in_pool(pool, &found, user, password).await
            } else {
                // Hashing is slow by design, so the hash is kept for the next attempt.
                if hashed.is_none() {
                    hashed = Some(self.hash(passwords, password)?);
                }
                let audit = self.audit(&found)?;
                self.store
                    .credentials
                    .accept(&found.invitation, user, hashed.as_ref(), &audit)
                    .await
                    .map_err(Problem::from)
            };

            match accepted {
                Ok(()) => return Ok(()),
                // Another request used the link, or the user changed: the state is read again.
                Err(problem) if problem.kind() == ProblemKind::Conflict => {
                    retries.wait_after_change().await?;
                }
                Err(problem) => return Err(problem),
            }
            found = self.find_invitation(token).await?;
        }
    }

    fn hash(&self, passwords: &Passwords, password: &str) -> Result<CurrentCredential, Problem> {
        let hash = passwords
            .hashing
            .hash(password, random()?)
            .map_err(|error| Problem::internal(&error))?;

        Ok(CurrentCredential {
            hash,
            set_at: self.clock.now(),
        })
    }

    /// Sets the password in the user pool, and then spends the link.
    ///
    /// The link is reserved first, so that no other request uses it. A request that is interrupted
    /// between both steps leaves a link that can be used again.
    async fn set_in_pool(
        &self,
        pool: &UserPool,
        found: &FoundInvitation,
        user: &User,
        password: &str,
    ) -> Result<(), Problem> {
        self.reserve_link(found).await?;

        let organisation = &found.invitation.organisation;
        let outcome = pool.set_password(organisation, user, password, true).await;
        if let Ok(SetPasswordOutcome::Done) = outcome {
            return self.spend_reserved_link(found, user).await;
        }

        self.store.links.stop_accepting(&found.invitation).await?;
        match outcome? {
            SetPasswordOutcome::NoSuchUser => Err(Problem::new(
                ProblemKind::InvitationEnded,
                "There is no such account to log in with: ask who invited you.",
            )),
            _ => Err(weak_password(Rule::UserPoolPolicy)),
        }
    }

    /// Reserves the link for this request.
    async fn reserve_link(&self, found: &FoundInvitation) -> Result<(), Problem> {
        let is_reserved = self
            .store
            .links
            .begin_accepting(&found.invitation, self.clock.now())
            .await?;
        if is_reserved {
            return Ok(());
        }

        self.find_state(found.invitation.clone(), found.sender_profile.clone())
            .await?
            .require_valid()?;
        Err(Problem::new(
            ProblemKind::InvitationUsed,
            "Somebody is using this link at this moment.",
        ))
    }

    /// Spends a reserved link after the user pool has the password.
    async fn spend_reserved_link(
        &self,
        found: &FoundInvitation,
        user: &User,
    ) -> Result<(), Problem> {
        let audit = self.audit(found)?;
        let spent = self
            .store
            .credentials
            .accept(&found.invitation, user, None, &audit)
            .await;

        if let Err(Error::Changed) = spent {
            // The user changed: the next attempt reads whether the link is still valid.
            self.store.links.stop_accepting(&found.invitation).await?;
        }
        Ok(spent?)
    }

    fn audit(&self, found: &FoundInvitation) -> Result<AuditEntry, Problem> {
        let now = self.clock.now();
        let user_id = found.invitation.user.clone();

        Ok(AuditEntry {
            id: AuditId::generate(now, random()?),
            at: now,
            operator: user_id.clone(),
            action: AuditAction::PasswordSet {
                user_id,
                issued_by: found.invitation.issued_by.clone(),
            },
        })
    }
}

fn weak_password(rule: impl Into<Rule>) -> Problem {
    Problem::fields(
        ProblemKind::WeakPassword,
        vec![FieldError::pointer("/password", rule)],
    )
}
