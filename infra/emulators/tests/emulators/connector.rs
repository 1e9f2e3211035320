use std::sync::{Arc, Mutex};

use aws_sdk_sqs::error::SdkError;
use reinvite_emulators::{
    Service,
    connector::{Call, Fault, Observer, in_process_with},
    router,
};

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
    });
    assert_eq!(*calls.lock().unwrap(), expected);
}
