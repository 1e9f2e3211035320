//! Finds the users of a preview who already wait in another resend.

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;
use futures::future::try_join_all;
use reinvite_domain::{Resend, ResendId, ResendState, User, UserId};
use reinvite_store::{Error, OperatorContext};

use crate::{find_resend::is_resend_visible, function::ResendsFunction, notice::Notice};

/// The states of a resend in which its recipients wait.
const WAITING_STATES: [ResendState; 2] = [ResendState::Preparing, ResendState::Scheduled];

/// The waiting resends of the organisation that are read, to leave out the other resends of a user.
const MAX_WAITING_RESENDS: usize = 1_000;

/// About the most entries that are compared.
const MAX_ENTRIES: usize = 2_000;

/// The users that are compared with the waiting resends. Each costs a query.
const MAX_COMPARED_USERS: usize = 1_000;

/// Users that are compared at a time.
const USERS_PER_BATCH: usize = 50;

/// The newest resends of a user that are compared.
const MAX_RESENDS_PER_USER: usize = 100;

/// The longest time of the comparison.
const MAX_COMPARISON_TIME: TimeDelta = TimeDelta::milliseconds(500);

/// The users of a preview who already wait, as far as they were compared.
#[derive(Debug, Default)]
pub struct WaitingUsers {
    users: usize,
    /// The resends in which they wait, as far as the operator may see them.
    resends: Vec<ResendId>,
    /// Whether a limit ended the comparison.
    pub is_cut_short: bool,
}

impl WaitingUsers {
    /// The notice about users who already wait.
    pub fn notice(&self) -> Option<Notice> {
        (self.users > 0).then(|| Notice::already_scheduled(self.users, &self.resends))
    }
}

/// Each compared user with the waiting resends that have the user as a recipient.
type Entries = Vec<(UserId, Vec<ResendId>)>;

/// Finds the eligible users who already wait in another resend, through the entries of each user.
///
/// The cost grows with the users up to a limit, and not with the recipients that wait.
pub async fn find_waiting_users(
    function: &ResendsFunction,
    context: &OperatorContext,
    eligible: &[User],
    within: TimeDelta,
) -> Result<WaitingUsers, Error> {
    let resends = &function.api.store.resends;
    let organisation = &context.organisation.id;
    let (waiting, more) = resends
        .ids(organisation, &WAITING_STATES, None, MAX_WAITING_RESENDS)
        .await?;
    if waiting.is_empty() {
        return Ok(WaitingUsers::default());
    }

    // If more resends wait than were read, every resend of a user may be one.
    let candidates: Option<BTreeSet<_>> = (!more).then(|| waiting.into_iter().collect());
    let candidates = candidates.as_ref();
    let (entries, is_cut_short) =
        read_entries(function, context, eligible, candidates, within).await?;

    // The index is eventually consistent: a resend may have started since.
    let found: HashSet<_> = entries.iter().flat_map(|(_, resends)| resends).collect();
    let mut waiting = resends.get_many(found.into_iter().cloned()).await?;
    waiting.retain(|resend| WAITING_STATES.contains(&resend.state));
    Ok(WaitingUsers {
        is_cut_short,
        ..count_waiting(&entries, &waiting, context)
    })
}

/// Reads the entries of users, on request only those in `candidates`, and whether a limit came first.
async fn read_entries(
    function: &ResendsFunction,
    context: &OperatorContext,
    users: &[User],
    candidates: Option<&BTreeSet<ResendId>>,
    within: TimeDelta,
) -> Result<(Entries, bool), Error> {
    let clock = &function.api.clock;
    let deadline = clock.now() + within.min(MAX_COMPARISON_TIME);
    let oldest = candidates.and_then(BTreeSet::first);
    let (mut entries, mut is_cut_short) = (Vec::new(), users.len() > MAX_COMPARED_USERS);
    let mut found = 0;

    let compared = &users[..users.len().min(MAX_COMPARED_USERS)];
    for batch in compared.chunks(USERS_PER_BATCH) {
        if clock.now() >= deadline || found >= MAX_ENTRIES {
            return Ok((entries, true));
        }
        let pages = batch.iter().map(|user| async {
            let recipients = &function.api.store.recipients;
            let organisation = &context.organisation.id;
            let limit = MAX_RESENDS_PER_USER;
            let page = recipients.resends_of_user(organisation, &user.id, oldest, limit);
            Ok::<_, Error>((user.id.clone(), page.await?))
        });

        for (user, (mut resends, more)) in try_join_all(pages).await? {
            resends.retain(|id| candidates.is_none_or(|candidates| candidates.contains(id)));
            is_cut_short |= more;
            found += resends.len();
            entries.push((user, resends));
        }
    }
    Ok((entries, is_cut_short))
}

fn count_waiting(entries: &Entries, waiting: &[Resend], context: &OperatorContext) -> WaitingUsers {
    let ids: HashSet<_> = waiting.iter().map(|resend| &resend.id).collect();
    let waits = |(_, resends): &&(UserId, Vec<ResendId>)| resends.iter().any(|id| ids.contains(id));

    let mut visible: Vec<_> = waiting
        .iter()
        .filter(|resend| is_resend_visible(resend, context))
        .map(|resend| resend.id.clone())
        .collect();
    visible.sort_by(|one, other| other.cmp(one));

    WaitingUsers {
        users: entries.iter().filter(waits).count(),
        resends: visible,
        is_cut_short: false,
    }
}
