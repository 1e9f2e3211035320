//! Feedback reads and counts no more than it must.

use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

use super::{resend, seen, told};

/// The calls of a function since the last plan, by operation.
fn calls(world: &World, function: &str, operation: &str) -> usize {
    let calls = world.faults.calls();
    let is_counted = |call: &&reinvite_emulators::connector::Call| {
        call.function.as_deref() == Some(function) && call.operation == operation
    };
    calls.iter().filter(is_counted).count()
}

/// Has a batch of events handled at once, without waiting for the counts.
async fn handle(world: &World, messages: &[Value]) {
    let records = json!({"Records": messages});
    let functions = &world.stack.functions;
    functions.invoke("feedback", records).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_chunk_is_counted_once_for_many_batches_and_once_more_after_the_last() {
    let world = World::with(WorldOptions::default()).await;
    world.group("g", None).await;
    let users = world.users(40, "g").await;
    let users: Vec<_> = users.iter().map(String::as_str).collect();
    let id = resend(&world, "k", &users).await;
    world.ended(&id, 60).await;
    world
        .faults
        .plan(|_, _| reinvite_emulators::connector::Fault::Pass);

    let delivery = |position| {
        let at = "2026-11-23T00:00:01Z";
        told(&id, position, "Delivery", &json!({}), at)
    };
    for position in 0..39 {
        handle(&world, &[delivery(position)]).await;
    }
    assert_eq!(calls(&world, "feedback", "Query"), 0);
    assert_eq!(calls(&world, "feedback", "TransactWriteItems"), 0);
    assert_eq!(calls(&world, "feedback", "SendMessage"), 1);

    world.pass(60).await;
    assert_eq!(calls(&world, "sender", "TransactWriteItems"), 1);
    assert_eq!(seen(&world, &id).await["counts"]["delivered"], 39);

    handle(&world, &[delivery(39)]).await;
    world.pass(60).await;
    assert_eq!(calls(&world, "sender", "TransactWriteItems"), 2);
    assert_eq!(seen(&world, &id).await["counts"]["delivered"], 40);
}
