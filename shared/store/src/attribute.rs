//! Attribute values.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{Error, error::unwritable};

/// A string attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An instant as milliseconds since 1970.
pub(crate) fn millis(at: DateTime<Utc>) -> AttributeValue {
    number(at.timestamp_millis())
}

/// An instant as seconds since 1970, as DynamoDB's time to live wants it.
pub(crate) fn seconds(at: DateTime<Utc>) -> AttributeValue {
    number(at.timestamp())
}

/// Any value as serde writes it.
pub(crate) fn value(value: impl Serialize) -> Result<AttributeValue, Error> {
    to_attribute_value(value).map_err(unwritable)
}
