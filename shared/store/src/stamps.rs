//! Stamps of users: the last invitation, written before its mail and taken back if the mail did not leave.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use reinvite_domain::{OrganisationId, ResendId, User};

use crate::{
    Error, Users,
    attribute::{number, text, value},
    keys,
    statements::StatementUpdate,
};

/// The attribute that counts invitations that were taken back.
const TAKEN_BACK: &str = "invitationsTakenBack";

impl Users {
    /// Stamps users with an invitation, each only if since they were read no other resend has stamped
    /// them, and no stamp was taken back; answers for each whether the stamp is there.
    ///
    /// A user whom this resend has stamped before keeps that stamp.
    pub async fn stamp(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        users: &[&User],
        now: DateTime<Utc>,
    ) -> Result<Vec<bool>, Error> {
        let is_stamped = |user: &User| user.last_invited_by.as_ref() == Some(resend);
        let statement = |user: &&User| {
            let key = keys::user(organisation, &user.id);
            let update = StatementUpdate::of(&key)
                .set("inviteCount", number(user.invite_count + 1))
                .set("lastInvitedAt", value(now)?)
                .set("lastInvitedBy", text(resend.as_str()))
                .only_if("inviteCount", number(user.invite_count))
                .only_if_still(TAKEN_BACK, taken_back(user));
            self.0.directory.update_statement(update)
        };

        let unstamped = users.iter().copied().filter(|user| !is_stamped(user));
        let unstamped: Vec<_> = unstamped.collect();
        let written = self.0.directory.execute(&unstamped, statement).await?;
        let mut written = written.into_iter();
        Ok(users
            .iter()
            .map(|user| is_stamped(user) || written.next().unwrap_or(false))
            .collect())
    }

    /// Takes the stamps of a resend back from users whose mails certainly did not leave. The users
    /// are as they were read before they were stamped; one whom another resend has stamped since
    /// stays as they are.
    ///
    /// A user who had the stamp already when read was stamped by a worker that ended. Their earlier
    /// invitation is unknown, so the stamp goes only if there was none.
    pub async fn take_stamps_back(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        users: &[&User],
    ) -> Result<(), Error> {
        let is_stamped = |user: &User| user.last_invited_by.as_ref() == Some(resend);
        let statement = |user: &&User| {
            let before = Some(user).filter(|user| !is_stamped(user));
            let count = before.map_or(0, |user| user.invite_count);
            let invited_at = before.and_then(|user| user.last_invited_at);
            let invited_by = before.and_then(|user| user.last_invited_by.as_ref());

            let key = keys::user(organisation, &user.id);
            let update = StatementUpdate::of(&key)
                .set("inviteCount", number(count))
                .set_or_remove("lastInvitedAt", invited_at.map(value).transpose()?)
                .set_or_remove("lastInvitedBy", invited_by.map(|by| text(by.as_str())))
                .set(TAKEN_BACK, number(user.invitations_taken_back + 1))
                .only_if("inviteCount", number(count + 1))
                .only_if("lastInvitedBy", text(resend.as_str()))
                .only_if_still(TAKEN_BACK, taken_back(user));
            self.0.directory.update_statement(update)
        };

        let is_restorable = |user: &&User| !is_stamped(user) || user.invite_count == 1;
        let stamped: Vec<_> = users.iter().copied().filter(is_restorable).collect();
        self.0.directory.execute(&stamped, statement).await?;
        Ok(())
    }
}

/// The value of [`TAKEN_BACK`] as the user was read.
fn taken_back(user: &User) -> Option<AttributeValue> {
    let times = user.invitations_taken_back;
    (times > 0).then(|| number(times))
}
