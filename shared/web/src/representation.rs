//! The media type in which a client wants a list.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{
        header::{ACCEPT, VARY},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use crate::{Page, Parameters, Problem};

/// The representation of a list that a request asks for with `Accept` (RFC 9110, section 12.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// `application/json`, unless the client prefers the other.
    Json,
    /// `text/csv`.
    Csv,
}

impl<S: Send + Sync> FromRequestParts<S> for Representation {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accepted = parts.headers.get_all(ACCEPT).iter();
        let accepted: Vec<_> = accepted.filter_map(|value| value.to_str().ok()).collect();
        Ok(Self::preferred(&accepted.join(",")))
    }
}

impl Representation {
    /// Takes the page that a request asks for out of its query: CSV has longer pages.
    ///
    /// # Errors
    ///
    /// 400 for a wrong limit or cursor.
    pub fn take_page<C: DeserializeOwned>(
        self,
        parameters: &mut Parameters,
    ) -> Result<Page<C>, Problem> {
        match self {
            Self::Json => Page::take(parameters),
            Self::Csv => Page::take_rows(parameters),
        }
    }

    /// Says in an answer that it depends on `Accept`.
    pub fn varying(answer: impl IntoResponse) -> Response {
        ([(VARY, "Accept")], answer).into_response()
    }

    fn preferred(accept: &str) -> Self {
        let csv = Preference::of("text", "csv", accept);
        let json = Preference::of("application", "json", accept);

        // A quality of 0 refuses the type.
        if csv.quality > 0 && csv > json {
            Self::Csv
        } else {
            Self::Json
        }
    }
}

/// How much a client wants a media type: first its quality, in thousandths, then how precisely a range
/// names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Preference {
    quality: u16,
    precision: u8,
}

impl Preference {
    /// The preference of the range that names the type most precisely.
    fn of(kind: &str, subtype: &str, accept: &str) -> Self {
        let ranges = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let precision = precision(parts.next()?, kind, subtype)?;
            let quality = parts.find_map(quality).unwrap_or(1_000);
            Some(Self { quality, precision })
        });
        ranges
            .max_by_key(|preference| preference.precision)
            .unwrap_or_default()
    }
}

/// How precisely a media range names a type; `None` if it does not include it.
fn precision(range: &str, kind: &str, subtype: &str) -> Option<u8> {
    match range.split_once('/')? {
        ("*", "*") => Some(1),
        (named, "*") if named.eq_ignore_ascii_case(kind) => Some(2),
        (named, name) if named.eq_ignore_ascii_case(kind) && name.eq_ignore_ascii_case(subtype) => {
            Some(3)
        }
        _ => None,
    }
}

/// The quality that a parameter gives, in thousandths; `None` if it is another parameter.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }

    let (whole, decimals) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let thousandths = format!("{whole}{decimals:0<3.3}");
    Some(thousandths.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_csv_if_it_prefers_csv() {
        for accept in [
            "text/csv",
            "Text/CSV; charset=utf-8",
            "text/csv, */*",
            "application/json;q=0.9, text/csv",
            "text/*",
            "application/json; q=0, */*; q=0.1",
            "text/csv;header=present;q=0.5, application/json;q=0.499",
        ] {
            assert_eq!(
                Representation::preferred(accept),
                Representation::Csv,
                "{accept}"
            );
        }

        for accept in [
            "",
            "*/*",
            "application/json",
            "application/json, text/csv",
            "text/csv; q=0.5, */*",
            "text/csv; q=0",
            "text/html",
            "text",
            ";,/",
        ] {
            assert_eq!(
                Representation::preferred(accept),
                Representation::Json,
                "{accept}"
            );
        }
    }
}
