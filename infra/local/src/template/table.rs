//! The tables of the template.

use serde_json::json;

use super::document::TableProperties;

/// A DynamoDB table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The table's name.
    pub name: String,
    /// The request of `CreateTable`.
    pub create: serde_json::Value,
    /// The attribute with the expiry of an item, in seconds since 1970.
    pub expires: Option<String>,
}

impl Table {
    pub(super) fn new(name: String, properties: TableProperties) -> Self {
        let mut create = json!({
            "TableName": name,
            "BillingMode": properties.billing_mode,
            "AttributeDefinitions": properties.attribute_definitions,
            "KeySchema": properties.key_schema,
        });
        if let Some(indexes) = properties.global_secondary_indexes {
            create["GlobalSecondaryIndexes"] = indexes;
        }

        Self {
            name,
            create,
            expires: properties
                .time_to_live_specification
                .map(|expiry| expiry.attribute_name),
        }
    }

    /// The name of the partition key.
    #[must_use]
    pub fn partition_key(&self) -> Option<String> {
        let mut schema = self.create["KeySchema"].as_array()?.iter();
        let key = schema.find(|key| key["KeyType"] == "HASH")?;
        key["AttributeName"].as_str().map(ToOwned::to_owned)
    }
}
