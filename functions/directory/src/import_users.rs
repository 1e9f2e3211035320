//! `POST /v1/users/import`

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
};
use reinvite_aws::random;
use reinvite_domain::{Group, Role, User, import::ImportRow};
use reinvite_store::{Error, GroupChange, OperatorContext, Retries, VersionedGroupTree};
use reinvite_web::{Api, Caller, Parameters, Problem, ProblemKind, require_permission};

use crate::change_effect::ChangeEffect;
use crate::check_import::check_import;
use crate::id_sequence::IdSequence;
use crate::import_plan::{ImportPlan, plan_import};
use crate::import_rows::read_import_rows;
use crate::import_users_response::ImportUsersResponse;
use crate::login_id_notices::notices_of_lines;
use crate::write_import::write_import;

/// Imports users from a CSV file.
///
/// Everything is checked before anything is written. If a write fails, the client sends the file
/// again, and the import writes the rest.
pub async fn import_users(
    State(api): State<Arc<Api>>,
    Caller(mut context): Caller,
    mut parameters: Parameters,
    request: Request,
) -> Result<Json<ImportUsersResponse>, Problem> {
    require_permission(
        context.operator.holds(&Role::DirectoryManager),
        "Only a directory manager or an owner may import users.",
    )?;
    let is_dry_run = parameters.take_bool("dryRun")?;
    parameters.end()?;
    let rows = read_import_rows(request, context.organisation.settings.time_zone).await?;

    let existing = read_existing(&api, &context, &rows).await?;
    let mut retries = Retries::begin();
    loop {
        let plan = plan_rows(&context, &rows)?;
        let effects = check_import(&api, &context, &plan, &existing).await?;
        let notices = notices_of_lines(&api, &context, &new_login_ids(&plan, &effects)).await?;
        if is_dry_run {
            let response = effects.into_iter().collect();
            return Ok(Json(ImportUsersResponse {
                notices,
                ..response
            }));
        }

        match create_groups(&api, &context, &plan.new_groups).await {
            Ok(tree) => {
                context.tree = tree;
                let response = write_import(&api, &context, plan.lines, &existing).await?;
                return Ok(Json(ImportUsersResponse {
                    notices,
                    ..response
                }));
            }
            Err(Error::Changed) => retries.wait_after_change().await?,
            Err(error) => return Err(error.into()),
        }
        context.tree = api.store.groups.tree(&context.organisation.id).await?;
    }
}

/// Reads the users of the file who exist, by login id.
async fn read_existing(
    api: &Api,
    context: &OperatorContext,
    rows: &[ImportRow],
) -> Result<HashMap<String, User>, Problem> {
    let organisation = &context.organisation.id;
    let login_ids: Vec<_> = rows.iter().map(|row| row.login_id.clone()).collect();

    let ids = api
        .store
        .user_lists
        .ids_of_login_ids(organisation, &login_ids)
        .await?;
    let ids: Vec<_> = ids.into_values().collect();
    let users = api.store.users.get_many(organisation, &ids).await?;

    Ok(users
        .into_values()
        .map(|user| (user.login_id.clone(), user))
        .collect())
}

/// The lines that create a user, with their login ids.
fn new_login_ids(plan: &ImportPlan, effects: &[ChangeEffect]) -> Vec<(u64, String)> {
    plan.lines
        .iter()
        .zip(effects)
        .filter(|(_, effect)| **effect == ChangeEffect::Created)
        .map(|(line, _)| (line.number, line.login_id.clone()))
        .collect()
}

fn plan_rows(context: &OperatorContext, rows: &[ImportRow]) -> Result<ImportPlan, Problem> {
    let ids = IdSequence::new(context.now, random()?);
    plan_import(rows, &context.tree.groups, ids)
        .map_err(|errors| Problem::lines(ProblemKind::Invalid, errors))
}

/// Creates the missing groups, and returns the tree with them.
async fn create_groups(
    api: &Api,
    context: &OperatorContext,
    new_groups: &[Group],
) -> Result<VersionedGroupTree, Error> {
    let organisation = &context.organisation.id;
    let mut tree = context.tree.clone();

    for group in new_groups {
        let change = GroupChange {
            organisation,
            tree: &tree,
            group,
            moved: None,
            owners: None,
            audit: None,
        };
        api.store.groups.put(&change).await?;
        tree.groups.insert(group.clone());
        tree.version += 1;
    }
    Ok(tree)
}
