//! The formats of the sender's messages: a schedule may hold one for months, and a queue for two weeks.

use reinvite_domain::SenderJob;
use serde_json::{Value, json};

/// A message of each kind, as the first version writes it. A later version may add fields to what it writes, and must go on
/// to read these.
fn messages() -> Vec<Value> {
    let resend = "01a2089b9da87223977ae35e5c25d5ad";
    vec![
        json!({"prepare": {"resend": resend}}),
        json!({"start": {"resend": resend}}),
        json!({"resume": {"resend": resend, "version": 5}}),
        json!({"cancel": {"resend": resend}}),
        json!({"sweep": {}}),
        json!({"renew": {"organisation": "sample", "users": ["u1"], "askedAt": "2026-11-23T02:00:00Z"}}),
        json!({"recount": {"resend": resend, "chunk": 3}}),
        json!({"mail": {"mail": {"organisation": "sample", "mail": "link#u1"}, "version": 2}}),
        json!({"chunk": {"resend": resend, "chunk": 3, "turn": 0}}),
    ]
}

/// The place of a job's kind in the list. A new kind does not compile until it has one.
fn place(job: &SenderJob) -> usize {
    match job {
        SenderJob::Prepare { .. } => 0,
        SenderJob::Start { .. } => 1,
        SenderJob::Resume { .. } => 2,
        SenderJob::Cancel { .. } => 3,
        SenderJob::Sweep {} => 4,
        SenderJob::Renew { .. } => 5,
        SenderJob::Recount { .. } => 6,
        SenderJob::Mail { .. } => 7,
        SenderJob::Chunk { .. } => 8,
    }
}

/// Whether a value has every field of another, with the same values.
fn has_fields_of(value: &Value, other: &Value) -> bool {
    match (value, other) {
        (Value::Object(fields), Value::Object(others)) => others.iter().all(|(name, other)| {
            fields
                .get(name)
                .is_some_and(|value| has_fields_of(value, other))
        }),
        _ => value == other,
    }
}

#[test]
fn this_version_reads_and_writes_the_messages_of_the_versions_before() {
    for (at, message) in messages().iter().enumerate() {
        let job: SenderJob = serde_json::from_value(message.clone()).unwrap();
        assert_eq!(place(&job), at, "{message}");

        let written = json!(job);
        assert!(has_fields_of(&written, message), "{written} for {message}");
    }
}

#[test]
fn unknown_fields_of_messages_are_passed_over() {
    for mut message in messages() {
        let kind = message.as_object_mut().unwrap().values_mut().next();
        kind.unwrap()["addedLater"] = json!(1);
        serde_json::from_value::<SenderJob>(message).unwrap();
    }
}
