//! The accounts for which the issuer signs tokens.

use std::sync::Arc;

use futures::future::BoxFuture;
use reinvite_domain::Role;

/// The issuer's view of the users of organisations.
#[derive(Clone)]
pub struct Accounts {
    /// Finds a user.
    pub find_user: FindUser,
    /// Lists the operators of an organisation.
    pub list_operators: ListOperators,
}

/// Finds the id of the user with a login id, in an organisation.
pub type FindUser = Arc<dyn Fn(String, String) -> BoxFuture<'static, Option<String>> + Send + Sync>;

/// Lists the operators of an organisation; `None` if there is no such organisation.
pub type ListOperators = Arc<dyn Fn(String) -> BoxFuture<'static, Option<Operators>> + Send + Sync>;

/// The operators of an organisation.
#[derive(Clone, Debug)]
pub struct Operators {
    /// The organisation's name.
    pub organisation: String,
    /// Users who hold roles, by login id.
    pub accounts: Vec<OperatorAccount>,
    /// Whether there are more of them.
    pub more: bool,
}

/// A user who holds roles.
#[derive(Clone, Debug)]
pub struct OperatorAccount {
    /// The login id.
    pub login_id: String,
    /// The name.
    pub name: String,
    /// The roles. That of a group manager has the path of the group beside it.
    pub roles: Vec<(Role, Option<String>)>,
}
