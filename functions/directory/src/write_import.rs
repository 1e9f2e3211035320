use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt, stream};
use reinvite_aws::random;
use reinvite_domain::{Attributes, AuditAction, ResendId, User};
use reinvite_store::{Error, OperatorContext, Retries, UserChange};
use reinvite_web::{Api, Problem};

use crate::change_effect::ChangeEffect;
use crate::check_user_change::check_user_change;
use crate::first_login::{count_first_logins, find_answered_resend};
use crate::import_plan::ImportLine;
use crate::import_users_response::ImportUsersResponse;
use crate::mark_counts_due::mark_counts_due;
use crate::user_after::UserAfter;

/// Users that are written in parallel.
const PARALLEL_WRITES: usize = 16;

/// A user who was written, and the resend whose invitation they answered.
struct WrittenUser {
    effect: ChangeEffect,
    answered_resend: Option<ResendId>,
}

/// Writes the users, between an audit entry for the start and one for the end of the import.
pub async fn write_import(
    api: &Api,
    context: &OperatorContext,
    lines: Vec<ImportLine>,
    existing: &HashMap<String, User>,
) -> Result<ImportUsersResponse, Problem> {
    write_audit_entry(
        api,
        context,
        AuditAction::ImportStarted { lines: lines.len() },
    )
    .await?;

    mark_counts_of_lines(api, context, &lines, existing).await?;
    let written: Vec<WrittenUser> = stream::iter(lines)
        .map(|line| {
            let before = existing.get(&line.login_id).cloned();
            write_line(api, context, line, before)
        })
        .buffer_unordered(PARALLEL_WRITES)
        .try_collect()
        .await?;
    let response: ImportUsersResponse = written.iter().map(|user| user.effect).collect();

    let answered_resends = written.into_iter().filter_map(|user| user.answered_resend);
    count_first_logins(api, answered_resends).await;

    let ended = AuditAction::ImportEnded {
        created: response.created,
        updated: response.updated,
        unchanged: response.unchanged,
    };
    write_audit_entry(api, context, ended).await?;
    Ok(response)
}

async fn mark_counts_of_lines(
    api: &Api,
    context: &OperatorContext,
    lines: &[ImportLine],
    existing: &HashMap<String, User>,
) -> Result<(), Problem> {
    let changes: Vec<(Option<&User>, User)> = lines
        .iter()
        .map(|line| {
            let before = existing.get(&line.login_id);
            (before, line.apply(before))
        })
        .collect();
    let changes: Vec<_> = changes
        .iter()
        .map(|(before, after)| (*before, Some(after)))
        .collect();
    Ok(mark_counts_due(api, context, &changes).await?)
}

async fn write_audit_entry(
    api: &Api,
    context: &OperatorContext,
    action: AuditAction,
) -> Result<(), Problem> {
    let audit = context.audit(action, random()?);
    let organisation = &context.organisation.id;
    Ok(api.store.audit_trail.put(organisation, &audit).await?)
}

/// Writes the user of a line, with optimistic locking.
async fn write_line(
    api: &Api,
    context: &OperatorContext,
    line: ImportLine,
    mut before: Option<User>,
) -> Result<WrittenUser, Problem> {
    let mut retries = Retries::begin();
    loop {
        let planned = UserAfter::without_attributes(line.apply(before.as_ref()));
        let effect = ChangeEffect::of(before.as_ref(), &Attributes::default(), &planned);
        let after = planned.user;
        if effect == ChangeEffect::Unchanged {
            return Ok(WrittenUser {
                effect,
                answered_resend: None,
            });
        }

        let owners = check_user_change(api, context, before.as_ref(), Some(&after)).await?;
        let change = UserChange {
            organisation: &context.organisation.id,
            before: before.as_ref(),
            after: &after,
            attributes: None,
            tree: &context.tree.groups,
            now: context.now,
        };
        match api.store.users.put(&change, owners, None).await {
            Ok(()) => {
                let before = before.as_ref();
                return Ok(WrittenUser {
                    effect,
                    answered_resend: find_answered_resend(api, context, before, &after).await,
                });
            }
            Err(Error::Changed | Error::LoginIdTaken) => retries.wait_after_change().await?,
            Err(error) => return Err(error.into()),
        }

        before = read_user_of_line(api, context, &line).await?;
        let after = line.apply(before.as_ref());
        mark_counts_due(api, context, &[(before.as_ref(), Some(&after))]).await?;
    }
}

async fn read_user_of_line(
    api: &Api,
    context: &OperatorContext,
    line: &ImportLine,
) -> Result<Option<User>, Problem> {
    let organisation = &context.organisation.id;
    let listed = api
        .store
        .user_lists
        .with_login_id(organisation, &line.login_id)
        .await?;

    match listed {
        Some(listed) => Ok(api.store.users.get(organisation, &listed.id).await?),
        None => Ok(None),
    }
}
