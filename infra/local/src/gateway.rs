//! API Gateway's HTTP API in front of the functions: routes, the JWT authorizer, its limits and its own answers.

mod answer;
mod cors;
mod event;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Path, Request, State, rejection::PathRejection},
    response::{IntoResponse, Response},
    routing::{MethodFilter, any, on},
};
use http::{Method, StatusCode};
use reinvite_aws::Clock;
use reinvite_emulators::lambda::Functions;
use reinvite_web::TokenCheck;
use thiserror::Error;

use crate::template::Route;
pub use cors::Cors;
use event::{Event, PathParameters};

/// The longest request body in bytes: an HTTP API takes 10 MB.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The time for which an HTTP API waits for a function.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(30);

/// A route that cannot be served.
#[derive(Debug, Error)]
#[error("the route {0} has a method that HTTP APIs do not know")]
pub struct RouteError(String);

/// The parts that all routes share.
#[derive(Clone)]
struct Gateway {
    functions: Functions,
    authorizer: TokenCheck,
    /// Missing if pages of no other origin may call the API.
    cors: Option<Cors>,
    clock: Clock,
    /// Counts requests, for their ids.
    requests: Arc<AtomicU64>,
}

/// A gateway with these routes. Every other request is answered with 404, but for a preflight if pages of other origins may
/// call the API.
pub fn router(
    routes: &[Route],
    functions: Functions,
    authorizer: TokenCheck,
    cors: Option<Cors>,
    clock: Clock,
) -> Result<Router, RouteError> {
    let gateway = Gateway {
        functions,
        authorizer,
        cors,
        clock,
        requests: Arc::default(),
    };

    let mut served = Router::new();
    for route in routes {
        let state = (gateway.clone(), Arc::new(route.clone()));
        let handler = if route.method == "ANY" {
            any(serve)
        } else {
            on(method(route)?, serve)
        };
        served = served.route(&axum_path(&route.path), handler.with_state(state));
    }

    let unrouted = async move |request| answer_unrouted(gateway.cors, request);
    Ok(served
        .fallback(unrouted.clone())
        .method_not_allowed_fallback(unrouted))
}

/// A path as axum has it: a greedy parameter is `{path+}` in API Gateway and `{*path}` there.
fn axum_path(path: &str) -> String {
    let greedy = path
        .split_once("+}")
        .and_then(|(before, _)| before.rsplit_once('{'));
    match greedy {
        Some((before, name)) => format!("{before}{{*{name}}}"),
        None => path.to_owned(),
    }
}

fn method(route: &Route) -> Result<MethodFilter, RouteError> {
    Method::from_bytes(route.method.as_bytes())
        .ok()
        .and_then(|method| MethodFilter::try_from(method).ok())
        .ok_or_else(|| RouteError(route.path.clone()))
}

/// Answers a request that matches no route.
fn answer_unrouted(cors: Option<Cors>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match cors {
        Some(cors) if cors::is_preflight(&parts) => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            cors.apply(&parts, response.headers_mut());
            response
        }
        _ => answer::message(StatusCode::NOT_FOUND),
    }
}

async fn serve(
    State((gateway, route)): State<(Gateway, Arc<Route>)>,
    path_parameters: Result<Path<PathParameters>, PathRejection>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();

    let claims = if route.authorized {
        let Some(claims) = gateway
            .authorizer
            .claims(&parts.headers, gateway.clock.now())
        else {
            return answer::message(StatusCode::UNAUTHORIZED);
        };
        Some(claims)
    } else {
        None
    };

    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return answer::too_large();
    };

    let event = Event {
        route: &route,
        parts: &parts,
        // The function reads the path itself, also one that is not UTF-8 and has no parameters here.
        path_parameters: path_parameters
            .map(|Path(decoded)| decoded)
            .unwrap_or_default(),
        claims,
        body: &body,
        now: gateway.clock.now(),
        number: gateway.requests.fetch_add(1, Ordering::Relaxed) + 1,
    };
    let invocation = gateway.functions.invoke(&route.function, event.into_json());

    match tokio::time::timeout(FUNCTION_TIMEOUT, invocation).await {
        Ok(Ok(json)) => {
            let mut response = answer::of_function(json);
            if let Some(cors) = &gateway.cors {
                cors.apply(&parts, response.headers_mut());
            }
            response
        }
        Ok(Err(error)) => {
            tracing::error!(%error, route = route.path, "invocation failed");
            answer::message(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(_) => answer::message(StatusCode::SERVICE_UNAVAILABLE),
    }
}
