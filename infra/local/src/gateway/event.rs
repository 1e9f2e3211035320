//! The event of an HTTP API, payload format 2.0.

use std::{borrow::Cow, collections::BTreeMap, net::SocketAddr};

use axum::extract::{ConnectInfo, Query};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use http::{
    HeaderMap,
    header::{CONTENT_TYPE, COOKIE, HOST, USER_AGENT},
    request::Parts,
};
use reinvite_emulators::arn;
use reinvite_web::TokenClaims;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::template::Route;

/// The values of a route's path parameters, decoded.
pub type PathParameters = BTreeMap<String, String>;

/// A request on its way to a function.
pub struct Event<'a> {
    pub route: &'a Route,
    pub parts: &'a Parts,
    pub path_parameters: PathParameters,
    /// The claims of the token, on routes that need one.
    pub claims: Option<TokenClaims>,
    pub body: &'a [u8],
    pub now: DateTime<Utc>,
    /// The number of the request, from 1.
    pub number: u64,
}

impl Event<'_> {
    /// The event as JSON. As in API Gateway, a member without a value is left out.
    pub fn into_json(self) -> Value {
        let headers = &self.parts.headers;
        let route_key = format!("{} {}", self.route.method, self.route.path);
        let mut event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": self.parts.uri.path(),
            "rawQueryString": self.parts.uri.query().unwrap_or_default(),
            "headers": joined(headers),
            "requestContext": self.request_context(&route_key),
            "isBase64Encoded": false,
        });

        let cookies = cookies(headers);
        if !cookies.is_empty() {
            event["cookies"] = cookies.into();
        }

        let query = self.query_string_parameters();
        if !query.is_empty() {
            event["queryStringParameters"] = query.into();
        }
        if !self.path_parameters.is_empty() {
            event["pathParameters"] = json!(self.path_parameters);
        }

        if !self.body.is_empty() {
            if let Some(text) = as_text(self.body, &media_type(headers)) {
                event["body"] = text.into();
            } else {
                event["body"] = BASE64_STANDARD.encode(self.body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
        event
    }

    fn request_context(&self, route_key: &str) -> Value {
        let headers = &self.parts.headers;
        let source_ip = self
            .parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|from| from.0.ip().to_string());

        let id = Uuid::from_u64_pair(self.now.timestamp_millis().unsigned_abs(), self.number);

        let mut context = json!({
            "accountId": arn::ACCOUNT,
            "apiId": "local",
            "domainName": text(headers, &HOST),
            "domainPrefix": "local",
            "http": {
                "method": self.parts.method.as_str(),
                "path": self.parts.uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip.unwrap_or_else(|| "127.0.0.1".to_owned()),
                "userAgent": text(headers, &USER_AGENT),
            },
            "requestId": id.to_string(),
            "routeKey": route_key,
            "stage": "$default",
            "time": self.now.format("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": self.now.timestamp_millis(),
        });

        if let Some(claims) = &self.claims {
            context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
        }
        context
    }

    /// Decoded; values of one name are joined by commas.
    fn query_string_parameters(&self) -> Map<String, Value> {
        let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(&self.parts.uri) else {
            return Map::new();
        };

        let mut joined: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in pairs {
            joined
                .entry(name)
                .and_modify(|values| *values = format!("{values},{value}"))
                .or_insert(value);
        }
        joined
            .into_iter()
            .map(|(name, values)| (name, values.into()))
            .collect()
    }
}

/// Headers by lower-case name, several of one name joined by commas; cookies have a place of their own.
fn joined(headers: &HeaderMap) -> Map<String, Value> {
    let join = |name| {
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        Value::String(values.join(","))
    };
    headers
        .keys()
        .filter(|name| **name != COOKIE)
        .map(|name| (name.to_string(), join(name)))
        .collect()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .collect()
}

fn text<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn media_type(headers: &HeaderMap) -> String {
    let content_type = text(headers, &CONTENT_TYPE);
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().to_ascii_lowercase()
}

/// The body as API Gateway hands it on as text; `None` if it goes in Base64. A body of type `text/*` is always text: bytes that
/// are not UTF-8 are replaced, and lost.
fn as_text<'a>(body: &'a [u8], media_type: &str) -> Option<Cow<'a, str>> {
    if media_type.starts_with("text/") {
        return Some(String::from_utf8_lossy(body));
    }

    let is_text = media_type.is_empty()
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml")
        || [
            "application/json",
            "application/javascript",
            "application/xml",
        ]
        .contains(&media_type);
    let text = std::str::from_utf8(body).ok().filter(|_| is_text)?;
    Some(Cow::Borrowed(text))
}
