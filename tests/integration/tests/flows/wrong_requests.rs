//! Wrong requests get a problem that names the place and the rule, in words about the request.

use http::{Method, StatusCode};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{
    World, WorldOptions,
    contract::{DOCUMENT, METHODS, resolved},
};
use serde_json::{Value, json};

/// Words of Rust, and of the libraries that read a request.
const WORDS_OF_CODE: [&str; 14] = [
    "struct",
    "enum",
    "variant",
    "tuple",
    "sequence",
    "expected",
    "EOF",
    "serde",
    "invalid",
    "u8",
    "u32",
    "u64",
    "i64",
    "recursion",
];

/// A call that takes JSON, with the example of its body.
struct JsonCall {
    method: Method,
    path: String,
    example: Value,
}

fn operations() -> impl Iterator<Item = (Method, &'static String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |name| {
            let operation = item.get(name)?;
            let method = name.to_ascii_uppercase();
            Some((method.parse().unwrap(), path, operation))
        })
    })
}

fn concrete(path: &str, parameter: &str) -> String {
    ["{id}", "{userId}", "{token}"]
        .iter()
        .fold(path.to_string(), |path, name| path.replace(name, parameter))
}

fn json_calls() -> Vec<JsonCall> {
    operations()
        .filter_map(|(method, path, operation)| {
            let body = resolved(&operation["requestBody"]);
            let example = body["content"]["application/json"].get("example")?;
            Some(JsonCall {
                method,
                path: concrete(path, "u1"),
                example: example.clone(),
            })
        })
        .collect()
}

/// The pointers to a value and to all values in it.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_string());
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let step = name.replace('~', "~0").replace('/', "~1");
                pointers(field, &format!("{here}/{step}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn pointers_of(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    pointers(value, "", &mut found);
    found
}

fn replaced(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

/// Bodies that are wrong in one place, and bodies that are no JSON.
fn wrong_bodies(example: &Value) -> Vec<String> {
    let values = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(1e300),
        json!("x\u{202e}"),
        json!([]),
        json!([["a"], null]),
        json!({}),
        json!({"a": 1}),
    ];

    let mut bodies: Vec<String> = [
        "",
        " ",
        "{",
        "[",
        "nul",
        "\"",
        "{\"a\":",
        "{} x",
        "{\"\\ud800\": 1}",
    ]
    .map(str::to_string)
    .into();
    bodies.push(format!("{}{}", "[".repeat(500), "]".repeat(500)));

    for pointer in pointers_of(example) {
        for value in &values {
            bodies.push(replaced(example, &pointer, value.clone()).to_string());
        }
        if let Some(Value::Object(fields)) = example.pointer(&pointer) {
            let mut more = fields.clone();
            more.insert("zzz".into(), json!(1));
            bodies.push(replaced(example, &pointer, Value::Object(more)).to_string());

            for name in fields.keys() {
                let mut fewer = fields.clone();
                fewer.remove(name);
                bodies.push(replaced(example, &pointer, Value::Object(fewer)).to_string());
            }
        }
    }

    bodies
}

async fn send(caller: &Caller, call: &JsonCall, key: usize, body: String) -> (StatusCode, Value) {
    let key = format!("wrong-{key}");
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", &*key),
        ("if-match", "*"),
    ];
    caller
        .call(call.method.clone(), &call.path, &headers, body)
        .await
        .unwrap()
}

/// Checks that a problem speaks of the request, and that each of its errors has a rule.
fn check_words(problem: &Value, cause: &str) {
    let errors = problem["errors"].as_array().into_iter().flatten();
    let mut texts = vec![problem["detail"].as_str().unwrap()];

    for error in errors {
        assert!(error["rule"].is_string(), "{cause}: {problem}");
        texts.push(error["detail"].as_str().unwrap());
    }

    for text in texts {
        let word = text
            .split(|character: char| !character.is_alphanumeric())
            .find(|word| WORDS_OF_CODE.contains(word));
        assert_eq!(word, None, "{cause}: {problem}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_message_about_a_wrong_body_is_about_the_code() {
    // Some of these bodies are accepted, such as an empty one where all fields have defaults.
    let world = World::with(WorldOptions {
        contract: false,
        ..WorldOptions::default()
    })
    .await;
    let owner = world.owner();
    let mut refused = 0;

    for (number, call) in json_calls().iter().enumerate() {
        for (index, body) in wrong_bodies(&call.example).into_iter().enumerate() {
            let key = number * 10_000 + index;
            let (status, answer) = send(&owner, call, key, body.clone()).await;
            assert!(status.as_u16() < 500, "{} {body}: {answer}", call.path);

            if !status.is_success() {
                let cause = format!("{} {} {body}", call.method, call.path);
                check_words(&answer, &cause);
                refused += 1;
            }
        }
    }

    assert!(refused > 500, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn an_array_is_never_taken_for_an_object() {
    let world = World::new().await;
    let owner = world.owner();

    for (number, call) in json_calls().iter().enumerate() {
        for (index, pointer) in pointers_of(&call.example).into_iter().enumerate() {
            let Some(Value::Object(fields)) = call.example.pointer(&pointer) else {
                continue;
            };
            let list: Vec<_> = fields.values().cloned().collect();
            let body = replaced(&call.example, &pointer, list.into());

            let key = 1_000_000 + number * 1_000 + index;
            let (status, problem) = send(&owner, call, key, body.to_string()).await;
            let error = &problem["errors"][0];
            assert_eq!(status, 400, "{} {body}: {problem}", call.path);
            assert_eq!(
                (&error["pointer"], &error["rule"], &error["values"]),
                (
                    &json!(pointer),
                    &json!("wrong_type"),
                    &json!({"expected": "object"})
                ),
                "{} {body}",
                call.path
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_path_or_a_query_that_cannot_be_decoded_is_a_problem() {
    let world = World::new().await;
    let owner = world.owner();
    let headers = [("content-type", "application/json"), ("if-match", "*")];

    for (method, path, _) in operations() {
        let targets = [concrete(path, "%FF"), concrete(path, "%ED%A0%80")];
        for target in targets.iter().filter(|target| *target != path) {
            let answer = owner
                .send(method.clone(), target, &headers, "{}")
                .await
                .unwrap();
            let media = &answer.headers()["content-type"];

            assert_eq!(media, "application/problem+json", "{method} {target}");
            assert!(
                matches!(answer.status().as_u16(), 400 | 404),
                "{method} {target}: {}",
                answer.status()
            );
            if path.starts_with("/v1/invitations") {
                assert_eq!(answer.headers()["cache-control"], "no-store");
                assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
            }
        }
    }

    for query in ["limit=%FF", "%FF=1", "next=%FF", "status=%FF", "q=a&q=b"] {
        let path = format!("/v1/users?{query}");
        let (status, problem) = owner.call(Method::GET, &path, &[], "").await.unwrap();
        assert_eq!(status, 400, "{query}: {problem}");
        check_words(&problem, query);
    }
}

#[tokio::test(start_paused = true)]
async fn a_comma_at_the_end_of_a_list_does_no_harm() {
    let world = World::new().await;
    let owner = world.owner();

    for path in [
        "/v1/users?status=active,",
        "/v1/users?status=,active&status=suspended,,",
        "/v1/resends?state=paused,",
        "/v1/audit?action=user_deleted,",
    ] {
        let (status, answer) = owner.call(Method::GET, path, &[], "").await.unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_and_an_unknown_item_are_refused_with_the_parameter() {
    let world = World::new().await;
    let owner = world.owner();

    for (path, parameter, rule) in [
        ("/v1/users?status=,", "status", "empty"),
        ("/v1/resends?state=", "state", "empty"),
        ("/v1/audit?action=,,", "action", "empty"),
        ("/v1/users?status=active,x", "status", "unknown_value"),
        ("/v1/resends?state=paused,x", "state", "unknown_value"),
        ("/v1/audit?action=user_deleted,x", "action", "unknown_value"),
    ] {
        let (status, problem) = owner.call(Method::GET, path, &[], "").await.unwrap();
        let error = &problem["errors"][0];
        assert_eq!(
            (status.as_u16(), &error["parameter"], &error["rule"]),
            (400, &json!(parameter), &json!(rule))
        );
        let names_known = error["values"]["known"].is_array();
        assert_eq!(names_known, rule == "unknown_value", "{error}");
    }
}
