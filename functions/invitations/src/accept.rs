//! Setting a password with a link: `POST /v1/invitations/{token}/accept`. The one call that spends it.

use axum::{
    extract::{FromRequest, Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use reinvite_aws::{Passwords, SetPasswordOutcome, UserPool, random};
use reinvite_domain::{
    AuditAction, AuditEntry, AuditId, FieldError, User, credential::CurrentCredential,
    password::check,
};
use reinvite_store::Error;
use reinvite_web::{JsonBody, Problem, ProblemKind};
use serde::Deserialize;

use crate::{
    Invitations,
    found::Found,
    page::{Page, Wrong, form, is_form},
};

/// How often a link is looked at again whose user changed meanwhile.
const TRIES: usize = 5;

/// The body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    password: String,
}

/// The fields of the page's form.
#[derive(Default, Deserialize)]
struct Typed {
    #[serde(default)]
    password: String,
    #[serde(default)]
    repeated: String,
}

/// `POST /v1/invitations/{token}/accept`: 204; from the page's form, a page, or the way to it (303).
pub async fn accept(
    State(invitations): State<Invitations>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    if is_form(&headers) {
        let typed = form(request).await;
        return invitations.accept_typed(&token, typed, &headers).await;
    }
    let accepted = async {
        let body = <JsonBody<Accept> as FromRequest<()>>::from_request(request, &()).await?;
        let found = invitations.find(&token).await?;
        invitations.set(&token, found, &body.value.password).await
    };
    match accepted.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

impl Invitations {
    async fn accept_typed(&self, token: &str, typed: Typed, headers: &HeaderMap) -> Response {
        let found = match self.find(token).await {
            Ok(found) => found,
            Err(problem) => return Page::of_problem(&problem, None).respond_to(headers),
        };
        let language = found.language().clone();
        if let Ok(user) = found.acceptable() {
            let wrong = if typed.password == typed.repeated {
                check(&typed.password, &user.login_id)
                    .err()
                    .map(Wrong::Weak)
            } else {
                Some(Wrong::NotRepeated)
            };
            if wrong.is_some() {
                return Page::form(token, wrong).respond(&language, found.subject());
            }
        }
        let Err(problem) = self.set(token, found, &typed.password).await else {
            // To the link's own page, which says that it is used: loading that again posts nothing again.
            return Redirect::to(&format!("/v1/invitations/{token}")).into_response();
        };
        match self.find(token).await {
            Ok(found) => {
                Page::of_problem(&problem, Some(token)).respond(&language, found.subject())
            }
            Err(problem) => Page::of_problem(&problem, None).respond_to(headers),
        }
    }

    /// Sets the password by a link that was found so, or says why not.
    async fn set(&self, token: &str, mut found: Found, password: &str) -> Result<(), Problem> {
        let passwords = self.passwords()?;
        let mut hashed = None;
        for _ in 0..TRIES {
            let user = found.acceptable()?;
            check(password, &user.login_id).map_err(|weak| weak_password(&weak))?;
            let written = if let Some(pool) = &passwords.user_pool {
                self.set_in_pool(pool, &found, user, password).await
            } else {
                let current = match hashed.take() {
                    Some(current) => current,
                    None => self.hashed(passwords, password)?,
                };
                let written = self
                    .store
                    .credentials
                    .accept(&found.invitation, user, Some(&current), &self.told(&found)?)
                    .await;
                hashed = Some(current);
                written.map_err(Problem::from)
            };
            match written {
                Ok(()) => return Ok(()),
                // Somebody was sooner, or the user changed: what it is good for is looked at again.
                Err(problem) if problem.kind() == ProblemKind::Conflict => {
                    found = self.find(token).await?
                }
                Err(problem) => return Err(problem),
            }
        }
        Err(Error::Changed.into())
    }

    fn hashed(&self, passwords: &Passwords, password: &str) -> Result<CurrentCredential, Problem> {
        let hash = passwords
            .hashing
            .hash(password, random()?)
            .map_err(|error| Problem::internal(&error))?;
        Ok(CurrentCredential {
            hash,
            set_at: self.clock.now(),
        })
    }

    /// In a user pool it is set first, while the link is kept from others, and spent then: a call that is cut off in between
    /// leaves a link that can be used again.
    async fn set_in_pool(
        &self,
        pool: &UserPool,
        found: &Found,
        user: &User,
        password: &str,
    ) -> Result<(), Problem> {
        if !self
            .store
            .links
            .begin_accepting(&found.invitation, self.clock.now())
            .await?
        {
            self.look(found.invitation.clone(), found.sender_profile.clone())
                .await?
                .acceptable()?;
            return Err(Problem::new(
                ProblemKind::InvitationUsed,
                "Somebody is using this link at this moment.",
            ));
        }
        match pool
            .set_password(&found.invitation.organisation, user, password, true)
            .await
        {
            Ok(SetPasswordOutcome::Done) => {
                let spent = self
                    .store
                    .credentials
                    .accept(&found.invitation, user, None, &self.told(found)?)
                    .await;
                if let Err(Error::Changed) = spent {
                    // The user changed meanwhile: whether the link is still good is looked at again.
                    self.store.links.stop_accepting(&found.invitation).await?;
                }
                Ok(spent?)
            }
            refused => {
                self.store.links.stop_accepting(&found.invitation).await?;
                match refused? {
                    SetPasswordOutcome::NoSuchUser => Err(Problem::new(
                        ProblemKind::InvitationEnded,
                        "There is no such account to log in with: ask who invited you.",
                    )),
                    _ => Err(weak_password(
                        &"does not follow the rules of the user pool for passwords",
                    )),
                }
            }
        }
    }

    /// What the audit trail says of it.
    fn told(&self, found: &Found) -> Result<AuditEntry, Problem> {
        let now = self.clock.now();
        let user_id = found.invitation.user.clone();
        let action = AuditAction::PasswordSet {
            user_id: user_id.clone(),
            issued_by: found.invitation.issued_by.clone(),
        };
        Ok(AuditEntry {
            id: AuditId::generate(now, random()?),
            at: now,
            operator: user_id,
            action,
        })
    }
}

fn weak_password(rule: &impl std::fmt::Display) -> Problem {
    Problem::fields(
        ProblemKind::WeakPassword,
        vec![FieldError::pointer("/password", rule)],
    )
}
