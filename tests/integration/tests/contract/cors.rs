//! The CORS configuration of the template lets pages of the allowed origins make every call of the document, and no others.

use std::collections::BTreeSet;

use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, response::Parts};
use reinvite_test_kit::{
    World, WorldOptions,
    contract::{DOCUMENT, METHODS, resolved},
};
use serde_json::Value;
use tower::ServiceExt;

const ALLOWED: [&str; 2] = ["https://app.example.com", "http://localhost:5173"];
const FOREIGN: &str = "https://app.example.com.example.jp";

async fn world() -> World {
    World::with(WorldOptions {
        allowed_origins: ALLOWED.join(","),
        ..WorldOptions::default()
    })
    .await
}

/// The answer to a request without a token.
async fn answer(world: &World, method: &str, path: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    world
        .stack
        .front
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .into_parts()
        .0
}

async fn preflight(world: &World, path: &str, method: &str, origin: &str) -> Parts {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
    ];
    answer(world, "OPTIONS", path, &headers).await
}

/// The names in a header of an answer, in lower case.
fn names(headers: &HeaderMap, name: &str) -> BTreeSet<String> {
    let value = headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap());
    value
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .collect()
}

fn cors_headers(headers: &HeaderMap) -> Vec<&str> {
    headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

fn concrete(path: &str) -> String {
    path.replace("{id}", "x")
        .replace("{userId}", "y")
        .replace("{token}", "z")
}

/// Every path of the document with a method, as a browser names it, and the operation.
fn operations() -> impl Iterator<Item = (String, String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        METHODS
            .iter()
            .filter(|method| !item[**method].is_null())
            .map(|method| (concrete(path), method.to_ascii_uppercase(), &item[*method]))
    })
}

/// The headers that a page sets for an operation.
fn request_headers(operation: &'static Value) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters
        .map(resolved)
        .filter(|parameter| parameter["in"] == "header")
        .map(|parameter| parameter["name"].as_str().unwrap().to_ascii_lowercase())
        .chain(["authorization".to_owned(), "content-type".to_owned()])
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_page_of_an_allowed_origin_may_make_every_call_of_the_document() {
    let world = world().await;

    for (path, method, operation) in operations() {
        for origin in ALLOWED {
            let answer = preflight(&world, &path, &method, origin).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{method} {path}");

            let headers = &answer.headers;
            assert_eq!(headers["access-control-allow-origin"], origin);
            assert_eq!(headers["access-control-max-age"], "600");
            let methods = names(headers, "access-control-allow-methods");
            assert!(
                methods.contains(&method.to_ascii_lowercase()),
                "{method} {path}"
            );
            let allowed = names(headers, "access-control-allow-headers");
            let needed = request_headers(operation);
            assert!(needed.is_subset(&allowed), "{method} {path}: {needed:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_of_an_allowed_origin_reads_answers_with_every_header_of_the_document() {
    let world = world().await;
    let from_page = [("origin", ALLOWED[0])];

    let me = world
        .owner()
        .send(Method::GET, "/v1/me", &from_page, "")
        .await
        .unwrap();
    assert_eq!(me.status(), StatusCode::OK);
    assert_eq!(me.headers()["access-control-allow-origin"], ALLOWED[0]);
    assert!(!me.headers().contains_key("access-control-allow-methods"));

    let exposed = names(me.headers(), "access-control-expose-headers");
    for (path, method, operation) in operations() {
        for response in operation["responses"].as_object().unwrap().values() {
            let headers = resolved(response)["headers"].as_object();
            for name in headers.into_iter().flat_map(|headers| headers.keys()) {
                assert!(
                    exposed.contains(&name.to_ascii_lowercase()),
                    "{method} {path}: {name}"
                );
            }
        }
    }

    let refused = world
        .owner()
        .send(Method::DELETE, "/v1/me", &from_page, "")
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.headers()["access-control-allow-origin"], ALLOWED[0]);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_origin_and_a_program_get_no_cors_headers() {
    let world = world().await;

    for (path, method, _) in operations() {
        let foreign = preflight(&world, &path, &method, FOREIGN).await;
        assert_eq!(foreign.status, StatusCode::NO_CONTENT, "{method} {path}");
        assert!(cors_headers(&foreign.headers).is_empty(), "{method} {path}");

        let program = answer(&world, "OPTIONS", &path, &[]).await;
        assert_eq!(program.status, StatusCode::NO_CONTENT, "{path}");
        assert!(cors_headers(&program.headers).is_empty(), "{path}");
        let allow = names(&program.headers, "allow");
        assert!(allow.contains(&method.to_ascii_lowercase()), "{path}");

        if path.starts_with("/v1/invitations") {
            continue;
        }
        let without_token = answer(&world, &method, &path, &[("origin", FOREIGN)]).await;
        assert_eq!(
            without_token.status,
            StatusCode::UNAUTHORIZED,
            "{method} {path}"
        );
        assert!(
            cors_headers(&without_token.headers).is_empty(),
            "{method} {path}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_path_without_a_route_answers_a_preflight_and_nothing_else() {
    let world = world().await;

    let asked = preflight(&world, "/v1/nothing", "GET", ALLOWED[0]).await;
    assert_eq!(asked.status, StatusCode::NO_CONTENT);
    assert_eq!(asked.headers["access-control-allow-origin"], ALLOWED[0]);

    let program = answer(&world, "OPTIONS", "/v1/nothing", &[]).await;
    assert_eq!(program.status, StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn without_allowed_origins_no_answer_has_cors_headers() {
    let world = World::new().await;

    for (path, method, _) in operations() {
        let answer = preflight(&world, &path, &method, ALLOWED[0]).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{method} {path}");
        assert!(cors_headers(&answer.headers).is_empty(), "{method} {path}");
    }
}
