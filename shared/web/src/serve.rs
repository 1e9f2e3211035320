//! Lambda events of an HTTP API, and their answers.

use axum::Router;
use lambda_http::{Adapter, request::LambdaRequest};
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde_json::Value;
use tower::Service;

/// Serves the events of an HTTP API for as long as Lambda sends them.
pub async fn run(router: Router) -> Result<(), Error> {
    let router = &router;
    let serve = |event: LambdaEvent<Value>| async move { answer(router, event.payload).await };
    lambda_runtime::run(service_fn(serve)).await
}

/// Answers an event of an HTTP API (payload format 2.0).
///
/// # Errors
///
/// Fails only for an event of another format.
pub async fn answer(router: &Router, event: Value) -> Result<Value, Error> {
    let request: LambdaRequest = serde_json::from_value(event)?;

    // The adapter is not `Sync`, so it must not live across the await. A router is always ready.
    let response =
        Adapter::from(router.clone()).call(LambdaEvent::new(request, Context::default()));
    let response = response.await?;

    let mut answer = serde_json::to_value(response)?;
    // The adapter takes a byte order mark away, after the router has counted it. API Gateway counts the bytes itself.
    for headers in ["headers", "multiValueHeaders"] {
        if let Some(Value::Object(headers)) = answer.get_mut(headers) {
            headers.remove("content-length");
        }
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use axum::{
        Json,
        routing::{get, post},
    };
    use serde_json::json;

    use super::*;
    use crate::{IdempotencyKey, JsonBody, Parameters, PathId, router};

    fn sample_router() -> Router {
        async fn get_user(
            PathId(id): PathId<reinvite_domain::UserId>,
            mut query: Parameters,
        ) -> Json<Value> {
            Json(json!({"id": id, "q": query.take("q")}))
        }
        async fn create_resend(key: IdempotencyKey, body: JsonBody<Value>) -> Json<Value> {
            Json(json!({"key": key.0, "body": body.value}))
        }
        router(
            Router::new()
                .route("/v1/users/{id}", get(get_user))
                .route("/v1/resends", post(create_resend)),
        )
    }

    async fn send(
        method: &str,
        path: &str,
        query: &str,
        body: Option<&str>,
    ) -> (u64, Value, Value) {
        let event = json!({
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"content-type": "application/json", "host": "api.example.com", "idempotency-key": "k"},
            "requestContext": {"http": {"method": method, "path": path}, "requestId": "r", "stage": "$default"},
            "body": body,
            "isBase64Encoded": body.is_some(),
        });
        let answer = answer(&sample_router(), event).await.unwrap();
        assert_eq!(answer["isBase64Encoded"], false);
        let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        (
            answer["statusCode"].as_u64().unwrap(),
            answer["headers"].clone(),
            body,
        )
    }

    #[tokio::test]
    async fn an_event_becomes_a_request_and_its_response_an_answer() {
        let (status, headers, body) = send("GET", "/v1/users/u1", "q=a%20b", None).await;
        assert_eq!(
            (status, &headers["content-type"]),
            (200, &json!("application/json"))
        );
        assert_eq!(body, json!({"id": "u1", "q": "a b"}));

        // "eyJhIjoi5oSb5a2QIn0=" is {"a":"愛子"}: API Gateway encodes a body that it takes for binary.
        let (status, _, body) = send("POST", "/v1/resends", "", Some("eyJhIjoi5oSb5a2QIn0=")).await;
        assert_eq!(
            (status, body),
            (200, json!({"key": "k", "body": {"a": "愛子"}}))
        );
    }

    #[tokio::test]
    async fn what_has_no_route_no_method_or_no_id_is_a_problem() {
        for (method, path, status, kind) in [
            ("GET", "/v1/nothing", 404, "/problems/not-found"),
            ("GET", "/v1/users/no.id", 404, "/problems/not-found"),
            ("DELETE", "/v1/resends", 405, "/problems/method-not-allowed"),
        ] {
            let (answered, headers, body) = send(method, path, "", None).await;
            assert_eq!(
                (answered, &headers["content-type"]),
                (status, &json!("application/problem+json")),
                "{path}"
            );
            assert_eq!(body["type"], kind);
        }

        assert_eq!(
            send("DELETE", "/v1/resends", "", None).await.1["allow"],
            "POST"
        );
    }

    #[tokio::test]
    async fn what_is_no_event_of_an_http_api_is_an_error_that_does_not_repeat_it() {
        let error = answer(&sample_router(), json!({"secret": "s"}))
            .await
            .unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
