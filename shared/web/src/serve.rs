//! From an event of API Gateway to its answer.

use axum::{
    Router,
    extract::{MatchedPath, Request},
    middleware::{Next, from_fn},
    response::Response,
};
use lambda_http::{
    Adapter,
    request::{LambdaRequest, RequestContext},
};
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde_json::Value;
use tower::Service;
use tracing::{Instrument, info_span};

use crate::{Problem, ProblemKind};

/// Finishes the router of a function: what it has no route or no method for is a problem as any other, and each request
/// is logged.
pub fn router(routes: Router) -> Router {
    routes
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            Problem::new(ProblemKind::MethodNotAllowed, "See the header Allow.")
        })
        .layer(from_fn(logged))
}

/// Logs the route's key, never the path: a path may hold what must not be logged.
async fn logged(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    let request_id = match request.extensions().get() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.request_id.as_deref().unwrap_or_default()
        }
        _ => "",
    };
    let span = info_span!("request", method = %request.method(), route, request_id);
    async {
        let response = next.run(request).await;
        tracing::info!(status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}

/// Serves events of an HTTP API for as long as Lambda sends them.
pub async fn run(router: Router) -> Result<(), Error> {
    let router = &router;
    let serve = |event: LambdaEvent<Value>| async move { answer(router, event.payload).await };
    lambda_runtime::run(service_fn(serve)).await
}

/// Answers an event of an HTTP API, payload format 2.0. It fails only for what is no such event.
pub async fn answer(router: &Router, event: Value) -> Result<Value, Error> {
    let request: LambdaRequest = serde_json::from_value(event)?;
    // The adapter is not kept across the wait: it is not `Sync`, and a router is always ready.
    let answered =
        Adapter::from(router.clone()).call(LambdaEvent::new(request, Context::default()));
    let response = answered.await?;
    Ok(serde_json::to_value(response)?)
}

#[cfg(test)]
mod tests {
    use axum::{
        Json,
        routing::{get, post},
    };
    use serde_json::json;

    use super::*;
    use crate::{IdempotencyKey, JsonBody, Parameters, PathId};

    fn sample() -> Router {
        async fn show(
            PathId(id): PathId<reinvite_domain::UserId>,
            mut query: Parameters,
        ) -> Json<Value> {
            Json(json!({"id": id, "q": query.take("q")}))
        }
        async fn make(key: IdempotencyKey, body: JsonBody<Value>) -> Json<Value> {
            Json(json!({"key": key.0, "body": body.value}))
        }
        router(
            Router::new()
                .route("/v1/users/{id}", get(show))
                .route("/v1/resends", post(make)),
        )
    }

    async fn answered(
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
        let answer = answer(&sample(), event).await.unwrap();
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
        let (status, headers, body) = answered("GET", "/v1/users/u1", "q=a%20b", None).await;
        assert_eq!(
            (status, &headers["content-type"]),
            (200, &json!("application/json"))
        );
        assert_eq!(body, json!({"id": "u1", "q": "a b"}));
        // "eyJhIjoi5oSb5a2QIn0=" is {"a":"愛子"}: API Gateway encodes bodies it takes for binary.
        let (status, _, body) =
            answered("POST", "/v1/resends", "", Some("eyJhIjoi5oSb5a2QIn0=")).await;
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
            let (answered, headers, body) = answered(method, path, "", None).await;
            assert_eq!(
                (answered, &headers["content-type"]),
                (status, &json!("application/problem+json")),
                "{path}"
            );
            assert_eq!(body["type"], kind);
        }
        assert_eq!(
            answered("DELETE", "/v1/resends", "", None).await.1["allow"],
            "POST"
        );
    }

    #[tokio::test]
    async fn what_is_no_event_of_an_http_api_is_an_error_that_does_not_repeat_it() {
        let error = answer(&sample(), json!({"secret": "s"})).await.unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
