//! Parses the selection of a request.

use reinvite_domain::{
    FieldError, Filter, GroupId, ParsedFilter, Rule, Selection, UserId,
    resend::{MAX_IDS_PREPARED_IN_REQUEST, MAX_SELECTION_IDS},
};
use reinvite_store::OperatorContext;

use crate::selection_request::SelectionRequest;

/// A parsed selection.
#[derive(Clone, Debug, Default)]
pub struct ParsedSelection {
    /// The filter; `None` if the selection lists its users.
    pub filter: Option<SelectionFilter>,
    /// The listed users, or the users that the filter leaves out; in order, each once.
    pub ids: Vec<UserId>,
}

/// The filter of a selection.
#[derive(Clone, Debug)]
pub struct SelectionFilter {
    /// The filter as requested.
    pub requested: Filter,
    /// The filter with parsed values.
    pub parsed: ParsedFilter,
}

impl ParsedSelection {
    /// A selection that lists its users. `ids` are in order, each once.
    pub const fn of_users(ids: Vec<UserId>) -> Self {
        Self { filter: None, ids }
    }

    /// The filter with parsed values.
    pub fn parsed_filter(&self) -> Option<&ParsedFilter> {
        self.filter.as_ref().map(|filter| &filter.parsed)
    }

    /// Whether the recipients are prepared while the caller waits.
    pub fn is_prepared_in_request(&self) -> bool {
        self.filter.is_none() && self.ids.len() <= MAX_IDS_PREPARED_IN_REQUEST
    }

    /// The selection as it is stored with the resend.
    pub fn to_stored(&self) -> Selection {
        self.filter.as_ref().map_or(Selection::UserIds, |filter| {
            Selection::Filter(Box::new(filter.requested.clone()))
        })
    }
}

/// Parses a selection, and adds every wrong field to `errors`.
///
/// If there are errors, the result is incomplete.
pub fn parse_selection(
    request: SelectionRequest,
    context: &OperatorContext,
    errors: &mut Vec<FieldError>,
) -> ParsedSelection {
    let (filter, listed) = match (request.user_ids, request.filter, request.except) {
        (Some(ids), None, None) => {
            if ids.is_empty() {
                add_error(errors, "/userIds", Rule::Empty);
            }
            (None, ("/userIds", ids))
        }
        (None, Some(filter), except) => (Some(filter), ("/except", except.unwrap_or_default())),
        (Some(_), None, Some(_)) => {
            add_error(errors, "/except", Rule::OnlyWithFilter);
            return ParsedSelection::default();
        }
        _ => {
            add_error(errors, "", Rule::UserIdsOrFilter);
            return ParsedSelection::default();
        }
    };

    let (pointer, mut ids) = listed;
    ids.sort();
    ids.dedup();
    if ids.len() > MAX_SELECTION_IDS {
        let max = MAX_SELECTION_IDS;
        add_error(errors, pointer, Rule::TooManyUsers { max });
    }

    if request.everyone && filter.is_none() {
        add_error(errors, "/everyone", Rule::OnlyWithFilter);
    }
    let filter = filter.map(|requested| SelectionFilter {
        parsed: parse_filter(&requested, request.everyone, context, errors),
        requested,
    });
    ParsedSelection { filter, ids }
}

fn parse_filter(
    filter: &Filter,
    everyone: bool,
    context: &OperatorContext,
    errors: &mut Vec<FieldError>,
) -> ParsedFilter {
    match filter.parse(context.organisation.settings.time_zone) {
        Ok(parsed) => {
            let group = parsed.group.as_ref();
            if group.is_some_and(|group| !is_group_visible(group, context)) {
                add_error(errors, "/filter/group", Rule::GroupNotVisible);
            }
            if let Some(rule) = broken_everyone_rule(&parsed, everyone) {
                add_error(errors, "/everyone", rule);
            }
            parsed
        }
        Err(fields) => {
            for (name, rule) in fields {
                add_error(errors, &format!("/filter/{name}"), rule);
            }
            ParsedFilter::default()
        }
    }
}

/// The rule that `everyone` breaks: a filter without criteria selects every user, which is easily a
/// mistake, so the request must say that it is meant.
fn broken_everyone_rule(filter: &ParsedFilter, everyone: bool) -> Option<Rule> {
    match (filter.matches_everyone(), everyone) {
        (true, false) => Some(Rule::EveryoneNotMeant),
        (false, true) => Some(Rule::EveryoneWithCriteria),
        _ => None,
    }
}

fn is_group_visible(group: &GroupId, context: &OperatorContext) -> bool {
    context.tree.groups.get(group).is_some() && context.operator.group_access(group).is_some()
}

fn add_error(errors: &mut Vec<FieldError>, pointer: &str, rule: Rule) {
    let pointer = format!("/selection{pointer}");
    errors.push(FieldError::pointer(pointer, rule));
}
