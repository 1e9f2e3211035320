//! The capacity units that calls to DynamoDB consume.

use serde_json::Value;

/// A request that asks for the consumed capacity.
pub fn requested(mut body: Vec<u8>) -> Vec<u8> {
    if body.starts_with(b"{") {
        body.splice(..1, *br#"{"ReturnConsumedCapacity":"TOTAL","#);
    }
    body
}

/// The capacity units that an answer reports, of one table or of several.
pub fn consumed(answer: &[u8]) -> f64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let units = |capacity: &Value| capacity["CapacityUnits"].as_f64().unwrap_or_default();

    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(units).sum(),
        table => units(table),
    }
}
