//! The issuer's own session: a cookie by which it knows the operator again, as a user pool does.

use chrono::{DateTime, Utc};
use http::{
    HeaderMap,
    header::{COOKIE, HeaderValue},
};

use super::tickets::Tickets;

/// The cookie's name.
const COOKIE_NAME: &str = "reinvite-local";

/// The cookie goes to the issuer only. No script reads it, no form of another site sends it, and it ends with the browser.
const ATTRIBUTES: &str = "Path=/local; HttpOnly; SameSite=Lax";

/// An operator whom the issuer knows again.
#[derive(Clone, Debug)]
pub struct Session {
    /// The operator.
    pub login_id: String,
    /// The organisation.
    pub organisation: String,
}

impl Session {
    /// The session that a request belongs to.
    pub fn of(headers: &HeaderMap, sessions: &Tickets<Self>, now: DateTime<Utc>) -> Option<Self> {
        sessions.read(ticket(headers)?, now)
    }

    /// Begins the session, in place of that of the request. Answers the `Set-Cookie`.
    pub fn begin(
        self,
        headers: &HeaderMap,
        sessions: &Tickets<Self>,
        now: DateTime<Utc>,
    ) -> Result<Option<HeaderValue>, reinvite_aws::Error> {
        end(headers, sessions, now);
        let ticket = sessions.issue(self, now)?;
        let cookie = format!("{COOKIE_NAME}={ticket}; {ATTRIBUTES}");
        Ok(HeaderValue::from_str(&cookie).ok())
    }
}

/// Ends the session of a request. Answers the `Set-Cookie` that deletes its cookie.
pub fn end(
    headers: &HeaderMap,
    sessions: &Tickets<Session>,
    now: DateTime<Utc>,
) -> Option<HeaderValue> {
    if let Some(ticket) = ticket(headers) {
        sessions.redeem(ticket, now);
    }
    HeaderValue::from_str(&format!("{COOKIE_NAME}=; {ATTRIBUTES}; Max-Age=0")).ok()
}

/// Whether a request comes from a page of this very origin, or from a program that is no browser. A browser names the site in
/// every request to loopback; another port of this machine is the same site, and another origin.
pub fn is_own(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_none_or(|site| site == "same-origin")
}

fn ticket(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).into_iter();
    cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE_NAME).then_some(value))
}
