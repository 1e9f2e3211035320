//! Cross-origin requests, as an HTTP API with a CORS configuration answers them.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
        ORIGIN,
    },
    request::Parts,
};

use crate::template::CorsConfiguration;

/// The CORS headers of the gateway's answers.
#[derive(Clone)]
pub struct Cors(CorsConfiguration);

impl Cors {
    /// Adds headers as the configuration says.
    #[must_use]
    pub const fn new(configuration: CorsConfiguration) -> Self {
        Self(configuration)
    }

    /// Replaces the CORS headers of an answer: those of the function are dropped, and the gateway's own are added if the
    /// request comes from an allowed origin.
    pub fn apply(&self, request: &Parts, headers: &mut HeaderMap) {
        let from_function: Vec<HeaderName> = headers
            .keys()
            .filter(|name| name.as_str().starts_with("access-control-"))
            .cloned()
            .collect();
        for name in from_function {
            headers.remove(name);
        }

        let Some(origin) = self.allowed_origin(request) else {
            return;
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        insert(
            headers,
            ACCESS_CONTROL_EXPOSE_HEADERS,
            &self.0.expose_headers.join(","),
        );

        if is_preflight(request) {
            let allowed = [
                (ACCESS_CONTROL_ALLOW_METHODS, self.0.allow_methods.join(",")),
                (ACCESS_CONTROL_ALLOW_HEADERS, self.0.allow_headers.join(",")),
                (ACCESS_CONTROL_MAX_AGE, self.0.max_age.to_string()),
            ];
            for (name, value) in allowed {
                insert(headers, name, &value);
            }
        }
    }

    fn allowed_origin<'a>(&self, request: &'a Parts) -> Option<&'a HeaderValue> {
        let origin = request.headers.get(ORIGIN)?;
        let is_allowed = self
            .0
            .allow_origins
            .iter()
            .any(|allowed| allowed.as_bytes() == origin.as_bytes());
        is_allowed.then_some(origin)
    }
}

/// Whether a browser asks if it may send a request.
pub fn is_preflight(request: &Parts) -> bool {
    request.method == Method::OPTIONS
        && request.headers.contains_key(ORIGIN)
        && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // The template's values are names of methods and headers, so they are valid header values.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
