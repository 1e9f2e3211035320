//! Password changes that are chosen for users who are not selected.

use std::collections::BTreeMap;

use reinvite_domain::{FieldError, PasswordChange, Rule, UserId};
use reinvite_engine::selected_users;
use reinvite_store::{Error, OperatorContext, Store};

use crate::{limits::MAX_FIELD_ERRORS, parse_selection::ParsedSelection};

/// Finds the choices for users who are not selected: they would be lost in silence. A filter selects
/// the users in scope who match it now.
///
/// Answers an error for each, at most [`MAX_FIELD_ERRORS`].
pub async fn find_unselected_choices(
    store: &Store,
    context: &OperatorContext,
    selection: &ParsedSelection,
    choices: &BTreeMap<UserId, PasswordChange>,
) -> Result<Vec<FieldError>, Error> {
    let is_listed = |id: &UserId| selection.ids.binary_search(id).is_ok();

    let selected: Vec<_> = match selection.parsed_filter() {
        None => choices.keys().filter(|id| is_listed(id)).collect(),
        Some(filter) => {
            let chosen: Vec<_> = choices.keys().cloned().collect();
            let users = selected_users(store, context, filter, &chosen).await?;
            choices
                .keys()
                .filter(|id| !is_listed(id) && users.contains_key(*id))
                .collect()
        }
    };

    let unselected = choices
        .keys()
        .filter(|id| selected.binary_search(id).is_err());
    Ok(unselected
        .take(MAX_FIELD_ERRORS)
        .map(unselected_choice)
        .collect())
}

fn unselected_choice(user: &UserId) -> FieldError {
    let pointer = format!("/passwordChangeByUser/{user}");
    FieldError::pointer(pointer, Rule::NotSelected)
}
