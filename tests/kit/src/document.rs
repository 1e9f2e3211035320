//! The contract as a document: its paths, its schemas and its references.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Value, json};

/// The contract, `infra/openapi.yaml`.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_yaml_ng::from_str(include_str!("../../../infra/openapi.yaml"))
        .unwrap_or_else(|error| panic!("infra/openapi.yaml cannot be read: {error}"))
});

/// The methods that a path of the contract may have.
pub const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// Compiles a schema of the contract, once for each schema.
///
/// # Panics
///
/// Panics if the value is not a schema.
#[must_use]
pub fn schema(schema: &Value) -> Arc<Validator> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);

    let compile = || {
        let with_components = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": DOCUMENT["components"],
            "allOf": [schema],
        });
        let validator = jsonschema::validator_for(&with_components);
        Arc::new(validator.unwrap_or_else(|error| panic!("{schema} is not a schema: {error}")))
    };

    COMPILED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(schema.to_string())
        .or_insert_with(compile)
        .clone()
}

/// The path of the contract that a request's path matches; the one with the fewest parameters wins.
#[must_use]
pub fn template(path: &str) -> Option<&'static str> {
    let paths = DOCUMENT["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.keys());

    paths
        .filter(|template| matches(template, path))
        .min_by_key(|template| template.matches('{').count())
        .map(String::as_str)
}

/// Whether a path has the segments of a template. A parameter matches any segment that is not empty.
fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found))
                if wanted == found || (wanted.starts_with('{') && !found.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Follows a reference within the contract; a value that is not a reference stands for itself.
#[must_use]
pub fn resolved(value: &'static Value) -> &'static Value {
    let target = value["$ref"]
        .as_str()
        .and_then(|reference| DOCUMENT.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}
