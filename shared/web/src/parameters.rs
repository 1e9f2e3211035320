//! Query parameters.

use std::{collections::BTreeMap, str::FromStr};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use reinvite_domain::{FieldError, Rule, Zone, period::Period, text::listed_values};
use serde::de::DeserializeOwned;

use crate::{
    Problem, ProblemKind,
    json::{Json, JsonError},
};

/// The parameters that are lists: they may be repeated, or have values separated by commas.
const LIST_PARAMETERS: [&str; 4] = ["action", "invitation", "state", "status"];

/// The query of a request, in which only lists may be repeated.
///
/// A handler takes the parameters that it knows out of the query. Then it either ends the query with
/// [`end`](Self::end), or reads the remaining parameters with [`rest`](Self::rest). Both reject
/// unknown parameters.
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
                Some(earlier) if LIST_PARAMETERS.contains(&&*name) => format!("{earlier},{value}"),
                Some(_) => return Err(invalid_parameter(name, Rule::Repeated)),
                None => value,
            };
            parameters.insert(name, value);
        }

        Ok(Self(parameters))
    }
}

impl Parameters {
    /// Takes a parameter out of the query.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Takes a parameter that is an id or another value with a rule of its own.
    ///
    /// # Errors
    ///
    /// 400 with the name of the parameter and the rule that it breaks.
    pub fn take_parsed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(String) -> Result<T, Rule>,
    ) -> Result<Option<T>, Problem> {
        self.take(name)
            .map(parse)
            .transpose()
            .map_err(|rule| invalid_parameter(name, rule))
    }

    /// Takes a whole number from 1 to `max`.
    ///
    /// # Errors
    ///
    /// 400 for anything else.
    pub fn take_number(&mut self, name: &str, max: usize) -> Result<Option<usize>, Problem> {
        self.take_parsed(name, |text| {
            let number = text.parse().ok();
            number
                .filter(|number| (1..=max).contains(number))
                .ok_or_else(|| Rule::OutOfRange {
                    min: 1,
                    max: u64::try_from(max).unwrap_or(u64::MAX),
                })
        })
    }

    /// Takes a list of values that are separated by commas; an empty list if the parameter is absent.
    ///
    /// # Errors
    ///
    /// 400 for a value that breaks a rule, and for a list without a value: it would mean everything.
    pub fn take_list<T: PartialEq>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Rule>,
    ) -> Result<Vec<T>, Problem> {
        let Some(text) = self.take(name) else {
            return Ok(Vec::new());
        };

        let mut values = Vec::new();
        for value in listed_values(&text) {
            let value = parse(value).map_err(|rule| invalid_parameter(name, rule))?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if values.is_empty() {
            return Err(invalid_parameter(name, Rule::Empty));
        }
        Ok(values)
    }

    /// Takes a list of values of an enum that are separated by commas.
    ///
    /// # Errors
    ///
    /// 400 for a value that is not one of `known`, and for a list without a value.
    pub fn take_known<T: Copy + PartialEq + FromStr + Into<&'static str>>(
        &mut self,
        name: &str,
        known: &[T],
    ) -> Result<Vec<T>, Problem> {
        self.take_list(name, |value| {
            value.parse().map_err(|_| Rule::unknown_value(known))
        })
    }

    /// Takes `true` or `false`; `false` if the parameter is absent.
    ///
    /// # Errors
    ///
    /// 400 for any other value.
    pub fn take_bool(&mut self, name: &str) -> Result<bool, Problem> {
        let known = ["true", "false"];
        let parse = |text: String| text.parse().map_err(|_| Rule::unknown_value(&known));
        Ok(self.take_parsed(name, parse)?.unwrap_or_default())
    }

    /// Takes the parameters `from` and `to`; dates are days in `zone`.
    ///
    /// # Errors
    ///
    /// 400 with the wrong parameter.
    pub fn take_period(&mut self, zone: Zone) -> Result<Period, Problem> {
        let (from, to) = (self.take("from"), self.take("to"));
        Period::parse_ends(from.as_deref(), to.as_deref(), zone)
            .map_err(|(name, rule)| invalid_parameter(name, rule))
    }

    /// Rejects the parameters that were not taken.
    pub fn end(self) -> Result<(), Problem> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(invalid_parameter(name, Rule::UnknownParameter)),
        }
    }

    /// Deserializes the parameters that were not taken.
    ///
    /// The fields of `T` are strings, and `T` denies unknown fields.
    pub fn rest<T: DeserializeOwned>(self) -> Result<T, Problem> {
        let texts = self.0.into_iter();
        let fields = texts.map(|(name, value)| (name, Json::Text(value)));

        T::deserialize(Json::Object(fields.collect())).map_err(JsonError::into_query_problem)
    }
}

/// The answer to a wrong parameter: 400 with its name.
pub(crate) fn invalid_parameter(name: impl Into<String>, rule: Rule) -> Problem {
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
            invalid_parameter("q", Rule::Repeated)
        );
        let unknown = query("limit=1&group=g&colour=red").await.unwrap();
        assert_eq!(
            unknown.clone().end().unwrap_err(),
            invalid_parameter("colour", Rule::UnknownParameter)
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
