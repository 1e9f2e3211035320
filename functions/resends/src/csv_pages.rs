//! The pages of a list as CSV.

use axum::response::Response;
use reinvite_store::Error;
use reinvite_web::{Column, CsvBody, Page, Problem, cursor};
use serde::Serialize;

use crate::function::ResendsFunction;

/// The number of rows that are read at a time.
const ROWS_PER_READ: usize = 200;

/// A list that is read page by page.
pub trait PagedList {
    /// The place after which a page begins.
    type Cursor: Serialize + Send + Sync;
    /// An entry as it is answered.
    type Row: Serialize + Send;

    /// Reads a page of at most `limit` rows after a place. It returns the place after which the next page
    /// begins, if more follow.
    fn page(
        &self,
        after: Option<&Self::Cursor>,
        limit: usize,
    ) -> impl Future<Output = Result<RowsAndNext<Self>, Error>> + Send;
}

/// Rows, and the place after which the next page begins.
pub type RowsAndNext<L> = (Vec<<L as PagedList>::Row>, Option<<L as PagedList>::Cursor>);

/// A list as CSV: its columns, its path, and the states that the request wants.
pub struct CsvPages<'a> {
    /// The columns.
    pub columns: &'static [Column],
    /// The path of the list.
    pub path: &'a str,
    /// The states of the rows; every state if there are none.
    pub states: &'a [&'a str],
}

impl CsvPages<'_> {
    /// Answers as many rows as fit, are asked for, and are read in time.
    pub async fn answer<L: PagedList>(
        &self,
        function: &ResendsFunction,
        list: &L,
        page: Page<L::Cursor>,
    ) -> Result<Response, Problem> {
        let deadline = function.caller_deadline();
        let mut body = CsvBody::new(self.columns, page.after.is_none(), page.limit)?;
        let mut after = page.after;
        loop {
            let limit = body.room().min(ROWS_PER_READ);
            let (rows, next) = list.page(after.as_ref(), limit).await?;
            for row in rows {
                body.push(&row)?;
            }

            after = next;
            if after.is_none() || body.room() == 0 || function.api.clock.now() >= deadline {
                break;
            }
        }

        let next = after.as_ref().map(cursor).transpose()?;
        body.into_answer(next.map(|next| self.next_address(page.limit, &next)))
    }

    /// The address of the page after a cursor. It is relative, for nothing is taken from the header `Host`.
    fn next_address(&self, limit: usize, next: &str) -> String {
        let Self { path, states, .. } = self;
        let states = if states.is_empty() {
            String::new()
        } else {
            format!("state={}&", states.join(","))
        };
        format!("{path}?{states}limit={limit}&next={next}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_with_the_same_parameters() {
        for (states, address) in [
            (&[][..], "/a?limit=10&next=x"),
            (
                &["failed", "bounced"],
                "/a?state=failed,bounced&limit=10&next=x",
            ),
        ] {
            let pages = CsvPages {
                columns: &[],
                path: "/a",
                states,
            };
            assert_eq!(pages.next_address(10, "x"), address);
        }
    }
}
