use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body};
use http::{Request, StatusCode};
use jsonwebtoken::{EncodingKey, Header};
use reinvite_aws::Clock;
use reinvite_emulators::lambda::Functions;
use reinvite_local::{
    gateway::{self, Cors},
    issuer::Issuer,
    template::{CorsConfiguration, Route},
};
use serde_json::{Value, json};

use crate::client::{ask, beginning, json};

const ISSUER: &str = "http://localhost:3000";

struct Api {
    router: Router,
    token: String,
    seen: Arc<Mutex<Value>>,
}

/// A gateway before a function that answers as its path asks.
fn api() -> Api {
    api_with(None)
}

fn api_with(cors: Option<Cors>) -> Api {
    let clock = Clock::starting_at(beginning());
    let issuer = Issuer::open(None, ISSUER, "reinvite", clock.clone()).unwrap();
    let seen = Arc::new(Mutex::new(Value::Null));
    let function = {
        let seen = seen.clone();
        move |event: Value| {
            *seen.lock().unwrap() = event.clone();
            async move {
                match event["rawPath"].as_str().unwrap_or_default() {
                    "/v1/users/fails" => Err("the function's fault".to_owned()),
                    "/v1/users/hangs" => std::future::pending().await,
                    "/v1/users/nonsense" => Ok(json!({"statusCode": "many"})),
                    "/v1/users/bare" => Ok(json!({"id": "bare"})),
                    "/v1/users/generous" => Ok(json!({
                        "statusCode": 200,
                        "headers": {"access-control-allow-origin": "*"},
                    })),
                    _ => Ok(json!({
                        "statusCode": 201,
                        "headers": {"content-type": "application/json", "etag": "\"1\""},
                        "cookies": ["a=1", "b=2"],
                        "body": "eyJvayI6dHJ1ZX0=",
                        "isBase64Encoded": true,
                    })),
                }
            }
        }
    };
    let functions = Functions::default()
        .with("directory", function.clone())
        .with("open", function);
    let any = |path: &str| Route {
        method: "ANY".into(),
        path: path.into(),
        function: "directory".into(),
        authorized: true,
    };
    let open = Route {
        method: "GET".into(),
        path: "/open".into(),
        function: "open".into(),
        authorized: false,
    };
    let paths = [
        "/v1/me",
        "/v1/users/import",
        "/v1/users/{id}",
        "/v1/users/{id}/roles",
    ];
    let greedy = Route {
        path: "/open/{path+}".into(),
        ..open.clone()
    };
    let routes: Vec<Route> = paths.into_iter().map(any).chain([open, greedy]).collect();
    let router = gateway::router(&routes, functions, issuer.authorizer(), cors, clock).unwrap();
    Api {
        router,
        token: issuer.token("owner", "sample").unwrap(),
        seen,
    }
}

impl Api {
    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {}", self.token))
            .body(Body::empty())
            .unwrap();
        let answer = ask(&self.router, request).await;
        (answer.status(), json(answer).await)
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_becomes_an_event_and_the_answer_a_response() {
    let api = api();
    let request = Request::post("/v1/users/u%201/roles?q=a%20b&status=x&status=y")
        .header("authorization", format!("Bearer {}", api.token))
        .header("host", "localhost:3000")
        .header("user-agent", "test")
        .header("X-Many", "1")
        .header("x-many", "2")
        .header("cookie", "a=1; b=2")
        .header("content-type", "application/json")
        .body(Body::from(r#"{"language":"日本語"}"#))
        .unwrap();
    let answer = ask(&api.router, request).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.headers()["etag"], "\"1\"");
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
    assert_eq!(json(answer).await, json!({"ok": true}));

    let event = api.seen.lock().unwrap().clone();
    let expected = json!({
        "version": "2.0",
        "routeKey": "ANY /v1/users/{id}/roles",
        "rawPath": "/v1/users/u%201/roles",
        "rawQueryString": "q=a%20b&status=x&status=y",
        "queryStringParameters": {"q": "a b", "status": "x,y"},
        "pathParameters": {"id": "u 1"},
        "cookies": ["a=1", "b=2"],
        "body": r#"{"language":"日本語"}"#,
        "isBase64Encoded": false,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&event[name], value, "{name}");
    }
    assert_eq!(event["headers"]["x-many"], "1,2");
    assert_eq!(event["headers"]["cookie"], Value::Null);
    let context = &event["requestContext"];
    assert_eq!(context["http"]["method"], "POST");
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["time"], "01/Dec/2026:00:00:00 +0000");
    assert_eq!(context["timeEpoch"], beginning().timestamp_millis());
    let claims = &context["authorizer"]["jwt"]["claims"];
    assert_eq!(
        (&claims["sub"], &claims["org"]),
        (&json!("owner"), &json!("sample"))
    );
    assert_eq!(
        claims["exp"],
        (beginning().timestamp() + 12 * 3600).to_string(),
        "claims are text"
    );
}

#[tokio::test(start_paused = true)]
async fn a_greedy_parameter_takes_the_rest_of_the_path() {
    let api = api();
    for (path, parameter) in [("/open/a", "a"), ("/open/a/b%20c", "a/b c")] {
        assert_eq!(api.get(path).await.0, StatusCode::CREATED);
        let event = api.seen.lock().unwrap().clone();
        assert_eq!(event["routeKey"], "GET /open/{path+}");
        assert_eq!(event["pathParameters"], json!({"path": parameter}));
        assert_eq!(event["rawPath"], path);
    }
    assert_eq!(api.get("/open/").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_text_goes_in_base64_and_text_that_is_not_utf_8_loses_bytes() {
    let api = api();
    for (media_type, sent, encoded, body) in [
        ("application/octet-stream", &b"a,b"[..], true, "YSxi"),
        ("text/csv; charset=utf-8", b"a,b", false, "a,b"),
        ("text/csv", b"a,\xff", false, "a,\u{FFFD}"),
        ("application/json", b"\xff", true, "/w=="),
    ] {
        let request = Request::post("/v1/users/import")
            .header("authorization", format!("Bearer {}", api.token))
            .header("content-type", media_type)
            .body(Body::from(sent))
            .unwrap();
        ask(&api.router, request).await;
        let event = api.seen.lock().unwrap().clone();
        assert_eq!(event["isBase64Encoded"], encoded, "{media_type}");
        assert_eq!(event["body"], body, "{media_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_gateways_own_answers_are_api_gateways() {
    let api = api();
    for (path, status, message) in [
        ("/v1/nothing", StatusCode::NOT_FOUND, "Not Found"),
        ("/", StatusCode::NOT_FOUND, "Not Found"),
        (
            "/v1/users/fails",
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
        ),
        (
            "/v1/users/nonsense",
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
        ),
        (
            "/v1/users/hangs",
            StatusCode::SERVICE_UNAVAILABLE,
            "Service Unavailable",
        ),
    ] {
        assert_eq!(
            api.get(path).await,
            (status, json!({"message": message})),
            "{path}"
        );
    }
    assert_eq!(
        api.get("/v1/users/bare").await,
        (StatusCode::OK, json!({"id": "bare"}))
    );

    for (length, status) in [
        (10 * 1024 * 1024, StatusCode::CREATED),
        (10 * 1024 * 1024 + 1, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let request = Request::post("/v1/users/import")
            .header("authorization", format!("Bearer {}", api.token))
            .body(Body::from(vec![b'x'; length]))
            .unwrap();
        let answer = ask(&api.router, request).await;
        assert_eq!(answer.status(), status, "{length}");
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            assert_eq!(
                json(answer).await,
                json!({"message": "Request Entity Too Large"})
            );
        }
    }
    let wrong_method = Request::post("/open").body(Body::empty()).unwrap();
    assert_eq!(
        ask(&api.router, wrong_method).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(start_paused = true)]
async fn only_a_token_of_the_issuer_for_the_audience_and_in_force_is_let_in() {
    let api = api();
    let clock = Clock::starting_at(beginning());
    let other = |issuer, audience| {
        Issuer::open(None, issuer, audience, clock.clone())
            .unwrap()
            .token("owner", "sample")
            .unwrap()
    };
    let unsigned = jsonwebtoken::encode(
        &Header::default(),
        &json!({"iss": ISSUER, "aud": "reinvite", "sub": "owner", "exp": beginning().timestamp() + 60}),
        &EncodingKey::from_secret(b"guess"),
    )
    .unwrap();
    for (case, header) in [
        ("none", None),
        ("no token", Some("Bearer nonsense".to_owned())),
        (
            "another key",
            Some(format!("Bearer {}", other(ISSUER, "reinvite"))),
        ),
        ("another algorithm", Some(format!("Bearer {unsigned}"))),
    ] {
        let mut request = Request::get("/v1/me").body(Body::empty()).unwrap();
        if let Some(header) = header {
            request
                .headers_mut()
                .insert("authorization", header.parse().unwrap());
        }
        let answer = ask(&api.router, request).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{case}");
        assert_eq!(
            json(answer).await,
            json!({"message": "Unauthorized"}),
            "{case}"
        );
    }
    let open = ask(
        &api.router,
        Request::get("/open").body(Body::empty()).unwrap(),
    )
    .await;
    assert_eq!(open.status(), StatusCode::CREATED);

    tokio::time::advance(Duration::from_secs(12 * 3600 - 1)).await;
    assert_eq!(api.get("/v1/me").await.0, StatusCode::CREATED);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(
        api.get("/v1/me").await.0,
        StatusCode::UNAUTHORIZED,
        "expired"
    );
}

#[tokio::test(start_paused = true)]
async fn a_functions_own_cors_headers_give_way_to_the_configuration() {
    let api = api_with(Some(Cors::new(CorsConfiguration {
        allow_origins: vec!["https://app.example.com".into()],
        allow_methods: vec!["GET".into()],
        allow_headers: vec!["Authorization".into()],
        expose_headers: vec!["ETag".into()],
        max_age: 600,
    })));

    for (origin, allowed) in [
        ("https://app.example.com", Some("https://app.example.com")),
        ("https://other.example.com", None),
    ] {
        let request = Request::get("/v1/users/generous")
            .header("authorization", format!("Bearer {}", api.token))
            .header("origin", origin)
            .body(Body::empty())
            .unwrap();
        let answer = ask(&api.router, request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let header = answer.headers().get("access-control-allow-origin");
        assert_eq!(header.map(|value| value.to_str().unwrap()), allowed);
    }
}

#[tokio::test(start_paused = true)]
async fn issuer_and_audience_are_told_apart_under_one_key() {
    let folder = crate::client::folder("issuer");
    let clock = Clock::starting_at(beginning());
    let issuer =
        |name, audience| Issuer::open(Some(&folder), name, audience, clock.clone()).unwrap();
    let functions = Functions::default().with("directory", |_| async { Ok(json!({})) });
    let routes = [Route {
        method: "ANY".into(),
        path: "/v1/me".into(),
        function: "directory".into(),
        authorized: true,
    }];
    let router = gateway::router(
        &routes,
        functions,
        issuer(ISSUER, "reinvite").authorizer(),
        None,
        clock.clone(),
    )
    .unwrap();
    for (name, audience, expected) in [
        (ISSUER, "reinvite", StatusCode::OK),
        (
            "http://localhost:3001",
            "reinvite",
            StatusCode::UNAUTHORIZED,
        ),
        (ISSUER, "another", StatusCode::UNAUTHORIZED),
    ] {
        let token = issuer(name, audience).token("owner", "sample").unwrap();
        let request = Request::get("/v1/me")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            ask(&router, request).await.status(),
            expected,
            "{name} {audience}"
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("issuer.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "the key is its owner's only");
    }
}
