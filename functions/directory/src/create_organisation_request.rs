use reinvite_domain::{
    EmailAddress, FieldError, FieldLocation, Language, Organisation, OrganisationId, Role,
    Settings, TemplateId, User, UserId,
    text::parse_name,
    user_fields::{check_login_id, time_zone},
};
use serde::Deserialize;

use crate::check_subject::check_subject;
use crate::field_errors::FieldErrors;

/// The default template of a new organisation, which comes with Reinvite.
const DEFAULT_TEMPLATE: &str = "invitation";

/// The longest name of an organisation or a user, in characters.
const MAX_NAME_CHARACTERS: usize = 100;

/// An organisation and its first owner, in an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateOrganisationRequest {
    id: String,
    name: String,
    time_zone: String,
    language: String,
    owner: OwnerRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OwnerRequest {
    login_id: String,
    display_name: String,
    email: String,
    subject: Option<String>,
}

impl CreateOrganisationRequest {
    /// Checks the organisation and the owner that the request describes.
    ///
    /// The owner's id is the login id if that has the form of an id, and `generated_id` otherwise.
    /// So the first token, whose `sub` is a user id, can be issued before any operator may read ids.
    ///
    /// # Errors
    ///
    /// Every wrong field.
    pub fn into_organisation(
        self,
        generated_id: UserId,
    ) -> Result<(Organisation, User), Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let id = errors.check("/id", OrganisationId::new(self.id));
        let name = errors.check("/name", parse_name(&self.name, MAX_NAME_CHARACTERS));
        let time_zone = errors.check("/timeZone", time_zone(&self.time_zone));
        let language = errors.check("/language", self.language.parse::<Language>());
        let owner = self.owner.into_user(generated_id, &mut errors);

        let valid = || {
            let template = TemplateId::new(DEFAULT_TEMPLATE).ok()?;
            let organisation = Organisation {
                id: id?,
                name: name?,
                settings: Settings::new(language?, time_zone?, template),
            };
            Some((organisation, owner?))
        };
        valid().ok_or_else(|| errors.into_errors())
    }
}

impl OwnerRequest {
    fn into_user(self, generated_id: UserId, errors: &mut FieldErrors) -> Option<User> {
        let login_id = check_login_id(&self.login_id).map(|()| self.login_id);
        let login_id = errors.check("/owner/loginId", login_id);
        let display_name = parse_name(&self.display_name, MAX_NAME_CHARACTERS);
        let display_name = errors.check("/owner/displayName", display_name);
        let email = errors.check("/owner/email", self.email.parse::<EmailAddress>());
        let subject = self.subject.as_deref().map_or(Ok(()), check_subject);
        let subject = errors.check("/owner/subject", subject.map(|()| self.subject));

        let login_id = login_id?;
        let id = UserId::new(&*login_id).unwrap_or(generated_id);
        Some(User {
            display_name: Some(display_name?),
            email: Some(email?),
            subject: subject?,
            roles: vec![Role::Owner],
            ..User::new(id, login_id)
        })
    }
}

/// Describes every wrong field in one line, without the values.
pub fn describe_errors(errors: &[FieldError]) -> String {
    let describe = |error: &FieldError| match &error.location {
        FieldLocation::Pointer(place) | FieldLocation::Parameter(place) => {
            format!("{place} {}", error.rule)
        }
    };
    errors.iter().map(describe).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn parse(event: &str) -> Result<(Organisation, User), Vec<FieldError>> {
        let mut event: Value = serde_json::from_str(event).unwrap();
        let request: CreateOrganisationRequest =
            serde_json::from_value(event["createOrganisation"].take()).unwrap();
        request.into_organisation(UserId::new("generated").unwrap())
    }

    #[test]
    fn the_sample_event_makes_an_organisation_with_an_owner() {
        let (organisation, owner) = parse(include_str!(
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
    fn all_wrong_fields_are_reported_together_and_without_the_address() {
        let event = r#"{"createOrganisation": {"id": "a b", "name": "", "timeZone": "Mars", "language": "e",
            "owner": {"loginId": " ", "displayName": "x\ny", "email": "owner@nowhere", "subject": ""}}}"#;

        let message = describe_errors(&parse(event).unwrap_err());
        for pointer in [
            "/id",
            "/name",
            "/timeZone",
            "/language",
            "/owner/loginId",
            "/owner/displayName",
            "/owner/subject",
        ] {
            assert!(
                message.contains(&format!("{pointer} ")),
                "{pointer}: {message}"
            );
        }

        assert!(
            message.contains("/owner/email ") && !message.contains("nowhere"),
            "{message}"
        );
    }

    #[test]
    fn an_owner_whose_login_id_is_no_id_gets_a_generated_one() {
        let event = r#"{"createOrganisation": {"id": "o", "name": "O", "timeZone": "UTC", "language": "en",
            "owner": {"loginId": "o@example.com", "displayName": "O", "email": "o@example.com"}}}"#;
        assert_eq!(parse(event).unwrap().1.id.as_str(), "generated");
    }

    #[test]
    fn the_default_template_comes_with_reinvite() {
        assert!(reinvite_mail::built_in_templates().contains_key(DEFAULT_TEMPLATE));
    }
}
