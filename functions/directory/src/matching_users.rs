//! The listed users who match a filter.

use reinvite_domain::{ParsedFilter, User};
use reinvite_store::{Error, ListedUser, OperatorContext};
use reinvite_web::Api;

use crate::user_response::UserFacts;

/// Reads listed users, and returns those in scope who match, in the order of the list, with the facts
/// about them.
///
/// An entry of a list may be out of date: scope and filter are decided by the user as read now.
pub async fn matching_users(
    api: &Api,
    context: &OperatorContext,
    filter: &ParsedFilter,
    listed: &[ListedUser],
) -> Result<(Vec<User>, UserFacts), Error> {
    let organisation = &context.organisation.id;
    let mut found = api.store.users.get_listed(organisation, listed).await?;
    let invitations = api
        .store
        .links
        .invitations(organisation, found.users.keys(), context.now)
        .await?;
    let facts = UserFacts {
        suppressed: found.suppressed,
        invitations,
    };

    let users = listed
        .iter()
        .filter_map(|listed| found.users.remove(&listed.id))
        .filter(|user| is_match(context, filter, user))
        .filter(|user| filter.matches_facts(facts.of(user)))
        .collect();
    Ok((users, facts))
}

/// Counts the listed users in scope who match. Facts beside the users are read only if the filter
/// asks for them.
pub async fn count_matching(
    api: &Api,
    context: &OperatorContext,
    filter: &ParsedFilter,
    listed: &[ListedUser],
) -> Result<usize, Error> {
    if filter.asks_for_facts() {
        let (users, _) = matching_users(api, context, filter, listed).await?;
        return Ok(users.len());
    }

    let ids: Vec<_> = listed.iter().map(|listed| listed.id.clone()).collect();
    let users = api.store.users.get_many(&context.organisation.id, &ids);
    let users = users.await?;
    let matching = users
        .values()
        .filter(|user| is_match(context, filter, user));
    Ok(matching.count())
}

/// Whether a user is in scope and matches, as far as the user's own item says.
fn is_match(context: &OperatorContext, filter: &ParsedFilter, user: &User) -> bool {
    context.operator.access(&user.groups).is_some() && filter.matches(user, &context.tree.groups)
}
