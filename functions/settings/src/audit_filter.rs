//! The filter of the audit trail.

use reinvite_domain::{AuditAction, AuditEntry, AuditId, ResendId, Rule, UserId, period::Period};
use reinvite_store::OperatorContext;
use reinvite_web::{Parameters, Problem};

/// The entries that a list of the audit trail shows.
#[derive(Debug, Default, PartialEq)]
pub struct AuditFilter {
    user: Option<UserId>,
    resend: Option<ResendId>,
    /// Names of actions, or every action if there are none.
    actions: Vec<String>,
    at: Period,
}

impl AuditFilter {
    /// Takes the filter out of a query. Dates are days in the organisation's time zone.
    ///
    /// # Errors
    ///
    /// 400 for a parameter that cannot be read.
    pub fn take(parameters: &mut Parameters, context: &OperatorContext) -> Result<Self, Problem> {
        Ok(Self {
            user: parameters.take_parsed("user", UserId::new)?,
            resend: parameters.take_parsed("resend", ResendId::new)?,
            actions: parameters.take_list("action", parse_action)?,
            at: parameters.take_period(context.organisation.settings.time_zone)?,
        })
    }

    /// Whether every entry is shown.
    pub fn shows_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an entry is shown. The entries of a user are those about the user, and those of what
    /// the user did as an operator.
    pub fn matches(&self, entry: &AuditEntry) -> bool {
        let action = &entry.action;
        let is_of_user = |user: &UserId| entry.operator == *user || action.user_id() == Some(user);

        self.user.as_ref().is_none_or(is_of_user)
            && self
                .resend
                .as_ref()
                .is_none_or(|id| action.resend_id() == Some(id))
            && (self.actions.is_empty() || self.actions.iter().any(|name| name == action.name()))
            && self.at.contains(entry.at)
    }

    /// The place before which the list goes on: after the last entry of the page before, or at the
    /// end of the period. Ids sort by the instant of the entry.
    pub fn before(&self, last: Option<AuditId>) -> Option<AuditId> {
        let end = self.at.to().map(|to| AuditId::generate(to, [0; 10]));
        match (last, end) {
            (Some(last), Some(end)) => Some(last.min(end)),
            (last, end) => last.or(end),
        }
    }

    /// Whether entries older than this one may be shown.
    pub fn goes_on_after(&self, entry: &AuditEntry) -> bool {
        self.at.from().is_none_or(|from| entry.at >= from)
    }
}

fn parse_action(name: &str) -> Result<String, Rule> {
    if AuditAction::NAMES.contains(&name) {
        Ok(name.to_owned())
    } else {
        Err(Rule::unknown_value(AuditAction::NAMES))
    }
}
