//! The document and the code agree: routes, methods, problem types and examples.

use std::collections::BTreeSet;

use http::Method;
use reinvite_domain::Rule;
use reinvite_local::template::Template;
use reinvite_test_kit::{
    World,
    contract::{DOCUMENT, METHODS, resolved, schema},
};
use reinvite_web::ProblemKind;
use serde_json::Value;

fn paths() -> impl Iterator<Item = (&'static String, &'static Value)> {
    DOCUMENT["paths"].as_object().unwrap().iter()
}

fn operations() -> impl Iterator<Item = (&'static String, &'static String, &'static Value)> {
    paths().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (path, method, operation))
    })
}

#[test]
fn every_route_is_in_the_document_and_every_path_has_a_route() {
    let parameters = |path: &str| -> String {
        path.split('/')
            .map(|step| if step.starts_with('{') { "{}" } else { step })
            .collect::<Vec<_>>()
            .join("/")
    };
    let routes: BTreeSet<_> = Template::deployed()
        .unwrap()
        .routes
        .iter()
        // The console's pages are no part of the API.
        .filter(|route| route.function != "console")
        .map(|route| parameters(&route.path))
        .collect();

    let documented: BTreeSet<_> = paths().map(|(path, _)| parameters(path)).collect();
    assert_eq!(routes, documented);
}

#[tokio::test(start_paused = true)]
async fn every_path_has_the_methods_of_the_document_and_no_others() {
    let world = World::new().await;

    for (path, item) in paths() {
        let concrete = path
            .replace("{id}", "x")
            .replace("{userId}", "y")
            .replace("{token}", "z");
        let documented: BTreeSet<_> = item
            .as_object()
            .unwrap()
            .keys()
            .map(|method| method.to_ascii_uppercase())
            .collect();

        for method in METHODS.map(str::to_ascii_uppercase) {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let response = world
                .owner()
                .send(method.clone(), &concrete, &[], "")
                .await
                .unwrap();

            if documented.contains(method.as_str()) {
                assert_ne!(response.status(), 405, "{method} {path}");
                continue;
            }
            assert_eq!(response.status(), 405, "{method} {path}");

            let allow = response.headers()["allow"].to_str().unwrap();
            // A route that answers GET also answers HEAD.
            let allowed: BTreeSet<_> = allow
                .split(',')
                .map(str::to_string)
                .filter(|method| method != "HEAD")
                .collect();
            assert_eq!(allowed, documented, "{path}");
        }
    }
}

#[test]
fn every_problem_type_is_in_the_contract_with_its_status_and_in_the_docs() {
    let docs = include_str!("../../../../docs/problems.md");
    let mut known = BTreeSet::new();

    for kind in ProblemKind::ALL {
        let (name, status) = (kind.name(), kind.status());
        let r#type = format!("/problems/{name}");

        let response = DOCUMENT["components"]["responses"]
            .as_object()
            .unwrap()
            .values()
            .find(|response| {
                let schema = &response["content"]["application/problem+json"]["schema"]["allOf"][1]
                    ["properties"];
                schema["status"]["const"] == status.as_u16()
                    && schema["type"]["enum"]
                        .as_array()
                        .unwrap()
                        .contains(&r#type.clone().into())
            });
        assert!(response.is_some(), "{name}");
        assert!(
            docs.contains(&format!(
                "\n## `{name}`: {status}\n",
                status = status.as_u16()
            )),
            "{name}"
        );

        known.insert(r#type);
    }

    let listed = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
        .as_array()
        .unwrap();
    assert_eq!(
        listed
            .iter()
            .map(|name| name.as_str().unwrap().to_string())
            .collect::<BTreeSet<_>>(),
        known
    );
    assert_eq!(docs.matches("\n## `").count(), known.len());
}

#[test]
fn every_rule_is_in_the_document_and_no_other() {
    let listed: BTreeSet<_> = DOCUMENT["components"]["schemas"]["Rule"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let known: BTreeSet<&str> = Rule::NAMES.iter().map(|name| (*name).into()).collect();

    assert_eq!(listed, known);
}

#[test]
fn every_example_matches_its_schema() {
    let mut examples = 0;

    for (path, method, operation) in operations() {
        let answers = operation["responses"]
            .as_object()
            .unwrap()
            .values()
            .map(|response| &resolved(response)["content"]);

        for contents in answers
            .chain([&operation["requestBody"]["content"]])
            .filter_map(Value::as_object)
        {
            for content in contents
                .values()
                .filter(|content| !content["example"].is_null())
            {
                let errors: Vec<_> = schema(&content["schema"])
                    .iter_errors(&content["example"])
                    .map(|error| error.to_string())
                    .collect();
                assert!(errors.is_empty(), "{method} {path}: {errors:?}");
                examples += 1;
            }
        }

        let answers = operation["responses"].as_object().unwrap();
        let success = answers
            .iter()
            .find(|(status, _)| status.starts_with('2'))
            .unwrap();
        assert!(
            success.0 == "204" || success.1["content"].to_string().contains("\"example\""),
            "{method} {path}"
        );
    }

    assert!(examples > 50, "{examples}");
}
