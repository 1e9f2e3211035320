use reinvite_domain::{Language, Organisation, OrganisationId, Zone};
use serde::Serialize;

/// An organisation in an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationResponse {
    id: OrganisationId,
    name: String,
    time_zone: Zone,
    language: Language,
}

impl From<Organisation> for OrganisationResponse {
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
