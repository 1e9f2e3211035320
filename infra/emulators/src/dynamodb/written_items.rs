//! The items that a request writes.

use std::collections::HashMap;

use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};

use super::json::{json_of, request};

/// The table of an item, and the values of its primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    table: String,
    key: Vec<Value>,
}

/// The attributes of the primary key of each table.
#[derive(Default)]
pub struct PrimaryKeys(HashMap<String, Vec<String>>);

impl PrimaryKeys {
    /// The keys of the tables that exist.
    pub fn of(database: &Database) -> Result<Self, DynoxideError> {
        let mut keys = HashMap::new();
        let tables = json_of(&database.list_tables(request(json!({}))?)?)?;
        for table in texts(&tables["TableNames"], "") {
            let described = database.describe_table(request(json!({"TableName": table}))?)?;
            let key = texts(
                &json_of(&described)?["Table"]["KeySchema"],
                "/AttributeName",
            );
            keys.insert(table, key);
        }
        Ok(Self(keys))
    }

    /// The item of each write in a request, in the order of the request; `None` for a write without a key, and for a
    /// statement that reads. A `ConditionCheck` counts as a write.
    pub fn written(&self, operation: &str, request: &Value) -> Vec<Option<Item>> {
        match operation {
            "PutItem" | "UpdateItem" | "DeleteItem" => vec![self.of_write(request)],
            "TransactWriteItems" => each(&request["TransactItems"])
                .map(|write| self.of_write(write.as_object()?.values().next()?))
                .collect(),
            "BatchWriteItem" => self.of_batch(&request["RequestItems"]),
            "ExecuteStatement" => vec![self.of_statement(request)],
            "BatchExecuteStatement" => each(&request["Statements"])
                .map(|statement| self.of_statement(statement))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The item of a write that names its table and has an `Item` or a `Key`.
    fn of_write(&self, write: &Value) -> Option<Item> {
        let attributes = write.get("Key").or_else(|| write.get("Item"))?;
        self.item(write["TableName"].as_str()?, |name| attributes.get(name))
    }

    fn of_batch(&self, tables: &Value) -> Vec<Option<Item>> {
        let tables = tables.as_object().into_iter().flatten();
        let of_entry = |table: &str, entry: &Value| {
            let attributes = entry
                .pointer("/PutRequest/Item")
                .or_else(|| entry.pointer("/DeleteRequest/Key"))?;
            self.item(table, |name| attributes.get(name))
        };

        tables
            .flat_map(|(table, entries)| each(entries).map(move |entry| of_entry(table, entry)))
            .collect()
    }

    /// The item of a PartiQL statement whose table is in quotes, and whose values are all parameters.
    fn of_statement(&self, statement: &Value) -> Option<Item> {
        let text = statement["Statement"].as_str()?.trim_start();
        let (verb, _) = text.split_once(' ')?;
        if verb.eq_ignore_ascii_case("SELECT") {
            return None;
        }

        // Each parameter comes after the name of its attribute, as in `"pk" = ?` and in `'pk': ?`.
        let names = text.split('?').map(|before| {
            let before = before.trim_end_matches([' ', '=', ':']);
            let name = before.rsplit([' ', ',', '{']).next().unwrap_or_default();
            name.trim_matches(['"', '\''])
        });
        let parameters: HashMap<_, _> = names.zip(each(&statement["Parameters"])).collect();
        self.item(text.split('"').nth(1)?, |name| {
            parameters.get(name).copied()
        })
    }

    fn item<'a>(&self, table: &str, attribute: impl Fn(&str) -> Option<&'a Value>) -> Option<Item> {
        let key = self.0.get(table)?.iter().map(|name| attribute(name));
        Some(Item {
            table: table.to_owned(),
            key: key
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .cloned()
                .collect(),
        })
    }
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// The text at `pointer` of each element of a list.
fn texts(list: &Value, pointer: &str) -> Vec<String> {
    each(list)
        .filter_map(|element| element.pointer(pointer)?.as_str())
        .map(ToOwned::to_owned)
        .collect()
}
