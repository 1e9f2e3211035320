//! A DynamoDB that is too busy for some entries of a batch, or for a transaction.

use serde_json::{Value, json};

/// The entries of a batch that DynamoDB leaves over.
pub struct LeftOver {
    /// The member of the answer that names them, and its value.
    unprocessed: Option<(&'static str, Value)>,
    /// The positions of statements, which have an error each.
    statements: Vec<usize>,
}

/// The request of `BatchGetItem`, `BatchWriteItem` or `BatchExecuteStatement` without the entries at the positions whose bit
/// is set, and those entries. The first entry stays: DynamoDB refuses a call of which it can do nothing.
pub fn without(request: &[u8], entries: u64) -> (Vec<u8>, LeftOver) {
    let mut request: Value = serde_json::from_slice(request).unwrap_or_default();
    let mut position = 0_u32;
    let mut is_left = || {
        position += 1;
        position > 1 && entries >> ((position - 1) % 64) & 1 == 1
    };

    let mut left = LeftOver {
        unprocessed: None,
        statements: Vec::new(),
    };
    if let Some(statements) = request["Statements"].as_array_mut() {
        let all = std::mem::take(statements);
        for (number, statement) in all.into_iter().enumerate() {
            if is_left() {
                left.statements.push(number);
            } else {
                statements.push(statement);
            }
        }
    } else if let Some(tables) = request["RequestItems"].as_object_mut() {
        let mut unprocessed = json!({});
        let mut member = "UnprocessedItems";
        for (table, wanted) in tables.iter_mut() {
            let mut over = wanted.clone();
            let (kept, over_entries) = if wanted.is_array() {
                (&mut *wanted, &mut over)
            } else {
                member = "UnprocessedKeys";
                (&mut wanted["Keys"], &mut over["Keys"])
            };
            let all = kept.as_array().cloned().unwrap_or_default();
            let (out, stay): (Vec<_>, Vec<_>) = all.into_iter().partition(|_| is_left());
            let some_left = !out.is_empty();
            (*kept, *over_entries) = (stay.into(), out.into());
            if some_left {
                unprocessed[table] = over;
            }
        }
        tables.retain(|_, wanted| *wanted != json!([]) && wanted["Keys"] != json!([]));
        left.unprocessed = Some((member, unprocessed));
    }
    (request.to_string().into_bytes(), left)
}

/// The answer with the entries that were left over.
pub fn with_left_over(answer: &[u8], left: LeftOver) -> Vec<u8> {
    let mut answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    if let Some((member, entries)) = left.unprocessed {
        answer[member] = entries;
    }
    if let Some(responses) = answer["Responses"].as_array_mut() {
        for position in left.statements {
            let error = json!({"Code": "ThrottlingError", "Message": "busy by the observer"});
            let place = position.min(responses.len());
            responses.insert(place, json!({ "Error": error }));
        }
    }
    answer.to_string().into_bytes()
}

/// The answer to `TransactWriteItems` that was cancelled for one of its writes: a reason for each write, in their order.
pub fn cancelled(request: &[u8], write: usize, code: &str) -> Value {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    let writes = request["TransactItems"].as_array().map_or(1, Vec::len);
    let reason = |number| {
        if number == write % writes {
            json!({"Code": code, "Message": "by the observer"})
        } else {
            json!({"Code": "None"})
        }
    };

    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": (0..writes).map(reason).collect::<Vec<_>>(),
    })
}
