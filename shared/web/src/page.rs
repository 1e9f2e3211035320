//! Pages of a list: `limit` and `next`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Parameters, Problem, parameters::wrong};

/// Entries of a page that names no `limit`.
const LIMIT: usize = 50;
/// The most entries a page may have.
const MOST: usize = 200;

/// Which part of a list is asked for. `C` is the list's own cursor: what stands before the page. It only says where to go
/// on, never whose list it is, so that a made-up one shows nothing that the operator could not see anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<C> {
    /// At most so many entries.
    pub limit: usize,
    /// Go on behind this; from the beginning where there is none.
    pub after: Option<C>,
}

impl<C: DeserializeOwned> Page<C> {
    /// Takes `limit` and `next` out of a query. A cursor of another list is refused as a garbled one is, provided that
    /// the fields of `C` are its own and unknown ones are denied.
    pub fn take(parameters: &mut Parameters) -> Result<Self, Problem> {
        let limit = match parameters.take("limit") {
            None => LIMIT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MOST).contains(limit))
                .ok_or_else(|| wrong("limit", "must be a whole number from 1 to 200"))?,
        };
        let after =
            match parameters.take("next").filter(|text| !text.is_empty()) {
                None => None,
                Some(text) => Some(read(&text).ok_or_else(|| {
                    wrong("next", "must be what the page before answered as next")
                })?),
            };
        Ok(Self { limit, after })
    }
}

fn read<C: DeserializeOwned>(text: &str) -> Option<C> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// The `next` that leads to the page behind `after`.
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
