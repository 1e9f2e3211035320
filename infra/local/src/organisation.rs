//! The sample organisation, its owner and its users.

use reinvite_domain::{OrganisationId, Zone};
use reinvite_emulators::lambda::InvokeError;
use thiserror::Error;

use crate::{
    caller::Caller,
    output::{Output, PrintError, line},
    progress,
    stack::{ORGANISATION, Stack},
    users_file::{LoadedUsers, UsersFile, UsersFileError},
};

/// The event that creates the sample organisation.
const CREATE_ORGANISATION: &str =
    include_str!("../../../events/directory/create-organisation.json");

/// The login id of the sample organisation's owner.
const OWNER: &str = "owner";

/// The users of the sample organisation, as a CSV file.
pub const SAMPLE_USERS: &[u8] = include_bytes!("../../../events/users.csv");

/// The time zone of the sample organisation, in which dates of a users file are read.
pub const TIME_ZONE: Zone = Zone::TOKYO;

/// The sample organisation cannot be made.
#[derive(Debug, Error)]
pub enum OrganisationError {
    /// The function that makes it failed.
    #[error("the organisation cannot be made")]
    Create(#[from] InvokeError),
    /// The project's event that makes it is no JSON.
    #[error("the event that makes the organisation is no JSON")]
    Event(#[from] serde_json::Error),
    /// The owner gets no token.
    #[error("there is no token for the owner: {0}")]
    Token(String),
}

/// The users cannot be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A part of the file is refused.
    #[error(transparent)]
    Users(#[from] UsersFileError),
    /// The counts cannot be printed.
    #[error("the counts cannot be printed")]
    Print(#[from] PrintError),
}

/// Creates the organisation unless it exists, and returns a token of its owner.
pub async fn create(stack: &Stack) -> Result<String, OrganisationError> {
    let event = serde_json::from_str(CREATE_ORGANISATION)?;
    stack.functions.invoke("directory", event).await?;

    let no_token = |reason: String| OrganisationError::Token(reason);
    let id = OrganisationId::new(ORGANISATION).map_err(|error| no_token(error.to_string()))?;
    let owner = stack
        .store
        .user_lists
        .with_login_id(&id, OWNER)
        .await
        .map_err(|error| no_token(error.to_string()))?
        .ok_or_else(|| no_token(format!("no user has the login id {OWNER}")))?;

    stack
        .issuer
        .token(owner.id.as_str(), ORGANISATION)
        .map_err(|error| no_token(error.to_string()))
}

/// Loads users into the organisation and prints how many were created, updated and unchanged, and which
/// lines were left out.
pub async fn load_users(
    caller: &Caller,
    users: &UsersFile,
    output: Output<'_>,
) -> Result<(), LoadError> {
    let progress = progress::bar(users.len().try_into().unwrap_or_default(), "users");
    let loaded = users.load(caller, &progress).await?;
    progress.finish_and_clear();

    let LoadedUsers {
        created,
        updated,
        unchanged,
        ..
    } = &loaded;
    let counts =
        format_args!("Users   {created} created, {updated} updated, {unchanged} unchanged");
    line(output, counts)?;
    Ok(loaded.print_skipped(output)?)
}
