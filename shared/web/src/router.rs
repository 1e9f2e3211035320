//! The parts that the routers of all functions have in common.

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use lambda_http::request::RequestContext;
use tracing::{Instrument, info_span};

use crate::{Problem, ProblemKind};

/// Finishes the router of a function.
///
/// An unknown path or method gets a problem like any other error, and each request is logged.
/// `OPTIONS` is answered for every path: API Gateway adds its CORS headers to the answer to a
/// preflight, and a browser asks for a successful one.
pub fn router(routes: Router) -> Router {
    routes
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(answer_other_method)
        .layer(from_fn(log_request))
}

/// Answers a method that the path does not have. The router adds the header `Allow`.
async fn answer_other_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    Problem::new(ProblemKind::MethodNotAllowed, "See the header Allow.").into_response()
}

/// Logs a request with its route, such as `/v1/users/{id}`.
///
/// The path is never logged, because the path of an invitation holds a token.
async fn log_request(request: Request, next: Next) -> Response {
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

    let respond = async {
        let response = next.run(request).await;
        tracing::info!(status = response.status().as_u16(), "request answered");
        response
    };
    respond.instrument(span).await
}
