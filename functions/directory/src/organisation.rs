//! A new organisation with its first owner. The function is invoked directly for it, so that IAM guards it.

use chrono_tz::Tz;
use reinvite_aws::{Error as AwsError, random};
use reinvite_domain::{
    AuditAction, AuditEntry, AuditId, EmailAddress, FieldError, FieldLocation, Language,
    Organisation, OrganisationId, Role, Settings, TemplateId, User, UserId,
    text::check_name,
    user_fields::{check_login_id, time_zone},
};
use reinvite_store::Error;
use reinvite_web::Api;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::roles::check_subject;

/// The template a new organisation's resends start with, one that comes with Reinvite.
const DEFAULT_TEMPLATE: &str = "invitation";

/// The longest name of an organisation or a user, in characters.
const LONGEST_NAME: usize = 100;

/// An organisation as answers show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationAnswer {
    id: OrganisationId,
    name: String,
    time_zone: Tz,
    language: Language,
}

impl From<Organisation> for OrganisationAnswer {
    fn from(organisation: Organisation) -> Self {
        let Organisation { id, name, settings } = organisation;
        Self {
            id,
            name,
            time_zone: settings.time_zone,
            language: settings.language,
        }
    }
}

/// Why an organisation was not made. Holds no address.
#[derive(Debug, thiserror::Error)]
pub enum NotCreated {
    /// The content has another shape.
    #[error(
        "createOrganisation must be {{id, name, timeZone, language, owner: {{loginId, displayName, email, subject?}}}}"
    )]
    Shape,
    /// Every wrong field.
    #[error("createOrganisation: {}", told(.0))]
    Invalid(Vec<FieldError>),
    /// There is an organisation of that id, with other content.
    #[error("there is an organisation of this id with other content, or it was changed since")]
    Differs,
    /// The tables.
    #[error(transparent)]
    Store(#[from] Error),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] AwsError),
}

fn told(errors: &[FieldError]) -> String {
    let told = |error: &FieldError| match &error.location {
        FieldLocation::Pointer(place) | FieldLocation::Parameter(place) => {
            format!("{place} {}", error.detail)
        }
    };
    errors.iter().map(told).collect::<Vec<_>>().join("; ")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    id: String,
    name: String,
    time_zone: String,
    language: String,
    owner: Owner,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Owner {
    login_id: String,
    display_name: String,
    email: String,
    subject: Option<String>,
}

/// Makes the organisation and answers it with its owner's id. Repeating it with the same content changes nothing and
/// answers the same.
pub async fn create(api: &Api, sent: Value) -> Result<Value, NotCreated> {
    let sent: Sent = serde_json::from_value(sent).map_err(|_| NotCreated::Shape)?;
    let random = random()?;
    let (organisation, mut owner) = sent
        .understand(UserId::generate(api.clock.now(), random))
        .map_err(NotCreated::Invalid)?;
    let now = api.clock.now();
    let id = AuditId::generate(now, random);
    let audit = AuditEntry {
        id,
        at: now,
        operator: owner.id.clone(),
        action: AuditAction::OrganisationCreated {},
    };
    if !api
        .store
        .organisations
        .create(&organisation, &owner, &audit)
        .await?
    {
        owner = same(api, &organisation, owner).await?;
    }
    Ok(json!({
        "organisation": OrganisationAnswer::from(organisation),
        "owner": {"id": owner.id, "loginId": owner.login_id},
    }))
}

/// The owner that is there, if organisation and owner are as they would be made.
async fn same(api: &Api, organisation: &Organisation, owner: User) -> Result<User, NotCreated> {
    let found = api
        .store
        .organisations
        .get(&organisation.id)
        .await?
        .map(OrganisationAnswer::from);
    let listed = api
        .store
        .user_lists
        .with_login_id(&organisation.id, &owner.login_id)
        .await?;
    let user = match listed {
        Some(listed) => api.store.users.get(&organisation.id, &listed.id).await?,
        None => None,
    };
    let content = |user: &User| {
        let User {
            display_name,
            email,
            subject,
            roles,
            ..
        } = user.clone();
        (display_name, email, subject, roles)
    };
    let user = user.filter(|user| content(user) == content(&owner));
    match user {
        Some(user) if found == Some(organisation.clone().into()) => Ok(user),
        _ => Err(NotCreated::Differs),
    }
}

impl Sent {
    /// The organisation and its owner, or everything that is wrong with them. The owner's id is the login id where that
    /// is one, so that the first token whose `sub` is a user id can be issued before anybody may read ids; else
    /// `generated`.
    fn understand(self, generated: UserId) -> Result<(Organisation, User), Vec<FieldError>> {
        let mut errors = Vec::new();
        let id = valid(&mut errors, "/id", OrganisationId::new(self.id));
        let name = valid(
            &mut errors,
            "/name",
            check_name(&self.name, LONGEST_NAME).map(|()| self.name),
        );
        let zone = valid(&mut errors, "/timeZone", time_zone(&self.time_zone));
        let language = valid(&mut errors, "/language", self.language.parse::<Language>());
        let Owner {
            login_id,
            display_name,
            email,
            subject,
        } = self.owner;
        let login_id = valid(
            &mut errors,
            "/owner/loginId",
            check_login_id(&login_id).map(|()| login_id),
        );
        let checked = check_name(&display_name, LONGEST_NAME).map(|()| display_name);
        let display_name = valid(&mut errors, "/owner/displayName", checked);
        let email = valid(&mut errors, "/owner/email", email.parse::<EmailAddress>());
        let checked = subject
            .as_deref()
            .map_or(Ok(()), check_subject)
            .map(|()| subject);
        let subject = valid(&mut errors, "/owner/subject", checked);
        let made = || {
            let settings = Settings::new(language?, zone?, TemplateId::new(DEFAULT_TEMPLATE).ok()?);
            let login_id = login_id?;
            let id_of_owner = UserId::new(&*login_id).unwrap_or(generated);
            let owner = User {
                display_name: Some(display_name?),
                email: Some(email?),
                subject: subject?,
                roles: vec![Role::Owner],
                ..User::new(id_of_owner, login_id)
            };
            Some((
                Organisation {
                    id: id?,
                    name: name?,
                    settings,
                },
                owner,
            ))
        };
        made().ok_or(errors)
    }
}

fn valid<T>(
    errors: &mut Vec<FieldError>,
    pointer: &str,
    checked: Result<T, impl std::fmt::Display>,
) -> Option<T> {
    checked
        .map_err(|rule| errors.push(FieldError::pointer(pointer, &rule)))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(event: &str) -> Result<(Organisation, User), Vec<FieldError>> {
        let mut event: Value = serde_json::from_str(event).unwrap();
        let sent: Sent = serde_json::from_value(event["createOrganisation"].take()).unwrap();
        sent.understand(UserId::new("generated").unwrap())
    }

    #[test]
    fn the_sample_event_makes_an_organisation_with_an_owner() {
        let (organisation, owner) = understood(include_str!(
            "../../../events/directory/create-organisation.json"
        ))
        .unwrap();
        assert_eq!(
            (organisation.id.as_str(), owner.id.as_str()),
            ("sample", "owner")
        );
        assert_eq!(owner.roles, [Role::Owner]);
    }

    #[test]
    fn everything_wrong_is_told_together_and_no_address_with_it() {
        let event = r#"{"createOrganisation": {"id": "a b", "name": "", "timeZone": "Mars", "language": "e",
            "owner": {"loginId": " ", "displayName": "x\ny", "email": "owner@nowhere", "subject": ""}}}"#;
        let told = NotCreated::Invalid(understood(event).unwrap_err()).to_string();
        for pointer in [
            "/id",
            "/name",
            "/timeZone",
            "/language",
            "/owner/loginId",
            "/owner/displayName",
            "/owner/subject",
        ] {
            assert!(told.contains(&format!("{pointer} ")), "{pointer}: {told}");
        }
        assert!(
            told.contains("/owner/email ") && !told.contains("nowhere"),
            "{told}"
        );
    }

    #[test]
    fn an_owner_whose_login_id_is_no_id_gets_a_generated_one() {
        let event = r#"{"createOrganisation": {"id": "o", "name": "O", "timeZone": "UTC", "language": "en",
            "owner": {"loginId": "o@example.com", "displayName": "O", "email": "o@example.com"}}}"#;
        assert_eq!(understood(event).unwrap().1.id.as_str(), "generated");
    }

    #[test]
    fn the_default_template_comes_with_reinvite() {
        assert!(reinvite_mail::built_in_templates().contains_key(DEFAULT_TEMPLATE));
    }
}
