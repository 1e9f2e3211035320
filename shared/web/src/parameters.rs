//! Query parameters.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use reinvite_domain::FieldError;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Problem, ProblemKind};

/// Parameters that may be there several times, for a list; elsewhere they are written with commas.
const LISTS: [&str; 2] = ["state", "status"];

/// The query of a request, each parameter at most once but for lists. A handler takes what it knows and then says that this is
/// [all](Self::end), or reads [the rest](Self::rest): what is left over is refused.
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::new(ProblemKind::Malformed, "The query cannot be read."))?;
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs.0 {
            let value = match parameters.remove(&name) {
                Some(earlier) if LISTS.contains(&&*name) => format!("{earlier},{value}"),
                Some(_) => return Err(wrong(name, "must not be there twice")),
                None => value,
            };
            parameters.insert(name, value);
        }
        Ok(Self(parameters))
    }
}

impl Parameters {
    /// Takes a parameter out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Refuses what nobody took.
    pub fn end(self) -> Result<(), Problem> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(wrong(name, "is not a parameter of this call")),
        }
    }

    /// Reads what nobody took as a `T`, whose fields are texts and which refuses unknown ones.
    pub fn rest<T: DeserializeOwned>(self) -> Result<T, Problem> {
        let object: Value = self
            .0
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        serde_path_to_error::deserialize(object).map_err(|error| {
            let name = error.path().to_string();
            wrong(name, &error.into_inner().to_string())
        })
    }
}

/// A wrong parameter: 400, naming it.
pub(crate) fn wrong(name: impl Into<String>, rule: &str) -> Problem {
    Problem::fields(
        ProblemKind::Malformed,
        vec![FieldError::parameter(name, rule)],
    )
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use reinvite_domain::Filter;

    use super::*;

    async fn query(query: &str) -> Result<Parameters, Problem> {
        let (mut parts, ()) = Request::builder()
            .uri(format!("/v1/users?{query}"))
            .body(())
            .unwrap()
            .into_parts();
        Parameters::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_parameter_that_is_doubled_or_unknown_is_named() {
        assert_eq!(
            query("q=a&limit=1&q=b").await.unwrap_err(),
            wrong("q", "must not be there twice")
        );
        let unknown = query("limit=1&group=g&colour=red").await.unwrap();
        assert_eq!(
            unknown.clone().end().unwrap_err(),
            wrong("colour", "is not a parameter of this call")
        );
        let Err(problem) = unknown.clone().rest::<Filter>() else {
            panic!("an unknown parameter was taken")
        };
        assert!(format!("{problem:?}").contains("\"colour\""), "{problem:?}");
    }

    #[tokio::test]
    async fn what_was_not_taken_is_read_as_a_filter() {
        let mut parameters = query("limit=20&status=active%2Csuspended&q=a+b")
            .await
            .unwrap();
        assert_eq!(parameters.take("limit").as_deref(), Some("20"));
        let filter: Filter = parameters.rest().unwrap();
        assert_eq!(
            query("state=a&state=b")
                .await
                .unwrap()
                .take("state")
                .as_deref(),
            Some("a,b")
        );
        assert_eq!(filter.q.as_deref(), Some("a b"));
        assert_eq!(
            serde_json::to_value(&filter.status).unwrap(),
            "active,suspended"
        );
    }
}
