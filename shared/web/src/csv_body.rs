//! A list as `text/csv` (RFC 4180).

use axum::{
    http::header::{CONTENT_TYPE, LINK},
    response::{AppendHeaders, IntoResponse, Response},
};
use csv::{Terminator, Writer, WriterBuilder};
use reinvite_domain::spreadsheet::guarded;
use serde::Serialize;
use serde_json::Value;

use crate::{Problem, Representation};

/// A Lambda function answers at most 6 MB. The rows of one more read fit in the rest.
const MAX_BYTES: usize = 4_000_000;

/// A client gets one byte order mark: `lambda_http` decodes a text, which takes the first one away.
const BYTE_ORDER_MARKS: &str = "\u{feff}\u{feff}";

/// A column: its name in the header, and the field of a row that it has.
pub type Column = (&'static str, &'static str);

/// A page of a list in the making: UTF-8, with a byte order mark and a header on the first page only, so
/// that pages make a file one after the other. A spreadsheet takes no cell for a formula.
#[derive(Debug)]
pub struct CsvBody {
    columns: &'static [Column],
    writer: Writer<Vec<u8>>,
    max_rows: usize,
    rows: usize,
    bytes: usize,
}

impl CsvBody {
    /// Begins a page of at most `max_rows` rows.
    ///
    /// # Errors
    ///
    /// The header is not written.
    pub fn new(
        columns: &'static [Column],
        is_first: bool,
        max_rows: usize,
    ) -> Result<Self, Problem> {
        let begin = if is_first { BYTE_ORDER_MARKS } else { "" };
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(begin.as_bytes().to_vec());

        if is_first {
            let names = columns.iter().map(|(name, _)| name);
            writer
                .write_record(names)
                .map_err(|error| not_written(&error))?;
        }
        Ok(Self {
            columns,
            writer,
            max_rows,
            rows: 0,
            bytes: 0,
        })
    }

    /// The number of rows for which there is room.
    #[must_use]
    pub const fn room(&self) -> usize {
        if self.bytes < MAX_BYTES {
            self.max_rows.saturating_sub(self.rows)
        } else {
            0
        }
    }

    /// Writes a row; an absent field is an empty cell.
    ///
    /// # Errors
    ///
    /// The row is not written.
    pub fn push(&mut self, row: &impl Serialize) -> Result<(), Problem> {
        let row = serde_json::to_value(row).map_err(|error| Problem::internal(&error))?;
        let cells: Vec<_> = self
            .columns
            .iter()
            .map(|(_, field)| text(&row[field]))
            .collect();

        let cells = cells.iter().map(|cell| guarded(cell));
        for cell in cells {
            self.bytes += cell.len() + 1;
            self.writer
                .write_field(cell.as_bytes())
                .map_err(|error| not_written(&error))?;
        }
        self.rows += 1;
        self.writer
            .write_record(None::<&[u8]>)
            .map_err(|error| not_written(&error))
    }

    /// The answer; `next` is the address of the following page (RFC 8288).
    ///
    /// # Errors
    ///
    /// The rows are not written.
    pub fn into_answer(self, next: Option<String>) -> Result<Response, Problem> {
        let body = self
            .writer
            .into_inner()
            .map_err(|error| Problem::internal(error.error()))?;
        let link = next.map(|address| (LINK, format!("<{address}>; rel=\"next\"")));

        let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8")];
        let answer = (AppendHeaders(link), headers, body).into_response();
        Ok(Representation::varying(answer))
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn not_written(error: &csv::Error) -> Problem {
    Problem::internal(error)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use proptest::prelude::*;
    use reinvite_domain::spreadsheet::unguarded;
    use serde_json::json;
    use tokio::runtime::Builder;

    use super::*;

    const COLUMNS: &[Column] = &[("display_name", "displayName"), ("attempt", "attempt")];

    fn body_of(answer: Response) -> String {
        let runtime = Builder::new_current_thread().build().unwrap();
        let bytes = runtime.block_on(to_bytes(answer.into_body(), usize::MAX));
        String::from_utf8(bytes.unwrap().to_vec()).unwrap()
    }

    fn page(is_first: bool, names: &[String]) -> String {
        let mut body = CsvBody::new(COLUMNS, is_first, names.len()).unwrap();
        for name in names {
            assert!(body.room() > 0);
            body.push(&json!({"displayName": name, "attempt": 1, "state": "sent"}))
                .unwrap();
        }
        assert_eq!(body.room(), 0);
        body_of(body.into_answer(None).unwrap())
    }

    #[test]
    fn the_first_page_has_a_byte_order_mark_and_a_header() {
        let names = ["Ada, \"A\"".to_string(), "=1+1".to_string()];
        let rows = "\"Ada, \"\"A\"\"\",1\r\n'=1+1,1\r\n";
        assert_eq!(
            page(true, &names),
            format!("{BYTE_ORDER_MARKS}display_name,attempt\r\n{rows}")
        );
        assert_eq!(page(false, &names), rows);
        assert_eq!(page(false, &[]), "");
    }

    #[test]
    fn an_answer_names_its_type_and_the_next_page() {
        let begin = || CsvBody::new(COLUMNS, true, 1).unwrap();
        let mut body = begin();
        body.push(&json!({})).unwrap();
        let answer = body.into_answer(Some("/v1/users?next=x".into())).unwrap();
        assert_eq!(answer.headers()[LINK], "</v1/users?next=x>; rel=\"next\"");
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(answer.headers()["vary"], "Accept");
        assert!(body_of(answer).ends_with("attempt\r\n,\r\n"));

        let last = begin().into_answer(None).unwrap();
        assert!(!last.headers().contains_key(LINK));
    }

    #[test]
    fn a_page_ends_before_an_answer_is_too_large() {
        let mut body = CsvBody::new(COLUMNS, true, 10_000).unwrap();
        let row = json!({"displayName": "長".repeat(1_000)});
        while body.room() > 0 {
            body.push(&row).unwrap();
        }
        let bytes = body_of(body.into_answer(None).unwrap()).len();
        assert!((MAX_BYTES..5_000_000).contains(&bytes), "{bytes}");
    }

    proptest! {
        /// A CSV reader and the import read every name as it is.
        #[test]
        fn every_text_comes_back(
            names in prop::collection::vec("['=+@＝\"\r\n,;\t-]{0,3}\\PC{0,8}", 1..6),
        ) {
            let (first, rest) = names.split_at(names.len() / 2);
            let file = page(true, first) + &page(false, rest);

            let file = file.trim_start_matches('\u{feff}').as_bytes();
            let mut reader = csv::Reader::from_reader(file);
            prop_assert_eq!(reader.headers().unwrap(), vec!["display_name", "attempt"]);
            let read: Vec<_> = reader
                .records()
                .map(|record| unguarded(&record.unwrap()[0]).to_string())
                .collect();
            prop_assert_eq!(read, names);
        }
    }
}
