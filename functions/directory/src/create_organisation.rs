//! Creates an organisation with its first owner, when the function is invoked directly.
//!
//! No HTTP call does it, so that IAM guards it.

use reinvite_aws::{Error as AwsError, random};
use reinvite_domain::{
    AuditAction, AuditEntry, AuditId, EmailAddress, FieldError, Organisation, Role, User, UserId,
};
use reinvite_store::Error as StoreError;
use reinvite_web::Api;
use serde::Serialize;
use serde_json::Value;

use crate::create_organisation_request::{CreateOrganisationRequest, describe_errors};
use crate::organisation_response::OrganisationResponse;

/// The reason why an organisation was not created. Holds no address.
#[derive(Debug, thiserror::Error)]
pub enum CreateOrganisationError {
    /// The event has another shape.
    #[error(
        "createOrganisation must be {{id, name, timeZone, language, owner: {{loginId, displayName, email, subject?}}}}"
    )]
    Shape,
    /// These fields are wrong.
    #[error("createOrganisation: {}", describe_errors(.0))]
    Invalid(Vec<FieldError>),
    /// An organisation with the id exists, and has other content.
    #[error("there is an organisation of this id with other content, or it was changed since")]
    Differs,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] AwsError),
}

/// An organisation that was created, and its owner.
#[derive(Serialize)]
pub struct CreateOrganisationResponse {
    organisation: OrganisationResponse,
    owner: OwnerResponse,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerResponse {
    id: UserId,
    login_id: String,
}

/// Creates an organisation with its first owner.
///
/// A repetition with equal content changes nothing and gets an equal answer.
pub async fn create_organisation(
    api: &Api,
    request: Value,
) -> Result<CreateOrganisationResponse, CreateOrganisationError> {
    let request: CreateOrganisationRequest =
        serde_json::from_value(request).map_err(|_| CreateOrganisationError::Shape)?;
    let random = random()?;
    let now = api.clock.now();
    let (organisation, mut owner) = request
        .into_organisation(UserId::generate(now, random))
        .map_err(CreateOrganisationError::Invalid)?;

    let audit = AuditEntry {
        id: AuditId::generate(now, random),
        at: now,
        operator: owner.id.clone(),
        action: AuditAction::OrganisationCreated {},
    };
    let is_created = api
        .store
        .organisations
        .create(&organisation, &owner, &audit)
        .await?;
    if !is_created {
        owner = find_equal_owner(api, &organisation, &owner).await?;
    }

    Ok(CreateOrganisationResponse {
        organisation: organisation.into(),
        owner: OwnerResponse {
            id: owner.id,
            login_id: owner.login_id,
        },
    })
}

/// Finds the owner that an earlier request created, with a user id of its own.
///
/// # Errors
///
/// [`CreateOrganisationError::Differs`] unless the organisation and the owner have the content that
/// was requested.
async fn find_equal_owner(
    api: &Api,
    organisation: &Organisation,
    owner: &User,
) -> Result<User, CreateOrganisationError> {
    let store = &api.store;
    let found = store.organisations.get(&organisation.id).await?;
    let listed = store
        .user_lists
        .with_login_id(&organisation.id, &owner.login_id)
        .await?;
    let user = match listed {
        Some(listed) => store.users.get(&organisation.id, &listed.id).await?,
        None => None,
    };

    let is_equal = found.map(OrganisationResponse::from) == Some(organisation.clone().into());
    user.filter(|user| is_equal && owner_content(user) == owner_content(owner))
        .ok_or(CreateOrganisationError::Differs)
}

/// The content of an owner that a request states, besides the login id.
fn owner_content(
    user: &User,
) -> (
    Option<&String>,
    Option<&EmailAddress>,
    Option<&String>,
    &[Role],
) {
    (
        user.display_name.as_ref(),
        user.email.as_ref(),
        user.subject.as_ref(),
        &user.roles,
    )
}
