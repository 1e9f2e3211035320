//! Importing users from CSV: `POST /v1/users/import`.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
};
use futures::{StreamExt, TryStreamExt, stream};
use reinvite_aws::random;
use reinvite_domain::{
    AuditAction, FieldError, ResendId, Role, User,
    import::{ImportRow, LineError, MAX_LINE_ERRORS, parse},
};
use reinvite_store::{Error, OperatorContext, UserChange, VersionedGroupTree};
use reinvite_web::{Api, Caller, Parameters, Problem, ProblemKind, body, permitted};
use serde::Serialize;

use crate::{
    answered,
    change::Outcome,
    import_plan::{Line, Plan, plan},
    last_owner,
    limits::TRIES,
    protected::{self, NEEDS_OWNER, needs_owner},
};

/// The most lines of a file, besides the header.
const MOST_LINES: usize = 5_000;
/// Users written at once.
const CONCURRENT: usize = 16;

/// How many users an import made, changed and left as they were.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    created: usize,
    updated: usize,
    unchanged: usize,
}

impl FromIterator<Outcome> for Imported {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        outcomes
            .into_iter()
            .fold(Self::default(), |mut imported, outcome| {
                match outcome {
                    Outcome::Created => imported.created += 1,
                    Outcome::Updated => imported.updated += 1,
                    Outcome::Unchanged => imported.unchanged += 1,
                }
                imported
            })
    }
}

/// `POST /v1/users/import`: everything is checked before anything is written. What a failure on the way leaves undone, the
/// same file sent again does.
pub async fn import(
    State(api): State<Arc<Api>>,
    Caller(mut context): Caller,
    mut parameters: Parameters,
    request: Request,
) -> Result<Json<Imported>, Problem> {
    permitted(
        context.operator.holds(&Role::DirectoryManager),
        "Only a directory manager or an owner may import users.",
    )?;
    let dry_run = dry_run(&mut parameters)?;
    parameters.end()?;
    let file = body(request, "text/csv").await?;
    if lines(&file) > MOST_LINES + 1 {
        return Err(Problem::new(
            ProblemKind::TooLarge,
            "The file must not have more than 5,000 lines besides its header.",
        ));
    }
    let rows = parse(&file, context.organisation.settings.time_zone)
        .map_err(|errors| Problem::lines(ProblemKind::Invalid, errors))?;
    let existing = existing(&api, &context, &rows).await?;
    for _ in 0..TRIES {
        let plan = planned(&context, &rows)?;
        let outcomes = check(&api, &context, &plan, &existing).await?;
        if dry_run {
            return Ok(Json(outcomes.into_iter().collect()));
        }
        match make_groups(&api, &context, &plan).await {
            Ok(tree) => context.tree = tree,
            Err(Error::Changed) => {
                context.tree = api.store.groups.tree(&context.organisation.id).await?;
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        return Ok(Json(
            write_all(&api, &context, plan.lines, &existing).await?,
        ));
    }
    Err(Error::Changed.into())
}

/// Writes the users, between an entry of the audit trail that tells of the beginning and one of the end.
async fn write_all(
    api: &Api,
    context: &OperatorContext,
    lines: Vec<Line>,
    existing: &HashMap<String, User>,
) -> Result<Imported, Problem> {
    let organisation = &context.organisation.id;
    let audit = context.audit(AuditAction::ImportStarted { lines: lines.len() }, random()?);
    api.store.audit_trail.put(organisation, &audit).await?;
    let writes = stream::iter(lines).map(|line| {
        let before = existing.get(&line.login_id).cloned();
        write(api, context, line, before)
    });
    let written: Vec<_> = writes.buffer_unordered(CONCURRENT).try_collect().await?;
    let (outcomes, answers): (Vec<_>, Vec<_>) = written.into_iter().unzip();
    answered::count(api, answers.into_iter().flatten()).await;
    let imported: Imported = outcomes.into_iter().collect();
    let Imported {
        created,
        updated,
        unchanged,
    } = imported;
    let audit = context.audit(
        AuditAction::ImportEnded {
            created,
            updated,
            unchanged,
        },
        random()?,
    );
    api.store.audit_trail.put(organisation, &audit).await?;
    Ok(imported)
}

fn dry_run(parameters: &mut Parameters) -> Result<bool, Problem> {
    match parameters.take("dryRun").as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            let error = FieldError::parameter("dryRun", "must be true or false");
            Err(Problem::fields(ProblemKind::Malformed, vec![error]))
        }
    }
}

/// Lines that are not empty. A line break in quotes counts, too, but no column may hold one.
fn lines(file: &[u8]) -> usize {
    file.split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !line.is_empty())
        .count()
}

/// The users of the file that there are, by login id.
async fn existing(
    api: &Api,
    context: &OperatorContext,
    rows: &[ImportRow],
) -> Result<HashMap<String, User>, Problem> {
    let organisation = &context.organisation.id;
    let login_ids: Vec<_> = rows.iter().map(|row| row.login_id.clone()).collect();
    let ids: Vec<_> = api
        .store
        .user_lists
        .ids_of_login_ids(organisation, &login_ids)
        .await?
        .into_values()
        .collect();
    let users = api
        .store
        .users
        .get_many(organisation, &ids)
        .await?
        .into_values();
    Ok(users.map(|user| (user.login_id.clone(), user)).collect())
}

fn planned(context: &OperatorContext, rows: &[ImportRow]) -> Result<Plan, Problem> {
    let seed = random()?;
    plan(rows, &context.tree.groups, context.now, seed)
        .map_err(|errors| Problem::lines(ProblemKind::Invalid, errors))
}

/// What becomes of each user, if the operator may do all of it and an owner stays.
async fn check(
    api: &Api,
    context: &OperatorContext,
    plan: &Plan,
    existing: &HashMap<String, User>,
) -> Result<Vec<Outcome>, Problem> {
    let mut outcomes = Vec::new();
    let mut changes = Vec::new();
    let mut errors = Vec::new();
    for line in &plan.lines {
        let before = existing.get(&line.login_id);
        let after = line.apply(before);
        let outcome = outcome(before, &after);
        outcomes.push(outcome);
        if outcome == Outcome::Unchanged {
            continue;
        }
        if !context.operator.is_owner() && needs_owner(before, Some(&after), &plan.tree) {
            errors.push(LineError {
                line: line.number,
                column: None,
                detail: NEEDS_OWNER.into(),
            });
        }
        changes.extend(before.map(|before| (before, after)));
    }
    errors.truncate(MAX_LINE_ERRORS);
    if !errors.is_empty() {
        return Err(Problem::lines(ProblemKind::Forbidden, errors));
    }
    let changes: Vec<_> = changes
        .iter()
        .map(|(before, after)| (*before, Some(after)))
        .collect();
    last_owner::check_users(api, context, &changes).await?;
    Ok(outcomes)
}

fn outcome(before: Option<&User>, after: &User) -> Outcome {
    match before {
        None => Outcome::Created,
        Some(before) if before == after => Outcome::Unchanged,
        Some(_) => Outcome::Updated,
    }
}

/// Makes the missing groups, and answers the tree with them.
async fn make_groups(
    api: &Api,
    context: &OperatorContext,
    plan: &Plan,
) -> Result<VersionedGroupTree, Error> {
    let mut tree = context.tree.clone();
    for group in &plan.new_groups {
        api.store
            .groups
            .put(&context.organisation.id, &tree, group, None, None)
            .await?;
        tree.groups.insert(group.clone());
        tree.version += 1;
    }
    Ok(tree)
}

/// Writes one user, and again where somebody else was faster; answers also which resend this answers.
async fn write(
    api: &Api,
    context: &OperatorContext,
    line: Line,
    mut before: Option<User>,
) -> Result<(Outcome, Option<ResendId>), Problem> {
    let organisation = &context.organisation.id;
    for _ in 0..TRIES {
        let after = line.apply(before.as_ref());
        let outcome = outcome(before.as_ref(), &after);
        if outcome == Outcome::Unchanged {
            return Ok((outcome, None));
        }
        protected::check(context, before.as_ref(), Some(&after))?;
        let changes: Vec<_> = before.iter().map(|before| (before, Some(&after))).collect();
        let owners = last_owner::check_users(api, context, &changes).await?;
        match api
            .store
            .users
            .put(
                &UserChange {
                    organisation,
                    before: before.as_ref(),
                    after: &after,
                    tree: &context.tree.groups,
                },
                owners,
                None,
            )
            .await
        {
            Ok(()) => {
                let answered = match &before {
                    Some(before) => answered::of(api, context, before, &after).await,
                    None => None,
                };
                return Ok((outcome, answered));
            }
            Err(Error::Changed | Error::LoginIdTaken) => {
                before = match api
                    .store
                    .user_lists
                    .with_login_id(organisation, &line.login_id)
                    .await?
                {
                    Some(listed) => api.store.users.get(organisation, &listed.id).await?,
                    None => None,
                };
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        assert_eq!(lines(b"login_id\r\na\r\nb\r\n"), 3);
        assert_eq!(lines(b"login_id\na\n\nb"), 3);
        assert_eq!(lines(b"login_id\ra"), 2);
        assert_eq!(lines(b""), 0);
    }
}
