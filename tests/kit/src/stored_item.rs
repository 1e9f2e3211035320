//! An item of a table, which a test reads and changes directly.

use dynoxide::Database;
use serde_json::{Value, json};

use crate::world::World;

/// An item by its key. Its attributes are DynamoDB's JSON.
#[derive(Clone)]
pub struct StoredItem {
    database: Database,
    table: &'static str,
    key: Value,
}

impl World {
    /// The item with this key, which need not exist.
    #[must_use]
    pub fn item(&self, table: &'static str, pk: &str, sk: &str) -> StoredItem {
        StoredItem {
            database: self.stack.services.database.clone(),
            table,
            key: json!({"pk": {"S": pk}, "sk": {"S": sk}}),
        }
    }
}

impl StoredItem {
    /// Reads the item.
    ///
    /// # Panics
    ///
    /// Panics if the table cannot be read.
    #[must_use]
    pub fn get(&self) -> Option<Value> {
        let request = json!({"TableName": self.table, "Key": self.key});
        let answer = serde_json::from_value(request)
            .map_or_else(
                |error| panic!("{error}"),
                |request| self.database.get_item(request),
            )
            .unwrap_or_else(|error| panic!("{error}"));

        answer
            .item
            .map(|item| serde_json::to_value(item).unwrap_or_else(|error| panic!("{error}")))
    }

    /// Writes the item in place of any other.
    ///
    /// # Panics
    ///
    /// Panics if the item cannot be written.
    pub fn put(&self, item: &Value) {
        let request = json!({"TableName": self.table, "Item": item});
        serde_json::from_value(request)
            .map_or_else(
                |error| panic!("{error}"),
                |request| self.database.put_item(request),
            )
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Deletes the item.
    ///
    /// # Panics
    ///
    /// Panics if the item cannot be deleted.
    pub fn delete(&self) {
        let request = json!({"TableName": self.table, "Key": self.key});
        serde_json::from_value(request)
            .map_or_else(
                |error| panic!("{error}"),
                |request| self.database.delete_item(request),
            )
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Sets one attribute. An item that does not exist is created.
    ///
    /// # Panics
    ///
    /// Panics if the item cannot be written.
    pub fn set(&self, attribute: &str, value: &Value) {
        let request = json!({
            "TableName": self.table,
            "Key": self.key,
            "UpdateExpression": "SET #attribute = :value",
            "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": {":value": value},
        });
        serde_json::from_value(request)
            .map_or_else(
                |error| panic!("{error}"),
                |request| self.database.update_item(request),
            )
            .unwrap_or_else(|error| panic!("{error}"));
    }
}
