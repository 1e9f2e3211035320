use std::collections::BTreeMap;
use std::fmt;

use reinvite_domain::{MailValues, SenderProfile};
use serde::Serialize;

use crate::characters::{
    serialize_single_line, serialize_single_line_values, serialize_single_lines,
};
use crate::password_part::PasswordPart;

/// The variables of a template for one recipient.
///
/// Every text reaches the template as one line: line breaks, other control characters and
/// bidirectional overrides become a space. Only the note keeps its line breaks.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TemplateValues {
    /// The recipient.
    pub user: UserValues,
    /// The organisation that invites.
    pub organisation: OrganisationValues,
    /// The operator who sends the mail and answers questions about it.
    pub operator: OperatorValues,
    /// The address to log in at: `https`, or `http` on a loopback host. The caller has checked this;
    /// here it is only escaped.
    #[serde(serialize_with = "serialize_single_line")]
    pub login_url: String,
    /// The number of this invitation among the user's invitations, from 1.
    pub attempt: u32,
    /// The operator's note for this resend; empty without one.
    pub note: String,
    /// The change of the password, with the variables that only this change has.
    #[serde(flatten)]
    pub password_change: PasswordPart,
}

/// `user` in a template.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct UserValues {
    /// Display name; may be empty.
    #[serde(serialize_with = "serialize_single_line")]
    pub name: String,
    /// Login id.
    #[serde(serialize_with = "serialize_single_line")]
    pub login_id: String,
    /// Address that the mail goes to.
    #[serde(serialize_with = "serialize_single_line")]
    pub email: String,
    /// Paths, such as `Sales/Tokyo`, of the user's groups in the operator's scope.
    #[serde(serialize_with = "serialize_single_lines")]
    pub groups: Vec<String>,
    /// Attributes by name: those that the template reads and the user has.
    #[serde(serialize_with = "serialize_single_line_values")]
    pub attributes: BTreeMap<String, String>,
}

/// `organisation` in a template.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OrganisationValues {
    /// Name as members know it.
    #[serde(serialize_with = "serialize_single_line")]
    pub name: String,
}

/// `operator` in a template.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OperatorValues {
    /// Display name.
    #[serde(serialize_with = "serialize_single_line")]
    pub name: String,
}

impl TemplateValues {
    /// Collects the values of a recipient's mail.
    pub(crate) fn new(
        values: &MailValues,
        sender_profile: &SenderProfile,
        password_part: PasswordPart,
    ) -> Self {
        Self {
            user: UserValues {
                name: values.name.clone(),
                login_id: values.login_id.clone(),
                email: values.email.clone(),
                groups: values.groups.clone(),
                attributes: values.attributes.clone(),
            },
            organisation: OrganisationValues {
                name: sender_profile.organisation_name.clone(),
            },
            operator: OperatorValues {
                name: values.operator_name.clone(),
            },
            login_url: sender_profile.login_url.clone(),
            attempt: values.invitation,
            note: String::new(),
            password_change: password_part,
        }
    }
}

/// Shows nothing about the person: names and addresses belong in no log.
impl fmt::Debug for TemplateValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemplateValues")
            .field("attempt", &self.attempt)
            .field("password_change", &self.password_change)
            .finish_non_exhaustive()
    }
}
