//! The composition root of the function.

use reinvite_aws::{Clock, Host, InvalidEnvironment, PasswordConfig, Passwords, Queue};
use reinvite_domain::credential::Hashing;
use reinvite_store::{Store, TableNames};
use reinvite_web::Problem;

/// The clients and settings of the function.
#[derive(Clone, Debug)]
pub struct InvitationsFunction {
    /// The tables.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The sender's queue, which takes the requests for new links.
    pub queue: Queue,
    /// The service that keeps passwords; `None` if the LMS keeps them, so that there are no links.
    pub passwords: Option<Passwords>,
    /// The login URL of organisations whose settings name none.
    pub login_url: String,
}

impl InvitationsFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (tables, passwords, queue_url, login_url) = host.read(|environment| {
            let tables = TableNames::read(|name| environment.required(name));
            let passwords = PasswordConfig::read(environment);
            let queue_url = environment.required("QUEUE_URL");
            let login_url = environment.https_url("LOGIN_URL");
            Some((tables?, passwords?, queue_url?, login_url?))
        })?;

        Ok(Self {
            store: Store::connect(&host.sdk, &tables),
            clock: host.clock.clone(),
            queue: Queue::connect(&host.sdk, queue_url),
            passwords: passwords.map(|config| Passwords::connect(&host.sdk, config)),
            login_url,
        })
    }

    /// Hashes passwords at another cost, which only a test should do.
    #[must_use]
    pub fn with_hashing(mut self, hashing: Hashing) -> Self {
        if let Some(passwords) = &mut self.passwords {
            passwords.hashing = hashing;
        }
        self
    }

    /// The service that keeps passwords.
    ///
    /// # Errors
    ///
    /// 404 if the LMS keeps them.
    pub(crate) fn require_passwords(&self) -> Result<&Passwords, Problem> {
        self.passwords.as_ref().ok_or_else(Problem::not_found)
    }
}
