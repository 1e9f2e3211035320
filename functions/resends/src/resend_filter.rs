//! The filter of the list of resends.

use reinvite_domain::{
    FieldError, GroupId, Resend, ResendId, ResendState, Rule, TemplateId, UserId, period::Period,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Parameters, Problem, ProblemKind};

/// The resends that a list shows.
#[derive(Debug)]
pub struct ResendFilter {
    /// The states, or every state if there are none.
    pub states: Vec<ResendState>,
    group: Option<GroupId>,
    created_by: Option<UserId>,
    template: Option<TemplateId>,
    /// The instants of creation.
    created: Period,
}

impl ResendFilter {
    /// Takes the filter out of a query. Dates are days in the organisation's time zone.
    ///
    /// # Errors
    ///
    /// 400 for a parameter that cannot be read; 422 for a group that the operator may not see.
    pub fn take(parameters: &mut Parameters, context: &OperatorContext) -> Result<Self, Problem> {
        let filter = Self {
            states: parameters.take_known("state", ResendState::ALL)?,
            group: parameters.take_parsed("group", GroupId::new)?,
            created_by: parameters.take_parsed("createdBy", UserId::new)?,
            template: parameters.take_parsed("template", TemplateId::new)?,
            created: parameters.take_period(context.organisation.settings.time_zone)?,
        };

        let is_visible = |group: &GroupId| {
            context.tree.groups.get(group).is_some()
                && context.operator.group_access(group).is_some()
        };
        if filter
            .group
            .as_ref()
            .is_some_and(|group| !is_visible(group))
        {
            let error = FieldError::parameter("group", Rule::GroupNotVisible);
            return Err(Problem::fields(ProblemKind::Invalid, vec![error]));
        }
        Ok(filter)
    }

    /// Whether a resend belongs on the list. A group has the resends of groups below it too.
    pub fn matches(&self, resend: &Resend, context: &OperatorContext) -> bool {
        let tree = &context.tree.groups;
        let is_in_group = |group: &GroupId| {
            let own = resend.group_id.as_ref();
            own.is_some_and(|own| tree.is_within(own, group))
        };

        (self.states.is_empty() || self.states.contains(&resend.state))
            && self.group.as_ref().is_none_or(is_in_group)
            && self
                .created_by
                .as_ref()
                .is_none_or(|id| *id == resend.created_by)
            && self
                .template
                .as_ref()
                .is_none_or(|id| *id == resend.template_id)
            && self.created.contains(resend.created_at)
    }

    /// The place before which the list goes on: after the last resend of the page before, or at the
    /// end of the period. Ids sort by the instant of creation.
    pub fn before(&self, last: Option<ResendId>) -> Option<ResendId> {
        let end = self.created.to().map(|to| ResendId::generate(to, [0; 10]));
        match (last, end) {
            (Some(last), Some(end)) => Some(last.min(end)),
            (last, end) => last.or(end),
        }
    }

    /// Whether resends older than this one may be on the list.
    pub fn goes_on_after(&self, resend: &Resend) -> bool {
        self.created
            .from()
            .is_none_or(|from| resend.created_at >= from)
    }
}
