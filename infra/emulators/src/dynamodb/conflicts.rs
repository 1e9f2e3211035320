//! Answers to writes of items that a transaction holds (DynamoDB developer guide, "Transaction conflict handling in
//! DynamoDB").
//!
//! The guide says nothing about a batch. Each write of `BatchWriteItem` is as isolated from transactions as a `PutItem` (the
//! guide's "Isolation levels"), and its answer has no error for each write, so the whole request is refused here.
//! `BatchExecuteStatement` has an error for each statement, of which one is `TransactionConflict` (API reference,
//! `BatchStatementError`).

use dynoxide::{DynoxideError, errors::CancellationReason};
use serde_json::{Value, json};

use super::answer::Answer;

/// DynamoDB's words (API reference, `TransactWriteItems`).
const MESSAGE: &str = "Transaction is ongoing for the item";

/// The code of an item in a transaction, and of a statement in a batch.
const CODE: &str = "TransactionConflict";

/// The answer to a transaction, of whose writes some met a conflict.
pub fn cancelled(conflicts: &[bool]) -> Answer {
    let codes: Vec<_> = conflicts
        .iter()
        .map(|conflict| if *conflict { CODE } else { "None" })
        .collect();
    let reason = |code: &&str| CancellationReason {
        code: (*code).to_owned(),
        message: (*code == CODE).then(|| MESSAGE.to_owned()),
        item: None,
    };

    let reasons = codes.iter().map(reason).collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    Answer::error(&DynoxideError::TransactionCanceledException(
        message, reasons,
    ))
}

/// The answer to a write of one item, or to a `BatchWriteItem`.
pub fn refused() -> Answer {
    let error = "com.amazonaws.dynamodb.v20120810#TransactionConflictException";
    Answer::refusal(json!({"__type": error, "message": MESSAGE}).to_string())
}

/// The request of `BatchExecuteStatement` without the statements that met a conflict; `None` if it has no other.
pub fn without_statements(request: &Value, conflicts: &[bool]) -> Option<Vec<u8>> {
    let mut request = request.clone();
    let mut position = conflicts.iter();
    let statements = request["Statements"].as_array_mut()?;
    statements.retain(|_| position.next() != Some(&true));

    let has_others = !statements.is_empty();
    has_others.then(|| request.to_string().into_bytes())
}

/// The answer to the other statements, with an error at the position of each one that met a conflict.
pub fn with_statements(answer: Option<Answer>, conflicts: &[bool]) -> Answer {
    let answer = answer.unwrap_or_else(|| Answer::ok(json!({"Responses": []}).to_string()));
    let mut body: Value = serde_json::from_str(&answer.json).unwrap_or_default();
    let Some(responses) = body["Responses"].as_array_mut() else {
        return answer;
    };

    for (position, _) in conflicts.iter().enumerate().filter(|(_, met)| **met) {
        let error = json!({"Error": {"Code": CODE, "Message": MESSAGE}});
        responses.insert(position.min(responses.len()), error);
    }
    Answer::ok(body.to_string())
}
