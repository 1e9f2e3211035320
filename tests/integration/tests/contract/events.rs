//! Each event of `events/` gets the answer that `events/cases.json` names.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use reinvite_test_kit::World;
use serde_json::Value;

/// Whether an answer contains the expected value: each field of an object, and the first entries of a list.
fn holds(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            expected.iter().all(|(name, expected)| {
                answer
                    .get(name)
                    .is_some_and(|answer| holds(answer, expected))
            })
        }
        (Value::Array(answer), Value::Array(expected)) => {
            answer.len() >= expected.len()
                && answer
                    .iter()
                    .zip(expected)
                    .all(|(answer, expected)| holds(answer, expected))
        }
        (answer, expected) => answer == expected,
    }
}

/// The names of the events in the folder, such as `resends/create`.
fn names(events: &Path) -> BTreeSet<String> {
    let children = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    };
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_string();

    children(events)
        .into_iter()
        .filter(|path| path.is_dir())
        .flat_map(|folder| {
            children(&folder)
                .iter()
                .map(|file| format!("{}/{}", name(&folder), name(file)))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Replaces the ids of the samples by those that earlier answers gave.
fn with_own_ids(text: &str, ids: &[(String, String)]) -> Value {
    let text = ids.iter().fold(text.to_string(), |text, (sample, own)| {
        text.replace(sample, own)
    });
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_event_is_answered_as_the_cases_say() {
    let events = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"));
    let cases: Value =
        serde_json::from_str(&fs::read_to_string(events.join("cases.json")).unwrap()).unwrap();
    let world = World::new().await;

    let mut ids: Vec<(String, String)> = Vec::new();
    let mut posted = BTreeSet::new();

    for case in cases["cases"].as_array().unwrap() {
        let name = case["event"].as_str().unwrap();
        posted.insert(name.to_string());

        let event = fs::read_to_string(events.join(format!("{name}.json"))).unwrap();
        let (event, case) = (
            with_own_ids(&event, &ids),
            with_own_ids(&case.to_string(), &ids),
        );
        let function = name.split('/').next().unwrap();
        let mut answer = world.stack.functions.invoke(function, event).await.unwrap();

        if !case["status"].is_null() {
            assert_eq!(answer["statusCode"], case["status"], "{name}: {answer}");
            answer = answer["body"]
                .as_str()
                .and_then(|body| serde_json::from_str(body).ok())
                .unwrap_or_default();
        }
        assert!(
            case["answer"].is_null() || holds(&answer, &case["answer"]),
            "{name}: {answer}"
        );

        if let Some(sample) = case["saves"].as_str() {
            ids.push((sample.into(), answer["id"].as_str().unwrap().into()));
        }
    }

    assert_eq!(names(events), posted);
}
