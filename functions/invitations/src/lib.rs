#![doc = include_str!("../README.md")]

mod accept;
mod found;
mod page;
mod renew;
mod words;

use axum::{
    Router,
    extract::{FromRef, Request},
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post},
};
use reinvite_aws::{Clock, Host, InvalidEnvironment, PasswordConfig, Passwords, Queue};
use reinvite_domain::credential::Hashing;
use reinvite_store::{Store, TableNames};

/// What this function works with.
#[derive(Clone, Debug)]
pub struct Invitations {
    /// The tables.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where whoever asks for a new link is dealt with.
    pub queue: Queue,
    /// How passwords are changed; where the LMS keeps them, there are no links.
    pub passwords: Option<Passwords>,
    /// Where users of an organisation log in that set none.
    pub login_url: String,
}

impl Invitations {
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
}

impl FromRef<Invitations> for Clock {
    fn from_ref(invitations: &Invitations) -> Self {
        invitations.clock.clone()
    }
}

/// The routes of this function.
pub fn router(invitations: Invitations) -> Router {
    let routes = Router::new()
        .route("/v1/invitations/renew", post(renew::renew))
        .route("/v1/invitations/{token}", get(found::show))
        .route("/v1/invitations/{token}/accept", post(accept::accept))
        .with_state(invitations);
    reinvite_web::router(routes).layer(from_fn(kept_private))
}

/// Nothing here is kept by anybody on the way, nor told to where a page leads.
async fn kept_private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (VARY, "Accept, Accept-Language"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
