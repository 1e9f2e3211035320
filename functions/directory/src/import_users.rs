//! `POST /v1/users/import`

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
};
use reinvite_aws::random;
use reinvite_domain::{
    Group, Role,
    import::{ImportFile, LineError},
};
use reinvite_store::{Error, GroupChange, OperatorContext, Retries, VersionedGroupTree};
use reinvite_web::{Api, Caller, Parameters, Problem, require_permission};

use crate::change_effect::ChangeEffect;
use crate::check_import::check_import;
use crate::existing_users::{ExistingUsers, read_existing_users};
use crate::id_sequence::IdSequence;
use crate::import_plan::{ImportPlan, RoleHolders, plan_import};
use crate::import_request::{ImportQuery, read_import_file};
use crate::import_users_response::ImportUsersResponse;
use crate::login_id_notices::{LoginIdNotice, notices_of_lines};
use crate::write_import::write_import;

/// Imports users from a CSV file.
///
/// Everything is checked before anything is written. If a write fails, the client sends the file
/// again, and the import writes the rest.
pub async fn import_users(
    State(api): State<Arc<Api>>,
    Caller(mut context): Caller,
    parameters: Parameters,
    request: Request,
) -> Result<Json<ImportUsersResponse>, Problem> {
    require_permission(
        context.operator.holds(&Role::DirectoryManager),
        "Only a directory manager or an owner may import users.",
    )?;
    let query = ImportQuery::take(parameters)?;
    let time_zone = context.organisation.settings.time_zone;
    let mut file = read_import_file(request, &query.options, time_zone).await?;
    let existing = read_existing_users(&api, &context, &file).await?;

    let on_error = query.options.on_error;
    let mut skipped = std::mem::take(&mut file.skipped);
    let mut retries = Retries::begin();
    loop {
        let mut plan = plan_rows(&context, &file, &existing)?;
        let ends_owners = check_import(&api, &context, &plan, &existing, on_error).await?;
        if !ends_owners.is_empty() {
            leave_out(&mut file, ends_owners, &mut skipped);
            continue;
        }

        let notices = notices(&api, &context, &file, &plan).await?;
        if query.is_dry_run {
            skipped.extend(plan.take_errors());
            let counts = plan.lines.iter().map(|(_, effect)| *effect).collect();
            let response = ImportUsersResponse::new(file, counts, notices);
            return Ok(Json(response.with_skipped(skipped, on_error)));
        }

        match create_groups(&api, &context, &plan.new_groups).await {
            Ok(tree) => {
                context.tree = Arc::new(tree);
                skipped.extend(plan.take_errors());
                let written = write_import(&api, &context, plan, &existing, on_error).await?;
                skipped.extend(written.skipped);
                let response = ImportUsersResponse::new(file, written.counts, notices);
                return Ok(Json(response.with_skipped(skipped, on_error)));
            }
            Err(Error::Changed) => retries.wait_after_change().await?,
            Err(error) => return Err(error.into()),
        }
        context.tree = api.store.groups.tree(&context.organisation.id).await?;
    }
}

/// Leaves lines out of a file.
fn leave_out(file: &mut ImportFile, errors: Vec<LineError>, skipped: &mut Vec<LineError>) {
    let lines: BTreeSet<u64> = errors.iter().map(|error| error.line).collect();
    file.rows.retain(|row| !lines.contains(&row.line));
    skipped.extend(errors);
}

fn plan_rows(
    context: &OperatorContext,
    file: &ImportFile,
    existing: &ExistingUsers,
) -> Result<ImportPlan, Problem> {
    let ids = IdSequence::new(context.now, random()?);
    let role_holders = if context.operator.is_owner() {
        RoleHolders::MayChange
    } else {
        RoleHolders::MayNotChange
    };
    let tree = &context.tree.groups;
    Ok(plan_import(&file.rows, tree, existing, role_holders, ids))
}

/// The notices about the login ids of a file and of its new users.
async fn notices(
    api: &Api,
    context: &OperatorContext,
    file: &ImportFile,
    plan: &ImportPlan,
) -> Result<Vec<LoginIdNotice>, Error> {
    let created: Vec<_> = plan
        .lines
        .iter()
        .filter(|(_, effect)| *effect == ChangeEffect::Created)
        .map(|(line, _)| (line.number, line.login_id.clone()))
        .collect();

    let of_file = file.login_id_from.as_deref();
    let mut notices: Vec<_> = of_file.map(LoginIdNotice::from_email).into_iter().collect();
    notices.extend(notices_of_lines(api, context, &created).await?);
    Ok(notices)
}

/// Creates the missing groups, and returns the tree with them.
async fn create_groups(
    api: &Api,
    context: &OperatorContext,
    new_groups: &[Group],
) -> Result<VersionedGroupTree, Error> {
    let organisation = &context.organisation.id;
    let mut tree = VersionedGroupTree::clone(&context.tree);

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
