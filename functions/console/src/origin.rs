//! The origin of the page, as the request names it.

use std::net::IpAddr;

use axum::http::{HeaderMap, header::HOST, uri::Authority};

/// The host of a request, which may have a port. Only on loopback anything is made of it: there the local stack answers under
/// several names, and on ports of the developer's choice.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a>(pub &'a str);

impl<'a> Origin<'a> {
    /// The origin of a request's page.
    #[must_use]
    pub fn of(headers: &'a HeaderMap) -> Self {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        Self(host.unwrap_or_default())
    }

    /// Whether the host is a loopback name or address.
    #[must_use]
    pub fn is_loopback(self) -> bool {
        let Ok(authority) = self.0.parse::<Authority>() else {
            return false;
        };
        let name = authority.host();
        let address = name.trim_start_matches('[').trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost")
            || address
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// A URL as it is, and a path as a URL of this origin; `None` for a path unless this is loopback.
    #[must_use]
    pub fn complete(self, address: &str) -> Option<String> {
        if address.starts_with('/') {
            let host = self.0;
            self.is_loopback()
                .then(|| format!("http://{host}{address}"))
        } else {
            Some(address.to_owned())
        }
    }
}
