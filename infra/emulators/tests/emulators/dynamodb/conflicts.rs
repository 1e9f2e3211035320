//! Conflicts of writes with transactions, once transactions hold their items.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    operation::{
        batch_execute_statement::BatchExecuteStatementOutput,
        transact_write_items::{
            TransactWriteItemsError, builders::TransactWriteItemsFluentBuilder,
        },
    },
    types::{
        AttributeValue, BatchStatementRequest, ConditionCheck, Delete, DeleteRequest, Put,
        PutRequest, TransactWriteItem, Update, WriteRequest,
    },
};
use tokio::time::{Instant, sleep};

use super::text;
use crate::aws::{Aws, code};

const WRITE_TIME: Duration = Duration::from_millis(10);

/// The emulators with a switch on that makes writes take [`WRITE_TIME`].
fn holding() -> (Aws, Client) {
    let aws = Aws::new();
    aws.services.hold_items(WRITE_TIME).unwrap();
    let client = Client::new(&aws.sdk);
    (aws, client)
}

fn put(sk: &str) -> TransactWriteItem {
    let put = Put::builder().table_name("Loans");
    let put = put.item("pk", text("p")).item("sk", text(sk)).build();
    TransactWriteItem::builder().put(put.unwrap()).build()
}

fn update(sk: &str) -> TransactWriteItem {
    let update = Update::builder()
        .table_name("Loans")
        .key("pk", text("p"))
        .key("sk", text(sk))
        .update_expression("ADD amount :one")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .build();
    TransactWriteItem::builder().update(update.unwrap()).build()
}

fn delete(sk: &str) -> TransactWriteItem {
    let delete = Delete::builder().table_name("Loans");
    let delete = delete.key("pk", text("p")).key("sk", text(sk)).build();
    TransactWriteItem::builder().delete(delete.unwrap()).build()
}

fn check(sk: &str) -> TransactWriteItem {
    let check = ConditionCheck::builder()
        .table_name("Loans")
        .key("pk", text("p"))
        .key("sk", text(sk))
        .condition_expression("attribute_not_exists(pk)")
        .build();
    let write = TransactWriteItem::builder();
    write.condition_check(check.unwrap()).build()
}

fn transaction(
    client: &Client,
    writes: impl IntoIterator<Item = TransactWriteItem>,
) -> TransactWriteItemsFluentBuilder {
    let writes = writes.into_iter().collect();
    client
        .transact_write_items()
        .set_transact_items(Some(writes))
}

/// Begins a transaction, and comes back while it holds its items.
async fn begin(client: &Client, writes: impl IntoIterator<Item = TransactWriteItem>) {
    tokio::spawn(transaction(client, writes).send());
    sleep(Duration::from_millis(1)).await;
}

fn statement(text_of_statement: &str, parameters: &[&str]) -> BatchStatementRequest {
    let parameters = parameters.iter().map(|parameter| text(parameter)).collect();
    BatchStatementRequest::builder()
        .statement(text_of_statement)
        .set_parameters(Some(parameters))
        .build()
        .unwrap()
}

fn codes(answer: &BatchExecuteStatementOutput) -> Vec<Option<&str>> {
    let responses = answer.responses().iter();
    let errors = responses.map(|response| response.error());
    errors.map(|error| Some(error?.code()?.as_str())).collect()
}

async fn exists(client: &Client, sk: &str) -> bool {
    let get = client.get_item().table_name("Loans");
    let get = get.key("pk", text("p")).key("sk", text(sk));
    get.consistent_read(true)
        .send()
        .await
        .unwrap()
        .item
        .is_some()
}

#[tokio::test(start_paused = true)]
async fn an_item_in_a_transaction_takes_no_write_of_one_item_until_the_transaction_ends() {
    let (aws, client) = holding();
    let put_item = || {
        let put = client.put_item().table_name("Loans");
        put.item("pk", text("p")).item("sk", text("a")).send()
    };
    let update_item = || {
        let update = client.update_item().table_name("Loans");
        update.key("pk", text("p")).key("sk", text("a")).send()
    };
    let delete_item = || {
        let delete = client.delete_item().table_name("Loans");
        delete.key("pk", text("p")).key("sk", text("a")).send()
    };
    let insert = || {
        let insert = client.execute_statement();
        insert
            .statement("INSERT INTO \"Loans\" VALUE {'pk': ?, 'sk': ?}")
            .parameters(text("p"))
            .parameters(text("a"))
            .send()
    };

    for write in [put("a"), update("a"), delete("a"), check("a")] {
        delete_item().await.unwrap();
        let before = aws.services.transaction_conflicts();
        begin(&client, [put("other"), write]).await;
        let (put, update, delete, insert) =
            tokio::join!(put_item(), update_item(), delete_item(), insert());

        assert_eq!(code(put), "TransactionConflictException");
        assert_eq!(code(update), "TransactionConflictException");
        assert_eq!(code(delete), "TransactionConflictException");
        assert_eq!(code(insert), "TransactionConflictException");
        assert_eq!(aws.services.transaction_conflicts(), before + 4);
        put_item().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_meets_another_one_is_cancelled_for_the_items_that_both_have() {
    let (aws, client) = holding();
    begin(&client, [put("a"), check("b")]).await;

    let began = Instant::now();
    let met = transaction(&client, [put("c"), update("b"), delete("d"), check("a")]);
    let error = met.send().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error:?}");
    };
    let reasons = cancelled.cancellation_reasons().iter();
    let codes: Vec<_> = reasons.map(|reason| reason.code().unwrap()).collect();
    let conflict = "TransactionConflict";
    assert_eq!(codes, ["None", conflict, "None", conflict]);
    assert_eq!(began.elapsed(), Duration::ZERO, "it is refused at once");
    assert_eq!(aws.services.transaction_conflicts(), 2);

    // The cancelled transaction holds nothing.
    transaction(&client, [put("c")]).send().await.unwrap();
    assert!(exists(&client, "a").await && exists(&client, "c").await);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_statements_has_an_error_for_each_conflict_and_executes_the_others() {
    let (aws, client) = holding();
    let insert = |sk| statement("INSERT INTO \"Loans\" VALUE {'pk': ?, 'sk': ?}", &["p", sk]);
    let change = |sk| {
        let update = "UPDATE \"Loans\" SET \"note\" = ? WHERE pk = ? AND sk = ?";
        statement(update, &["n", "p", sk])
    };
    let remove = |sk| {
        let delete = "DELETE FROM \"Loans\" WHERE pk = ? AND sk = ?";
        statement(delete, &["p", sk])
    };
    let execute = |statements| {
        let batch = client.batch_execute_statement();
        batch.set_statements(Some(statements)).send()
    };
    let conflict = Some("TransactionConflict");

    begin(&client, [put("a"), put("b"), put("c")]).await;
    let (mixed, all) = tokio::join!(
        execute(vec![insert("a"), insert("x"), change("b"), change("y")]),
        execute(vec![change("a"), remove("c")]),
    );
    assert_eq!(
        codes(&mixed.unwrap()),
        [conflict, None, conflict, Some("ConditionalCheckFailed")]
    );
    assert_eq!(codes(&all.unwrap()), [conflict, conflict]);
    assert_eq!(aws.services.transaction_conflicts(), 4);

    assert!(exists(&client, "x").await);
    sleep(WRITE_TIME).await;
    let after = execute(vec![change("a"), remove("c")]).await.unwrap();
    assert_eq!(codes(&after), [None, None]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_writes_is_refused_as_a_whole_for_one_conflict() {
    let (aws, client) = holding();
    let put_request = |sk| {
        let put = PutRequest::builder().item("pk", text("p"));
        let put = put.item("sk", text(sk)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    };
    let delete = DeleteRequest::builder().key("pk", text("p"));
    let delete = delete.key("sk", text("a")).build().unwrap();
    let delete = WriteRequest::builder().delete_request(delete).build();
    let batch = |writes| {
        let batch = client.batch_write_item();
        batch.request_items("Loans", writes).send()
    };

    begin(&client, [check("a")]).await;
    let (deleted, written) = tokio::join!(
        batch(vec![put_request("b"), delete]),
        batch(vec![put_request("c")]),
    );
    assert_eq!(code(deleted), "TransactionConflictException");
    written.unwrap();
    assert!(!exists(&client, "b").await && exists(&client, "c").await);
    assert_eq!(aws.services.transaction_conflicts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_is_repeated_with_its_token_meets_no_conflict() {
    let (aws, client) = holding();
    let once = || {
        let transaction = transaction(&client, [put("a")]);
        transaction.client_request_token("t1").send()
    };
    once().await.unwrap();

    begin(&client, [update("a")]).await;
    once().await.unwrap();
    assert_eq!(aws.services.transaction_conflicts(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_whose_caller_ends_holds_nothing_any_more() {
    let (aws, client) = holding();
    let ended = transaction(&client, [put("a")]).send();
    let ended = tokio::time::timeout(WRITE_TIME / 4, ended).await;
    assert!(ended.is_err());

    transaction(&client, [put("a")]).send().await.unwrap();
    assert_eq!(aws.services.transaction_conflicts(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_write_takes_its_time_and_is_seen_from_the_middle_of_it() {
    let (_aws, client) = holding();
    begin(&client, [put("a")]).await;
    assert!(!exists(&client, "a").await);
    sleep(WRITE_TIME / 2).await;
    assert!(exists(&client, "a").await);
}

#[tokio::test(start_paused = true)]
async fn without_the_switch_no_transactions_meet_and_calls_take_no_time() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let began = Instant::now();
    let add = || transaction(&client, [update("a")]).send();
    let (one, other) = tokio::join!(add(), add());
    one.unwrap();
    other.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(aws.services.transaction_conflicts(), 0);
}
