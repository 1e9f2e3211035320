mod conflicts;

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest, ReturnConsumedCapacity,
        TransactWriteItem, Update,
    },
};

use chrono::TimeDelta;

use crate::aws::{Aws, account, beginning, clock, code, folder};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[tokio::test(start_paused = true)]
async fn tables_take_writes_queries_and_statements() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let put = client
        .put_item()
        .table_name("Shelves")
        .item("pk", text("o1"))
        .item("sk", text("u1"))
        .item("book", text("u1"))
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .unwrap();
    assert_eq!(
        put.consumed_capacity().unwrap().capacity_units(),
        Some(2.0),
        "one for the item, one for its index"
    );
    let found = client
        .query()
        .table_name("Shelves")
        .index_name("ByBook")
        .key_condition_expression("pk = :pk AND #book = :book")
        .expression_attribute_names("#book", "book")
        .expression_attribute_values(":pk", text("o1"))
        .expression_attribute_values(":book", text("u1"))
        .send()
        .await
        .unwrap();
    assert_eq!(found.count(), 1);

    let insert = BatchStatementRequest::builder()
        .statement("INSERT INTO \"Loans\" VALUE {'pk': ?, 'sk': ?}")
        .parameters(text("r1"))
        .parameters(text("c1"))
        .build()
        .unwrap();
    for expected in [None, Some("DuplicateItem")] {
        let answer = client
            .batch_execute_statement()
            .statements(insert.clone())
            .send()
            .await
            .unwrap();
        let error = answer.responses()[0].error().and_then(|error| error.code());
        assert_eq!(error.map(BatchStatementErrorCodeEnum::as_str), expected);
    }

    let taken = client
        .put_item()
        .table_name("Shelves")
        .item("pk", text("o1"))
        .item("sk", text("u1"))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await;
    assert_eq!(code(taken), "ConditionalCheckFailedException");
}

#[tokio::test(start_paused = true)]
async fn a_transaction_of_one_token_is_done_once_in_ten_minutes() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let add = |amount: &str| {
        let update = Update::builder()
            .table_name("Loans")
            .key("pk", text("r1"))
            .key("sk", text("s"))
            .update_expression("ADD amount :amount")
            .expression_attribute_values(":amount", AttributeValue::N(amount.to_owned()))
            .build()
            .unwrap();
        let item = TransactWriteItem::builder().update(update).build();
        client
            .transact_write_items()
            .transact_items(item)
            .client_request_token("t1")
            .send()
    };
    let amount = async || {
        let item = client
            .get_item()
            .table_name("Loans")
            .key("pk", text("r1"))
            .key("sk", text("s"))
            .send()
            .await;
        item.unwrap().item.unwrap()["amount"]
            .as_n()
            .unwrap()
            .clone()
    };
    // Often enough that the two attributes of the key come in either order.
    for _ in 0..16 {
        add("1").await.unwrap();
    }
    assert_eq!(amount().await, "1");
    assert_eq!(code(add("2").await), "IdempotentParameterMismatchException");
    tokio::time::advance(Duration::from_mins(10)).await;
    add("2").await.unwrap();
    assert_eq!(amount().await, "3");
}

#[tokio::test(start_paused = true)]
async fn a_scan_is_refused() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    assert_eq!(
        code(client.scan().table_name("Shelves").send().await),
        "UnknownOperationException"
    );
}

#[tokio::test(start_paused = true)]
async fn items_expire_by_the_clock_of_the_emulators() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let expires = beginning().timestamp() + 60;
    client
        .put_item()
        .table_name("Loans")
        .item("pk", text("r1"))
        .item("sk", text("s"))
        .item("expires", AttributeValue::N(expires.to_string()))
        .send()
        .await
        .unwrap();
    assert_eq!(aws.services.database.sweep_ttl().unwrap(), 0);
    tokio::time::advance(Duration::from_secs(61)).await;
    assert_eq!(aws.services.database.sweep_ttl().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn items_outlive_a_restart() {
    let folder = folder("dynamodb");
    let clock = clock();
    for run in ["first", "second"] {
        let aws = Aws::open(Some(&folder), &clock, account());
        let client = Client::new(&aws.sdk);
        let key = || {
            client
                .get_item()
                .table_name("Shelves")
                .key("pk", text("o1"))
                .key("sk", text("u1"))
        };
        let found = key().send().await.unwrap().item.is_some();
        assert_eq!(found, run == "second");
        let put = client
            .put_item()
            .table_name("Shelves")
            .item("pk", text("o1"))
            .item("sk", text("u1"));
        put.send().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_index_that_lags_misses_the_writes_of_the_last_seconds_and_the_table_does_not() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let put = |sk: &str, book: &str| {
        let item = client.put_item().table_name("Shelves");
        item.item("pk", text("o1"))
            .item("sk", text(sk))
            .item("book", text(book))
            .send()
    };
    let in_index = async |book: &str| {
        let query = client.query().table_name("Shelves").index_name("ByBook");
        let query = query
            .key_condition_expression("pk = :pk AND book = :book")
            .expression_attribute_values(":pk", text("o1"))
            .expression_attribute_values(":book", text(book));
        query.send().await.unwrap().count()
    };
    put("old", "b1").await.unwrap();
    aws.services.lag_indexes(TimeDelta::seconds(5)).unwrap();
    put("new", "b1").await.unwrap();
    put("old", "b2").await.unwrap();

    assert_eq!(
        (in_index("b1").await, in_index("b2").await),
        (1, 0),
        "as before"
    );
    let old = client
        .get_item()
        .table_name("Shelves")
        .key("pk", text("o1"))
        .key("sk", text("old"))
        .consistent_read(true)
        .send()
        .await
        .unwrap();
    assert_eq!(old.item.unwrap()["book"], text("b2"));

    tokio::time::advance(Duration::from_secs(7)).await;
    assert_eq!(
        (in_index("b1").await, in_index("b2").await),
        (1, 1),
        "as it is"
    );
}
