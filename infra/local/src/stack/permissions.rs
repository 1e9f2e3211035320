//! The permissions of the functions: each has those of its role in the template, and no others.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use reinvite_emulators::{
    connector::Observer,
    iam::{ATTRIBUTES, Access, LEADING_KEYS, PASSED_TO_SERVICE, Request, Statement},
};
use reinvite_store::CREDENTIALS_PREFIX;
use thiserror::Error;

use crate::template::{PolicyError, Resolver, Template};

/// The role of a function cannot be read.
#[derive(Debug, Error)]
pub enum PermissionError {
    /// The function names no role of the template.
    #[error("the function {0} has no role in the template")]
    NoRole(String),
    /// A statement of its role cannot be read.
    #[error("the role of the function {function} cannot be read")]
    Policy {
        /// The function.
        function: String,
        /// The reason.
        source: PolicyError,
    },
}

/// An access that a function tried. Its text is one line: function, action, resource, and `credentials` if it reaches an item
/// with credentials, or `invitations` if it reads only named attributes there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tried {
    /// The function.
    pub function: String,
    /// The action, such as `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of the resource, in which `*` stands for the name of a schedule; `*` if the action supports none.
    pub resource: String,
    /// Whether the item holds credentials or links of a user.
    pub credentials: bool,
    /// Whether it names the attributes that it reads.
    pub projected: bool,
}

impl Tried {
    /// The text of credentials in a line.
    const CREDENTIALS: &'static str = "credentials";

    /// The text of named attributes beside credentials in a line.
    const INVITATIONS: &'static str = "invitations";

    /// Reads a line; `None` if it is none.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (function, action, resource, kind) = match words.as_slice() {
            [function, action, resource] => (function, action, resource, None),
            [function, action, resource, kind] => (function, action, resource, Some(*kind)),
            _ => return None,
        };
        let projected = kind == Some(Self::INVITATIONS);
        if !projected && kind.is_some_and(|kind| kind != Self::CREDENTIALS) {
            return None;
        }
        Some(Self {
            function: (*function).to_owned(),
            action: (*action).to_owned(),
            resource: (*resource).to_owned(),
            credentials: kind.is_some(),
            projected,
        })
    }

    /// The access, with a key of an item as an example.
    #[must_use]
    pub fn access(&self) -> Access {
        let key = if self.credentials {
            format!("{CREDENTIALS_PREFIX}example#user")
        } else {
            "example".to_owned()
        };
        let passed = vec!["scheduler.amazonaws.com".to_owned()];
        let mut context = match self.action.split_once(':') {
            Some(("dynamodb", _)) => BTreeMap::from([(LEADING_KEYS, vec![key])]),
            Some(("iam", _)) => BTreeMap::from([(PASSED_TO_SERVICE, passed)]),
            _ => BTreeMap::new(),
        };
        if self.projected {
            context.insert(ATTRIBUTES, vec!["generation".to_owned()]);
        }
        Access {
            action: self.action.clone(),
            resource: self.resource.clone(),
            context,
        }
    }

    /// The accesses that a function tried with one call: an access to items of both kinds is two.
    fn of(function: &str, access: &Access) -> Vec<Self> {
        let keys = access.context.get(LEADING_KEYS).into_iter().flatten();
        let mut kinds: BTreeSet<bool> = keys
            .map(|key| key.starts_with(CREDENTIALS_PREFIX))
            .collect();
        if kinds.is_empty() {
            kinds.insert(false);
        }

        let tried = |credentials| Self {
            function: function.to_owned(),
            action: access.action.clone(),
            resource: without_schedule(&access.resource),
            credentials,
            projected: credentials && access.context.contains_key(ATTRIBUTES),
        };
        kinds.into_iter().map(tried).collect()
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            function,
            action,
            resource,
            credentials,
            projected,
        } = self;
        write!(formatter, "{function} {action} {resource}")?;
        if *projected {
            write!(formatter, " {}", Self::INVITATIONS)?;
        } else if *credentials {
            write!(formatter, " {}", Self::CREDENTIALS)?;
        }
        Ok(())
    }
}

/// The ARN of a resource; of a schedule, without its name, which is the id of a resend.
fn without_schedule(resource: &str) -> String {
    match resource.rsplit_once('/') {
        Some((group, _)) if group.contains(":schedule/") => format!("{group}/*"),
        _ => resource.to_owned(),
    }
}

/// The permissions of the functions, and the accesses that they tried. Clones share them.
#[derive(Clone, Default)]
pub struct Permissions {
    statements: Arc<BTreeMap<String, Vec<Statement>>>,
    partition_keys: Arc<BTreeMap<String, String>>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    allowed: BTreeSet<Tried>,
    denied: BTreeSet<Tried>,
}

impl Permissions {
    /// The permissions that the roles of the template give.
    pub fn of(template: &Template, resolver: &Resolver) -> Result<Self, PermissionError> {
        let mut statements = BTreeMap::new();
        for (name, function) in &template.functions {
            let role = function.role.as_ref().and_then(|id| template.roles.get(id));
            let role = role.ok_or_else(|| PermissionError::NoRole(name.clone()))?;
            let allowed = role
                .statements(resolver)
                .map_err(|source| PermissionError::Policy {
                    function: name.clone(),
                    source,
                })?;
            statements.insert(name.clone(), allowed);
        }

        let tables = template.tables.iter();
        let partition_keys = tables
            .filter_map(|table| Some((table.name.clone(), table.partition_key()?)))
            .collect();
        Ok(Self {
            statements: Arc::new(statements),
            partition_keys: Arc::new(partition_keys),
            seen: Arc::default(),
        })
    }

    /// The statements that allow something to each function.
    #[must_use]
    pub fn statements(&self) -> &BTreeMap<String, Vec<Statement>> {
        &self.statements
    }

    /// The accesses of functions that were allowed.
    #[must_use]
    pub fn allowed(&self) -> BTreeSet<Tried> {
        self.seen().allowed.clone()
    }

    /// The accesses of functions that were denied.
    #[must_use]
    pub fn denied(&self) -> BTreeSet<Tried> {
        self.seen().denied.clone()
    }

    /// The observer, which sees only calls that the permissions allow.
    pub(super) fn enforced(&self, observer: Observer) -> Observer {
        let this = self.clone();
        observer.authorising(move |request| this.authorise(request))
    }

    fn authorise(&self, request: &Request<'_>) -> Result<(), String> {
        let function = request.function;
        let own = self.statements.get(function).map_or(&[][..], Vec::as_slice);

        let mut denial = Ok(());
        for access in request.accesses(&self.partition_keys) {
            let tried = Tried::of(function, &access);
            if own.iter().any(|statement| statement.allows(&access)) {
                self.seen().allowed.extend(tried);
                continue;
            }

            denial = Err(format!(
                "the role of {function} is not authorized to perform: {} on resource: {}",
                access.action, access.resource
            ));
            self.seen().denied.extend(tried);
        }
        denial
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
