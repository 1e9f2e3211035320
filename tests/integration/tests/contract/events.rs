//! Each event of `events/` gets the answer that `events/cases.json` names.

use std::{collections::BTreeSet, fs, path::Path};

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

#[tokio::test(start_paused = true)]
async fn every_event_is_answered_as_the_cases_say() {
    let events = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"));
    let cases: Value =
        serde_json::from_str(&fs::read_to_string(events.join("cases.json")).unwrap()).unwrap();
    let world = World::new().await;

    let mut made: Vec<(String, String)> = Vec::new();
    let mut posted = BTreeSet::new();

    for case in cases["cases"].as_array().unwrap() {
        let name = case["event"].as_str().unwrap();
        posted.insert(name.to_string());
        let (mut event, mut case) = (
            fs::read_to_string(events.join(format!("{name}.json"))).unwrap(),
            case.to_string(),
        );
        for (sample, own) in &made {
            (event, case) = (event.replace(sample, own), case.replace(sample, own));
        }
        let (event, case): (Value, Value) = (
            serde_json::from_str(&event).unwrap(),
            serde_json::from_str(&case).unwrap(),
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
            made.push((sample.into(), answer["id"].as_str().unwrap().into()));
        }
    }

    let folders = fs::read_dir(events)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    });

    let name = |file: std::path::PathBuf| {
        let folder = file
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_string();
        format!("{folder}/{}", file.file_stem().unwrap().to_str().unwrap())
    };
    assert_eq!(files.map(name).collect::<BTreeSet<_>>(), posted);
}
