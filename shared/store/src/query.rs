//! Queries: pages and whole partitions of a table or an index.

use aws_sdk_dynamodb::types::Select;
use serde::de::DeserializeOwned;

use crate::{
    Error,
    attribute::text,
    condition::names,
    error::failed,
    table::{Item, Table, decode},
};

/// A partition of the table or of an index, and a range of its sort key.
pub(crate) struct Range<'a> {
    pub index: Option<&'static str>,
    /// Attribute and value of the partition key.
    pub partition: (&'static str, &'a str),
    /// Attribute and bound of the sort key.
    pub sort: Option<(&'static str, Bound<'a>)>,
    pub newest_first: bool,
    pub limit: Option<usize>,
}

/// A bound on a sort key.
pub(crate) enum Bound<'a> {
    Prefix(&'a str),
    From(&'a str),
    After(&'a str),
    Before(&'a str),
    AfterWithinPrefix { after: &'a str, prefix: &'a str },
}

/// The number of users on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListSize {
    /// The users that were counted.
    pub users: u64,
    /// Whether these are all of them.
    pub is_complete: bool,
}

/// Items of a page, and whether more follow.
pub(crate) struct Page<T> {
    pub items: Vec<T>,
    pub more: bool,
}

impl<'a> Range<'a> {
    /// A page of the table itself, in ascending order.
    pub const fn of_table(partition: &'a str, limit: usize) -> Self {
        Self {
            index: None,
            partition: ("pk", partition),
            sort: None,
            newest_first: false,
            limit: Some(limit),
        }
    }

    /// A page of an index, in ascending order.
    pub const fn of_index(
        index: &'static str,
        partition: (&'static str, &'a str),
        limit: usize,
    ) -> Self {
        Self {
            index: Some(index),
            partition,
            sort: None,
            newest_first: false,
            limit: Some(limit),
        }
    }

    /// The part of the page after a sort key; all of it without one.
    pub fn after(self, attribute: &'static str, after: Option<&'a str>) -> Self {
        Self {
            sort: after.map(|after| (attribute, Bound::After(after))),
            ..self
        }
    }

    /// The part of the page before a sort key, newest first; all of it without one.
    pub fn newest_before(self, attribute: &'static str, before: Option<&'a str>) -> Self {
        Self {
            sort: before.map(|before| (attribute, Bound::Before(before))),
            newest_first: true,
            ..self
        }
    }
}

impl Bound<'_> {
    /// The condition on `#sk`, with its values.
    fn condition(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Prefix(prefix) => (
                " AND begins_with(#sk, :from)",
                vec![(":from", (*prefix).to_string())],
            ),
            Self::From(from) => (" AND #sk >= :from", vec![(":from", (*from).to_string())]),
            Self::After(after) => (" AND #sk > :from", vec![(":from", (*after).to_string())]),
            Self::Before(before) => (" AND #sk < :from", vec![(":from", (*before).to_string())]),
            // Nothing sorts between a text and the same text followed by the lowest character.
            Self::AfterWithinPrefix { after, prefix } => (
                " AND #sk BETWEEN :from AND :to",
                vec![
                    (":from", format!("{after}\u{1}")),
                    (":to", format!("{prefix}\u{10FFFF}")),
                ],
            ),
        }
    }
}

impl Table {
    /// Reads one page; strongly consistent on the table itself, eventually on an index.
    pub async fn query<T: DeserializeOwned>(&self, range: Range<'_>) -> Result<Page<T>, Error> {
        let (partition, value) = range.partition;
        let mut call = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(range.index.map(Into::into))
            .consistent_read(range.index.is_none())
            .scan_index_forward(!range.newest_first)
            .set_limit(range.limit.and_then(|limit| limit.try_into().ok()))
            .expression_attribute_names("#pk", partition)
            .expression_attribute_values(":pk", text(value));

        let mut condition = "#pk = :pk".to_string();
        if let Some((attribute, bound)) = range.sort {
            let (more, values) = bound.condition();
            condition += more;
            call = call.expression_attribute_names("#sk", attribute);
            for (name, value) in values {
                call = call.expression_attribute_values(name, text(value));
            }
        }

        let output = call
            .key_condition_expression(condition)
            .send()
            .await
            .map_err(failed("Query"))?;
        let items = output.items.unwrap_or_default();
        Ok(Page {
            items: items.into_iter().map(decode).collect::<Result<_, _>>()?,
            more: output.last_evaluated_key.is_some(),
        })
    }

    /// Reads every item of a partition whose sort key begins with `prefix`, strongly consistent.
    pub async fn query_all<T: DeserializeOwned>(
        &self,
        pk: &str,
        prefix: &str,
    ) -> Result<Vec<T>, Error> {
        let items = self.query_items(pk, prefix, None).await?;
        items.into_iter().map(decode).collect()
    }

    /// Reads every item of a partition whose sort key begins with `prefix`, of any kind: every attribute,
    /// or those of a projection expression.
    pub async fn query_items(
        &self,
        pk: &str,
        prefix: &str,
        projection: Option<&str>,
    ) -> Result<Vec<Item>, Error> {
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .set_projection_expression(projection.map(ToOwned::to_owned))
            .set_expression_attribute_names(projection.and_then(names))
            .expression_attribute_values(":pk", text(pk));
        query = if prefix.is_empty() {
            query.key_condition_expression("pk = :pk")
        } else {
            query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix))
        };

        let mut found = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = found.next().await {
            items.push(item.map_err(failed("Query"))?);
        }
        Ok(items)
    }

    /// Counts the items of a partition.
    pub async fn count(&self, pk: &str) -> Result<u64, Error> {
        let size = self.count_until(None, ("pk", pk), || false).await?;
        Ok(size.users)
    }

    /// Counts the items of a partition of the table or of an index, page by page, until there are no
    /// more or `is_over` says so after a page.
    pub async fn count_until(
        &self,
        index: Option<&'static str>,
        (attribute, value): (&'static str, &str),
        is_over: impl Fn() -> bool,
    ) -> Result<ListSize, Error> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(index.map(Into::into))
            .select(Select::Count)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", attribute)
            .expression_attribute_values(":pk", text(value))
            .into_paginator()
            .send();

        let mut users = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed("Query"))?;
            users += u64::try_from(page.count).unwrap_or_default();
            if page.last_evaluated_key.is_some() && is_over() {
                return Ok(ListSize {
                    users,
                    is_complete: false,
                });
            }
        }
        Ok(ListSize {
            users,
            is_complete: true,
        })
    }
}
