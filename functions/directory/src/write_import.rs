use futures::{StreamExt, TryStreamExt, stream};
use reinvite_aws::random;
use reinvite_domain::{
    Attributes, AuditAction, ResendId, Rule, User,
    import::{LineError, OnError},
};
use reinvite_store::{Error, OperatorContext, OwnersVersion, Retries, UserChange};
use reinvite_web::{Api, Problem, ProblemKind};

use crate::change_effect::ChangeEffect;
use crate::check_user_change::check_user_change;
use crate::existing_users::{ExistingUsers, StoredUser, read_user_again};
use crate::first_login::{count_first_logins, find_answered_resend};
use crate::import_line::ImportLine;
use crate::import_plan::ImportPlan;
use crate::import_users_response::EffectCounts;
use crate::mark_counts_due::mark_counts_due;

/// Users that are written in parallel.
const PARALLEL_WRITES: usize = 16;

/// The outcome of the writes.
#[derive(Debug)]
pub struct WrittenImport {
    /// The effects on users.
    pub counts: EffectCounts,
    /// The lines that somebody else's change made wrong, after they were checked.
    pub skipped: Vec<LineError>,
}

/// The outcome of a line.
enum LineOutcome {
    /// The user is as the line says.
    Written {
        effect: ChangeEffect,
        /// The resend whose invitation the user answered.
        answered_resend: Option<ResendId>,
    },
    /// The line has become wrong.
    Skipped(LineError),
}

/// Writes the users, between an audit entry for the start and one for the end of the import.
pub async fn write_import(
    api: &Api,
    context: &OperatorContext,
    plan: ImportPlan,
    existing: &ExistingUsers,
    on_error: OnError,
) -> Result<WrittenImport, Problem> {
    let lines: Vec<_> = plan.lines.into_iter().map(|(line, _)| line).collect();
    let started = AuditAction::ImportStarted { lines: lines.len() };
    write_audit_entry(api, context, started).await?;

    mark_counts_of_lines(api, context, &lines, existing).await?;
    let outcomes: Vec<LineOutcome> = stream::iter(lines)
        .map(|line| {
            let before = existing.get(&line.login_id).cloned();
            write_line(api, context, line, before, on_error)
        })
        .buffer_unordered(PARALLEL_WRITES)
        .try_collect()
        .await?;

    let mut effects = Vec::new();
    let mut answered_resends = Vec::new();
    let mut skipped = Vec::new();
    for outcome in outcomes {
        match outcome {
            LineOutcome::Written {
                effect,
                answered_resend,
            } => {
                effects.push(effect);
                answered_resends.extend(answered_resend);
            }
            LineOutcome::Skipped(error) => skipped.push(error),
        }
    }
    count_first_logins(api, answered_resends).await;

    let counts: EffectCounts = effects.into_iter().collect();
    let ended = AuditAction::ImportEnded {
        created: counts.created,
        updated: counts.updated,
        unchanged: counts.unchanged,
    };
    write_audit_entry(api, context, ended).await?;
    Ok(WrittenImport { counts, skipped })
}

async fn mark_counts_of_lines(
    api: &Api,
    context: &OperatorContext,
    lines: &[ImportLine],
    existing: &ExistingUsers,
) -> Result<(), Problem> {
    let changes: Vec<(Option<&User>, User)> = lines
        .iter()
        .filter_map(|line| {
            let before = existing.get(&line.login_id);
            let (after, _) = line.apply(before).ok()?;
            Some((before.map(|before| &before.user), after.user))
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
    mut stored: Option<StoredUser>,
    on_error: OnError,
) -> Result<LineOutcome, Problem> {
    let mut retries = Retries::begin();
    loop {
        let before = stored.as_ref().map(|stored| &stored.user);
        let (after, effect) = match line.apply(stored.as_ref()) {
            Ok(applied) => applied,
            Err(error) if on_error == OnError::Skip => return Ok(LineOutcome::Skipped(error)),
            Err(error) => return Err(Problem::lines(ProblemKind::Invalid, vec![error])),
        };
        if effect == ChangeEffect::Unchanged {
            return Ok(LineOutcome::Written {
                effect,
                answered_resend: None,
            });
        }

        let checked = check_user_change(api, context, before, Some(&after.user)).await;
        let owners = match of_line(checked, line.number, on_error)? {
            Ok(owners) => owners,
            Err(error) => return Ok(LineOutcome::Skipped(error)),
        };
        let no_attributes = Attributes::default();
        let attributes = stored.as_ref().map(|stored| &stored.attributes);
        let change = UserChange {
            organisation: &context.organisation.id,
            before,
            after: &after.user,
            attributes: after.changed_attributes(attributes.unwrap_or(&no_attributes)),
            tree: &context.tree.groups,
            now: context.now,
        };
        match api.store.users.put(&change, owners, None).await {
            Ok(()) => {
                return Ok(LineOutcome::Written {
                    effect,
                    answered_resend: find_answered_resend(api, context, before, &after.user).await,
                });
            }
            Err(Error::Changed | Error::LoginIdTaken) => retries.wait_after_change().await?,
            Err(error) => return Err(error.into()),
        }

        stored = read_user_again(api, context, &line.login_id, line.has_attributes()).await?;
        mark_counts_of_line(api, context, &line, stored.as_ref()).await?;
    }
}

/// Makes an error of a line out of a refusal that concerns only this line.
fn of_line(
    checked: Result<Option<OwnersVersion>, Problem>,
    line: u64,
    on_error: OnError,
) -> Result<Result<Option<OwnersVersion>, LineError>, Problem> {
    let problem = match checked {
        Ok(owners) => return Ok(Ok(owners)),
        Err(problem) if on_error == OnError::Refuse => return Err(problem),
        Err(problem) => problem,
    };
    match problem.kind() {
        ProblemKind::Forbidden => Ok(Err(LineError::of_line(line, Rule::NeedsOwner))),
        ProblemKind::LastOwner => Ok(Err(LineError::of_line(line, Rule::LastOwner))),
        _ => Err(problem),
    }
}

async fn mark_counts_of_line(
    api: &Api,
    context: &OperatorContext,
    line: &ImportLine,
    stored: Option<&StoredUser>,
) -> Result<(), Error> {
    let Ok((after, _)) = line.apply(stored) else {
        return Ok(());
    };
    let before = stored.map(|stored| &stored.user);
    mark_counts_due(api, context, &[(before, Some(&after.user))]).await
}
