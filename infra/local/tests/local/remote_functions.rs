//! Functions that another process runs, behind Lambda's `Invoke`.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Json, Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::{any, post},
};
use http::StatusCode;
use reinvite_emulators::lambda::Functions;
use reinvite_local::{
    remote_functions::{self, FunctionsError},
    template::Template,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A stand-in for `sam local start-lambda`: each function fails in another way, but for two that repeat their event.
async fn invoke(Path(function): Path<String>, Json(event): Json<Value>) -> Response {
    let failed = |error: Value| ([("x-amz-function-error", "Unhandled")], Json(error));
    match function.as_str() {
        "ConsoleFunction" | "DirectoryFunction" => Json(event).into_response(),
        "FeedbackFunction" => failed(json!({
            "errorType": "Runtime.ExitError",
            "errorMessage": "Runtime exited with error: exit status 1",
        }))
        .into_response(),
        "SenderFunction" => "Task timed out after 60.00 seconds\n".into_response(),
        "ResendsFunction" => (
            StatusCode::INTERNAL_SERVER_ERROR,
            Json(json!({"Type": "Service", "Message": "ServiceException"})),
        )
            .into_response(),
        "SettingsFunction" => Redirect::temporary("/elsewhere").into_response(),
        "TemplatesFunction" => (StatusCode::BAD_GATEWAY, "no gateway").into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The functions of the deployed template behind `invoke`, and the number of events that were sent elsewhere.
async fn behind(invoke: axum::routing::MethodRouter) -> (Functions, Arc<AtomicU64>) {
    let elsewhere = Arc::<AtomicU64>::default();
    let counter = elsewhere.clone();
    let router = Router::new()
        .route("/2015-03-31/functions/{function}/invocations", invoke)
        .route(
            "/elsewhere",
            any(move || async move {
                counter.fetch_add(1, Ordering::Relaxed);
                Json(json!({}))
            }),
        );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());

    let template = Template::deployed().unwrap();
    let address = address.parse().unwrap();
    (remote_functions::functions(&template, &address), elsewhere)
}

#[tokio::test]
async fn an_event_is_answered_and_each_failure_fails_the_invocation() {
    let (functions, elsewhere) = behind(post(invoke)).await;

    let event = json!({"name": "愛子"});
    let answer = functions.invoke("directory", event.clone()).await.unwrap();
    assert_eq!(answer, event);

    for (function, expected) in [
        (
            "feedback",
            "Runtime.ExitError: Runtime exited with error: exit status 1",
        ),
        (
            "sender",
            "the answer is no JSON: Task timed out after 60.00 seconds",
        ),
        ("resends", "500 Internal Server Error: ServiceException"),
        ("settings", "307 Temporary Redirect: "),
        ("templates", "502 Bad Gateway: no gateway"),
        ("invitations", "404 Not Found: "),
    ] {
        let error = functions.invoke(function, json!({})).await.unwrap_err();
        let expected = format!("the function {function} failed: {expected}");
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(
        elsewhere.load(Ordering::Relaxed),
        0,
        "events sent elsewhere"
    );
}

#[tokio::test]
async fn functions_that_refuse_to_start_are_named_before_anything_is_sent() {
    let (functions, _) = behind(post(invoke)).await;
    let template = Template::deployed().unwrap();

    let checked = remote_functions::check(&functions, &template, &AtomicU64::new(0)).await;

    let Err(FunctionsError::NotStarted { function, source }) = checked else {
        panic!("{checked:?}");
    };
    assert_eq!(function, "feedback");
    assert!(source.to_string().contains("exit status 1"), "{source}");
}

#[tokio::test]
async fn functions_are_used_only_if_their_calls_arrive_at_this_stack() {
    let calls = Arc::new(AtomicU64::new(5));
    let counter = calls.clone();
    let calling = post(move |Path(function): Path<String>| async move {
        if function == "DirectoryFunction" {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        Json(json!({}))
    });
    let template = Template::deployed().unwrap();

    let (functions, _) = behind(calling).await;
    let arriving = remote_functions::check(&functions, &template, &calls).await;
    assert!(arriving.is_ok(), "{arriving:?}");

    let silent = AtomicU64::new(5);
    let elsewhere = remote_functions::check(&functions, &template, &silent).await;
    assert!(
        matches!(elsewhere, Err(FunctionsError::CallsElsewhere)),
        "{elsewhere:?}"
    );
}
