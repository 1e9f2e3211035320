use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest, KeysAndAttributes, Put,
        PutRequest, TransactWriteItem, WriteRequest,
    },
};
use aws_sdk_sqs::error::SdkError;
use reinvite_emulators::{
    Service,
    connector::{Call, Fault, Observer, in_process_with},
    lambda::Functions,
    router,
};
use serde_json::{Value, json};

use crate::aws::{Aws, code, sdk};

#[tokio::test(start_paused = true)]
async fn an_observer_sees_every_call_and_decides_what_becomes_of_it() {
    let aws = Aws::new();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = calls.clone();
    let client = in_process_with(
        router(aws.services.clone()),
        Observer::new(move |call: &Call| {
            seen.lock().unwrap().push(call.clone());
            match call.number {
                1 => Fault::Refuse {
                    status: 400,
                    code: "ThrottlingException",
                },
                2 => Fault::LoseAnswer,
                _ => Fault::Pass,
            }
        }),
    );
    let sqs = aws_sdk_sqs::Client::new(&sdk(client.clone()));
    let send = |body: &str| {
        sqs.send_message()
            .queue_url(aws.queue_url("Work"))
            .message_body(body)
            .send()
    };

    assert_eq!(code(send("refused").await), "ThrottlingException");
    assert!(matches!(
        send("made").await,
        Err(SdkError::DispatchFailure(_))
    ));
    let received = sqs
        .receive_message()
        .queue_url(aws.queue_url("Work"))
        .send()
        .await
        .unwrap();
    let bodies: Vec<_> = received
        .messages()
        .iter()
        .filter_map(|message| message.body())
        .collect();
    assert_eq!(
        bodies,
        ["made"],
        "the refused call never reached the service, the lost one did"
    );
    let ses = aws_sdk_sesv2::Client::new(&sdk(client));
    ses.get_account().send().await.unwrap();

    let expected = [
        (Service::Sqs, "SendMessage", 1),
        (Service::Sqs, "SendMessage", 2),
        (Service::Sqs, "ReceiveMessage", 3),
        (Service::Ses, "GetAccount", 4),
    ];
    let expected = expected.map(|(service, operation, number)| Call {
        service,
        operation: operation.to_owned(),
        number,
        function: None,
        invocation: None,
        tags: Vec::new(),
    });
    assert_eq!(*calls.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_busy_dynamodb_leaves_entries_of_batches_over_and_cancels_transactions_for_a_reason() {
    let aws = Aws::new();
    let observer = Observer::new(|call: &Call| match call.operation.as_str() {
        "TransactWriteItems" => Fault::CancelTransaction {
            write: 1,
            code: "ThrottlingError",
        },
        _ => Fault::LeaveOver { entries: 0b110 },
    });
    let client = in_process_with(router(aws.services.clone()), observer);
    let client = aws_sdk_dynamodb::Client::new(&sdk(client));
    let key = |sk: &str| {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        HashMap::from([("pk".to_owned(), text("o1")), ("sk".to_owned(), text(sk))])
    };
    let keys = ["a", "b", "c", "d"].map(key);

    let puts = keys.clone().map(|key| {
        let put = PutRequest::builder().set_item(Some(key)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    });
    let call = client
        .batch_write_item()
        .request_items("Shelves", puts.into());
    let written = call.send().await.unwrap();
    assert_eq!(written.unprocessed_items.unwrap()["Shelves"].len(), 2);

    let wanted = KeysAndAttributes::builder().set_keys(Some(keys.to_vec()));
    let wanted = wanted.consistent_read(true).build().unwrap();
    let call = client.batch_get_item().request_items("Shelves", wanted);
    let read = call.send().await.unwrap();
    assert_eq!(read.responses.unwrap()["Shelves"].len(), 2, "a and d");
    let left = &read.unprocessed_keys.unwrap()["Shelves"];
    assert_eq!(left.keys(), &keys[1..3]);
    assert_eq!(left.consistent_read(), Some(true));

    let statements = ["e", "f", "g", "h"].map(|sk| {
        let insert = format!("INSERT INTO \"Shelves\" VALUE {{'pk': 'o1', 'sk': '{sk}'}}");
        BatchStatementRequest::builder()
            .statement(insert)
            .build()
            .unwrap()
    });
    let call = client.batch_execute_statement();
    let executed = call
        .set_statements(Some(statements.into()))
        .send()
        .await
        .unwrap();
    let codes: Vec<_> = executed
        .responses()
        .iter()
        .map(|response| {
            response
                .error()?
                .code()
                .map(BatchStatementErrorCodeEnum::as_str)
        })
        .collect();
    let busy = Some("ThrottlingError");
    assert_eq!(codes, [None, busy, busy, None]);

    let puts = keys.map(|key| {
        let put = Put::builder().table_name("Shelves").set_item(Some(key));
        TransactWriteItem::builder()
            .put(put.build().unwrap())
            .build()
    });
    let call = client
        .transact_write_items()
        .set_transact_items(Some(puts.into()));
    let cancelled = call.send().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = cancelled else {
        panic!("{cancelled}");
    };
    let codes: Vec<_> = cancelled
        .cancellation_reasons()
        .iter()
        .map(|reason| reason.code().unwrap())
        .collect();
    assert_eq!(codes, ["None", "ThrottlingError", "None", "None"]);
}

#[tokio::test(start_paused = true)]
async fn a_function_without_permission_is_denied_and_a_caller_who_is_no_function_is_not() {
    let aws = Aws::new();
    let observer = Observer::new(|_| Fault::Pass).authorising(|request| {
        assert_eq!(request.function, "reader");
        let accesses = request.accesses(&BTreeMap::new());
        Err(format!("no {}", accesses[0].action))
    });
    let client = in_process_with(router(aws.services.clone()), observer);
    let ses = aws_sdk_sesv2::Client::new(&sdk(client));
    let asking = ses.clone();
    let functions = Functions::default().with("reader", move |_| {
        let ses = asking.clone();
        async move { Ok(Value::from(code(ses.get_account().send().await))) }
    });

    let denied = functions.invoke("reader", json!({})).await.unwrap();
    assert_eq!(denied, "AccessDeniedException");
    ses.get_account().send().await.unwrap();
}
