//! The accesses of a call to DynamoDB: a transaction needs its single actions, and PartiQL has actions of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ATTRIBUTES, LEADING_KEYS, access::Access};
use crate::arn;

/// One item, or one query, of a call.
struct Touch {
    action: &'static str,
    table: String,
    index: Option<String>,
    /// The partition key, if it is known.
    key: Option<String>,
}

/// The accesses of a call, one for each action on each table or index, with the partition keys of all its items.
pub fn accesses(
    operation: &str,
    body: &Value,
    partition_keys: &BTreeMap<String, String>,
) -> Vec<Access> {
    let mut keys_by_action: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for touch in touches(operation, body, partition_keys) {
        let resource = arn::table(&touch.table, touch.index.as_deref());
        keys_by_action
            .entry((touch.action, resource))
            .or_default()
            .extend(touch.key);
    }

    keys_by_action
        .into_iter()
        .map(|((action, resource), keys)| {
            let mut context = BTreeMap::from([(LEADING_KEYS, keys)]);
            if action == "BatchGetItem"
                && let Some(attributes) = projected(body)
            {
                context.insert(ATTRIBUTES, attributes);
            }
            Access {
                action: format!("dynamodb:{action}"),
                resource,
                context,
            }
        })
        .collect()
}

/// The attributes that a `BatchGetItem` names; `None` if it reads every attribute of some item.
fn projected(body: &Value) -> Option<Vec<String>> {
    let mut attributes = Vec::new();
    for wanted in body["RequestItems"].as_object()?.values() {
        let projection = wanted["ProjectionExpression"].as_str()?;
        for path in projection.split(',').map(str::trim) {
            let name = path.split(['.', '[']).next().unwrap_or_default();
            let named = wanted["ExpressionAttributeNames"][name].as_str();
            attributes.push(named.unwrap_or(name).to_owned());
        }
    }
    Some(attributes)
}

fn touches(operation: &str, body: &Value, keys: &BTreeMap<String, String>) -> Vec<Touch> {
    match operation {
        "GetItem" => vec![of_item("GetItem", body, &body["Key"], keys)],
        "PutItem" => vec![of_item("PutItem", body, &body["Item"], keys)],
        "UpdateItem" => vec![of_item("UpdateItem", body, &body["Key"], keys)],
        "DeleteItem" => vec![of_item("DeleteItem", body, &body["Key"], keys)],
        "Query" => vec![of_query(body)],
        "BatchGetItem" => of_batch("BatchGetItem", body, keys),
        "BatchWriteItem" => of_batch("BatchWriteItem", body, keys),
        "TransactWriteItems" | "TransactGetItems" => list(&body["TransactItems"])
            .filter_map(|item| of_transaction(item, keys))
            .collect(),
        "BatchExecuteStatement" => list(&body["Statements"])
            .map(|statement| of_statement(statement, keys))
            .collect(),
        "ExecuteTransaction" => list(&body["TransactStatements"])
            .map(|statement| of_statement(statement, keys))
            .collect(),
        "ExecuteStatement" => vec![of_statement(body, keys)],
        // No policy names this action, so a call of another operation is always refused.
        _ => vec![of_item("Unknown", body, &Value::Null, keys)],
    }
}

/// An action on the item that `attributes` names.
fn of_item(
    action: &'static str,
    named: &Value,
    attributes: &Value,
    keys: &BTreeMap<String, String>,
) -> Touch {
    let table = table_of(named);
    let key = partition_key(&table, attributes, keys);
    Touch {
        action,
        table,
        index: None,
        key,
    }
}

/// A query. DynamoDB demands an equality of the partition key, which every query here writes first.
fn of_query(body: &Value) -> Touch {
    let expression = body["KeyConditionExpression"].as_str().unwrap_or_default();
    let placeholder = expression
        .split_once('=')
        .and_then(|(_, value)| value.split_whitespace().next());
    let value = placeholder.map(|name| &body["ExpressionAttributeValues"][name]["S"]);

    Touch {
        action: "Query",
        table: table_of(body),
        index: body["IndexName"].as_str().map(ToOwned::to_owned),
        key: value.and_then(Value::as_str).map(ToOwned::to_owned),
    }
}

fn of_batch(action: &'static str, body: &Value, keys: &BTreeMap<String, String>) -> Vec<Touch> {
    let tables = body["RequestItems"].as_object().into_iter().flatten();
    let mut touches = Vec::new();
    for (table, wanted) in tables {
        let items = list(wanted).map(|write| {
            let (put, delete) = (&write["PutRequest"]["Item"], &write["DeleteRequest"]["Key"]);
            if put.is_null() { delete } else { put }
        });
        touches.extend(list(&wanted["Keys"]).chain(items).map(|item| Touch {
            action,
            table: table.clone(),
            index: None,
            key: partition_key(table, item, keys),
        }));
    }
    touches
}

/// An entry of a transaction has one member, which names its action.
fn of_transaction(item: &Value, keys: &BTreeMap<String, String>) -> Option<Touch> {
    let (name, entry) = item.as_object()?.iter().next()?;
    let (action, attributes) = match name.as_str() {
        "Put" => ("PutItem", &entry["Item"]),
        "Update" => ("UpdateItem", &entry["Key"]),
        "Delete" => ("DeleteItem", &entry["Key"]),
        "ConditionCheck" => ("ConditionCheckItem", &entry["Key"]),
        "Get" => ("GetItem", &entry["Key"]),
        _ => ("Unknown", &Value::Null),
    };
    Some(of_item(action, entry, attributes, keys))
}

/// A PartiQL statement, whose parameters stand for `?` in their order.
fn of_statement(statement: &Value, keys: &BTreeMap<String, String>) -> Touch {
    let text = statement["Statement"].as_str().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    let (action, before_table) = match words.first().copied().unwrap_or_default() {
        "INSERT" => ("PartiQLInsert", "INTO"),
        "UPDATE" => ("PartiQLUpdate", "UPDATE"),
        "DELETE" => ("PartiQLDelete", "FROM"),
        "SELECT" => ("PartiQLSelect", "FROM"),
        _ => ("Unknown", ""),
    };

    let mut after = words.iter().skip_while(|word| **word != before_table);
    let name = after.nth(1).copied().unwrap_or_default().replace('"', "");
    let (table, index) = match name.split_once('.') {
        Some((table, index)) => (table.to_owned(), Some(index.to_owned())),
        None => (name, None),
    };

    let place = keys.get(&table).and_then(|key| placeholder(text, key));
    let parameter = place.map(|place| &statement["Parameters"][place]["S"]);
    Touch {
        action,
        table,
        index,
        key: parameter.and_then(Value::as_str).map(ToOwned::to_owned),
    }
}

/// The number of the `?` that stands for the partition key, from 0.
fn placeholder(statement: &str, key: &str) -> Option<usize> {
    let written = [
        format!("'{key}': ?"),
        format!("WHERE {key} = ?"),
        format!("WHERE \"{key}\" = ?"),
    ];
    let at = written.iter().find_map(|text| statement.find(text))?;
    Some(statement[..at].matches('?').count())
}

fn partition_key(
    table: &str,
    attributes: &Value,
    keys: &BTreeMap<String, String>,
) -> Option<String> {
    let key = &attributes[keys.get(table)?]["S"];
    key.as_str().map(ToOwned::to_owned)
}

fn table_of(named: &Value) -> String {
    named["TableName"].as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The accesses of a call as `action table-or-index keys`.
    fn lines(operation: &str, body: &Value) -> Vec<String> {
        let keys = BTreeMap::from([("People".to_owned(), "pk".to_owned())]);
        let prefix = arn::table("", None);
        let line = |access: Access| {
            let resource = access.resource.strip_prefix(&prefix).unwrap();
            let keys = access.context[LEADING_KEYS].join(",");
            let action = access.action.strip_prefix("dynamodb:").unwrap();
            format!("{action} {resource} {keys}")
        };
        accesses(operation, body, &keys)
            .into_iter()
            .map(line)
            .collect()
    }

    fn key(pk: &str) -> Value {
        json!({"pk": {"S": pk}, "sk": {"S": "x"}})
    }

    #[test]
    fn a_transaction_needs_its_single_actions() {
        let body = json!({"TransactItems": [
            {"Put": {"TableName": "People", "Item": key("a")}},
            {"Update": {"TableName": "People", "Key": key("b")}},
            {"Update": {"TableName": "People", "Key": key("c")}},
            {"Delete": {"TableName": "People", "Key": key("d")}},
            {"ConditionCheck": {"TableName": "People", "Key": key("e")}},
        ]});
        let expected = [
            "ConditionCheckItem People e",
            "DeleteItem People d",
            "PutItem People a",
            "UpdateItem People b,c",
        ];
        assert_eq!(lines("TransactWriteItems", &body), expected);

        let body = json!({"TransactItems": [{"Get": {"TableName": "People", "Key": key("a")}}]});
        assert_eq!(lines("TransactGetItems", &body), ["GetItem People a"]);
    }

    #[test]
    fn a_batch_that_names_attributes_reads_no_others() {
        let keys = BTreeMap::from([("People".to_owned(), "pk".to_owned())]);
        let read = |wanted: Value| {
            let body = json!({"RequestItems": {"People": wanted}});
            let access = accesses("BatchGetItem", &body, &keys).remove(0);
            access.context.get(ATTRIBUTES).cloned()
        };
        assert_eq!(read(json!({"Keys": [key("a")]})), None);
        let named = read(json!({
            "Keys": [key("a")],
            "ProjectionExpression": "pk, #name.first",
            "ExpressionAttributeNames": {"#name": "name"},
        }));
        assert_eq!(named.unwrap(), ["pk", "name"]);
    }

    #[test]
    fn partiql_has_actions_of_its_own() {
        let body = json!({"Statements": [
            {
                "Statement": "INSERT INTO \"People\" VALUE {'n': ?, 'pk': ?, 'sk': ?}",
                "Parameters": [{"N": "1"}, {"S": "a"}, {"S": "x"}],
            },
            {
                "Statement": "UPDATE \"People\" SET \"n\" = ? WHERE pk = ? AND sk = ?",
                "Parameters": [{"N": "1"}, {"S": "b"}, {"S": "x"}],
            },
            {"Statement": "DELETE FROM \"People\" WHERE \"pk\" = ?", "Parameters": [{"S": "c"}]},
        ]});
        let expected = [
            "PartiQLDelete People c",
            "PartiQLInsert People a",
            "PartiQLUpdate People b",
        ];
        assert_eq!(lines("BatchExecuteStatement", &body), expected);

        let body = json!({"Statement": "SELECT * FROM \"People\".\"ByName\""});
        assert_eq!(
            lines("ExecuteStatement", &body),
            ["PartiQLSelect People/index/ByName "]
        );
    }

    #[test]
    fn a_batch_and_a_query_have_their_own_names_and_keys() {
        let body = json!({"RequestItems": {"People": {"Keys": [key("a"), key("b")]}}});
        assert_eq!(lines("BatchGetItem", &body), ["BatchGetItem People a,b"]);

        let body = json!({"RequestItems": {"People": [
            {"PutRequest": {"Item": key("a")}},
            {"DeleteRequest": {"Key": key("b")}},
        ]}});
        assert_eq!(
            lines("BatchWriteItem", &body),
            ["BatchWriteItem People a,b"]
        );

        let body = json!({
            "TableName": "People",
            "IndexName": "ByName",
            "KeyConditionExpression": "name = :name AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":name": {"S": "n"}, ":prefix": {"S": "x"}},
        });
        assert_eq!(lines("Query", &body), ["Query People/index/ByName n"]);
    }
}
