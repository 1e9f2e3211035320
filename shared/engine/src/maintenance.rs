//! Maintenance: no mail leaves, and a resend that is to send mails is paused instead.
//!
//! The switch is a variable of the function and not an item of a table, because a restored table does
//! not know of the mails that left after its backup.

use reinvite_domain::{Resend, ResendTransition};

use crate::{Engine, Error};

/// Pauses a resend that is being sent, if there is maintenance; answers whether there is.
pub(crate) async fn pauses(engine: &Engine, resend: &Resend) -> Result<bool, Error> {
    if !engine.in_maintenance {
        return Ok(false);
    }

    let transition = ResendTransition::PausedForMaintenance;
    let resends = &engine.store().resends;
    if resends.change(resend, &transition, None).await?.is_some() {
        tracing::warn!(
            resend = %resend.id,
            organisation = %resend.organisation,
            "the resend is paused: there is maintenance"
        );
    }
    Ok(true)
}
