//! The users of the tables, as the issuer sees them.

use std::sync::Arc;

use reinvite_aws::Clock;
use reinvite_domain::{GroupTree, Operator, OrganisationId, Role};
use reinvite_store::{Error, Store};

use crate::issuer::{Accounts, FindUser, ListOperators, OperatorAccount, Operators};

/// The users that are read at once.
const USERS_PER_PAGE: usize = 1_000;

/// The most operators on the sign-in page.
const MAX_OPERATORS: usize = 200;

/// The users of the tables.
pub fn accounts(store: &Store, clock: &Clock) -> Accounts {
    Accounts {
        find_user: find_user(store.clone()),
        list_operators: list_operators(store.clone(), clock.clone()),
    }
}

fn find_user(store: Store) -> FindUser {
    Arc::new(move |organisation, login_id| {
        let store = store.clone();
        Box::pin(async move {
            let organisation = OrganisationId::new(organisation).ok()?;
            let user = store.user_lists.with_login_id(&organisation, &login_id);
            user.await.ok().flatten().map(|user| String::from(user.id))
        })
    })
}

fn list_operators(store: Store, clock: Clock) -> ListOperators {
    Arc::new(move |organisation| {
        let (store, clock) = (store.clone(), clock.clone());
        Box::pin(async move {
            let organisation = OrganisationId::new(organisation).ok()?;
            operators(&store, &clock, &organisation)
                .await
                .unwrap_or_else(|error| {
                    tracing::error!(%error, "operators cannot be read");
                    None
                })
        })
    })
}

/// Reads the operators of an organisation; `None` if there is no such organisation.
///
/// No index holds the users with roles of their own, so this looks at every user until enough operators are found.
async fn operators(
    store: &Store,
    clock: &Clock,
    id: &OrganisationId,
) -> Result<Option<Operators>, Error> {
    let Some(organisation) = store.organisations.get(id).await? else {
        return Ok(None);
    };
    let tree = &store.groups.tree(id).await?.groups;
    let mut operators = Operators {
        organisation: organisation.name,
        accounts: Vec::new(),
        more: false,
    };

    let mut after: Option<String> = None;
    loop {
        let page = store
            .user_lists
            .page(id, &[None], false, after.as_deref(), USERS_PER_PAGE)
            .await?;
        let ids: Vec<_> = page.users.into_iter().map(|user| user.id).collect();
        let mut users = store.users.get_many(id, &ids).await?;

        let in_order = ids.iter().filter_map(|id| users.remove(id));
        let found = in_order
            .map(|user| Operator::new(user, tree, clock.now()))
            .filter(|operator| !operator.roles().is_empty());
        operators
            .accounts
            .extend(found.map(|operator| account(&operator, tree)));

        if operators.accounts.len() > MAX_OPERATORS {
            operators.accounts.truncate(MAX_OPERATORS);
            operators.more = true;
            return Ok(Some(operators));
        }
        if !page.more {
            return Ok(Some(operators));
        }
        after = page.last_login_id;
    }
}

fn account(operator: &Operator, tree: &GroupTree) -> OperatorAccount {
    let with_path = |role: &Role| {
        let path = match role {
            Role::GroupManager { group, .. } => Some(tree.path(group, |_| true)),
            _ => None,
        };
        (role.clone(), path)
    };
    OperatorAccount {
        login_id: operator.user.login_id.clone(),
        name: operator.user.name().to_owned(),
        roles: operator.roles().iter().map(with_path).collect(),
    }
}
