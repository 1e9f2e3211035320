//! The query that refines users.

use reinvite_domain::{
    FieldError, Filter, GroupId, InvitationList, ParsedFilter, Scope, UserInvitationState,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Parameters, Problem, ProblemKind};

use crate::visible_group::require_visible_group;

/// A filter of users, and the lists that have every user in scope who may match it.
pub struct UserQuery {
    /// The filter.
    pub filter: ParsedFilter,
    /// The lists of groups; `None` is the organisation's list.
    pub lists: Vec<Option<GroupId>>,
    /// The lists of users by their invitations, if they have every user who matches. They are read
    /// instead of the lists of groups then.
    pub invitation_lists: Option<Vec<InvitationList>>,
}

impl UserQuery {
    /// Reads the parameters that were not taken.
    ///
    /// # Errors
    ///
    /// 400 for a filter that cannot be read, 422 for a group out of scope.
    pub fn read(parameters: Parameters, context: &OperatorContext) -> Result<Self, Problem> {
        let filter = parse_filter(parameters, context)?;
        let lists = choose_lists(context, &filter)?;
        let invitation_lists = choose_invitation_lists(&filter);
        Ok(Self {
            filter,
            lists,
            invitation_lists,
        })
    }
}

fn parse_filter(
    parameters: Parameters,
    context: &OperatorContext,
) -> Result<ParsedFilter, Problem> {
    let filter: Filter = parameters.rest()?;
    filter
        .parse(context.organisation.settings.time_zone)
        .map_err(|errors| {
            let errors = errors
                .into_iter()
                .map(|(name, rule)| FieldError::parameter(name, rule))
                .collect();
            Problem::fields(ProblemKind::Malformed, errors)
        })
}

/// The lists that have every user in scope who may match; `None` is the organisation's list.
fn choose_lists(
    context: &OperatorContext,
    filter: &ParsedFilter,
) -> Result<Vec<Option<GroupId>>, Problem> {
    if let Some(group) = &filter.group {
        require_visible_group(context, "group", group)?;
        return Ok(vec![Some(group.clone())]);
    }
    Ok(match context.operator.scope(&context.tree.groups) {
        Scope::Organisation => vec![None],
        Scope::Groups(groups) => groups.into_iter().map(Some).collect(),
    })
}

/// The lists that have every user whose invitation matches. `None` if the filter selects users without
/// one too, or a single user: then the lists of users are read.
fn choose_invitation_lists(filter: &ParsedFilter) -> Option<Vec<InvitationList>> {
    let states = filter.invitations();
    let is_one_user = filter.login_id.is_some();
    if states.is_empty() || states.contains(&UserInvitationState::None) || is_one_user {
        return None;
    }
    let mut lists: Vec<_> = states.iter().filter_map(|state| state.list()).collect();
    lists.sort_unstable();
    lists.dedup();
    Some(lists)
}
