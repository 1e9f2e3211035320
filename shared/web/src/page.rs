//! Pages of a list: the parameters `limit` and `next`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reinvite_domain::Rule;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Parameters, Problem, parameters::invalid_parameter};

/// The number of entries on a page of a request without a `limit`.
const DEFAULT_ENTRIES: usize = 50;

/// The largest number of entries on a page.
const MAX_ENTRIES: usize = 200;

/// The largest number of rows on a page of CSV, and the number without a `limit`.
const MAX_ROWS: usize = 10_000;

/// The part of a list that a request asks for.
///
/// `C` is the cursor of the list: the position before the page. A cursor only says where to go on,
/// and never in whose list, so a forged cursor shows nothing that the operator could not see anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<C> {
    /// The largest number of entries on the page.
    pub limit: usize,
    /// The position after which the page begins; `None` for the first page.
    pub after: Option<C>,
}

impl<C: DeserializeOwned> Page<C> {
    /// Takes `limit` and `next` out of a query.
    ///
    /// # Errors
    ///
    /// 400 for a limit out of range and for a cursor that cannot be read. A cursor of another list
    /// cannot be read either, if the fields of `C` are its own and it denies unknown fields.
    pub fn take(parameters: &mut Parameters) -> Result<Self, Problem> {
        Self::take_up_to(parameters, DEFAULT_ENTRIES, MAX_ENTRIES)
    }

    /// Takes `limit` and `next` out of the query of a list as CSV, which has longer pages.
    ///
    /// # Errors
    ///
    /// As for [`take`](Self::take).
    pub fn take_rows(parameters: &mut Parameters) -> Result<Self, Problem> {
        Self::take_up_to(parameters, MAX_ROWS, MAX_ROWS)
    }

    /// Takes `limit` and `next` out of the query of a list that has `default` entries on a page without a
    /// `limit`.
    ///
    /// # Errors
    ///
    /// As for [`take`](Self::take).
    pub fn take_with_default(parameters: &mut Parameters, default: usize) -> Result<Self, Problem> {
        Self::take_up_to(parameters, default, MAX_ENTRIES)
    }

    fn take_up_to(
        parameters: &mut Parameters,
        default: usize,
        max: usize,
    ) -> Result<Self, Problem> {
        let limit = parameters.take_number("limit", max)?.unwrap_or(default);
        let after = parameters
            .take("next")
            .filter(|text| !text.is_empty())
            .map(|text| parse_cursor(&text))
            .transpose()?;

        Ok(Self { limit, after })
    }
}

fn parse_cursor<C: DeserializeOwned>(text: &str) -> Result<C, Problem> {
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| invalid_parameter("next", Rule::UnusableCursor))
}

/// The `next` of a page: the encoded cursor of its last entry.
pub fn cursor<C: Serialize>(after: &C) -> Result<String, Problem> {
    let json = serde_json::to_vec(after).map_err(|error| Problem::internal(&error))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(json))
}

#[cfg(test)]
mod tests {
    use axum::{extract::FromRequestParts, http::Request};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Users {
        login_id: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Groups {
        path: String,
    }

    async fn page(query: &str) -> Result<Page<Users>, Problem> {
        let (mut parts, ()) = Request::builder()
            .uri(format!("/?{query}"))
            .body(())
            .unwrap()
            .into_parts();
        Page::take(
            &mut Parameters::from_request_parts(&mut parts, &())
                .await
                .unwrap(),
        )
    }

    #[tokio::test]
    async fn a_cursor_leads_back_to_where_it_was_made() {
        let after = Users {
            login_id: "愛子/1".into(),
        };
        let next = cursor(&after).unwrap();
        assert_eq!(
            page(&format!("limit=200&next={next}")).await,
            Ok(Page {
                limit: 200,
                after: Some(after)
            })
        );
        assert_eq!(
            page("").await,
            Ok(Page {
                limit: 50,
                after: None
            })
        );
    }

    #[tokio::test]
    async fn a_wrong_limit_and_a_garbled_or_foreign_cursor_are_named() {
        for bad in ["0", "201", "-1", "x", ""] {
            assert!(
                format!("{:?}", page(&format!("limit={bad}")).await.unwrap_err())
                    .contains("\"limit\""),
                "{bad}"
            );
        }
        assert_eq!(
            page("next=").await,
            Ok(Page {
                limit: 50,
                after: None
            })
        );
        for bad in [
            "x",
            "e30",
            &cursor(&Groups {
                path: "Sales".into(),
            })
            .unwrap(),
        ] {
            assert!(
                format!("{:?}", page(&format!("next={bad}")).await.unwrap_err())
                    .contains("\"next\""),
                "{bad}"
            );
        }
    }
}
