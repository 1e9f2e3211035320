//! The formats of stored items: a version of Reinvite reads the items of the versions before and after it, so that an
//! upgrade and a rollback need no migration.
//!
//! `dump/` holds the items of both tables as each released format wrote them, one file for each. Two things are proved of
//! every dump: this version reads the items and goes on with their work, and the items that this version writes have all
//! fields of the dump, so that the version of the dump can read them.
//!
//! `REINVITE_WRITE_DUMP=NAME cargo test --test contract stored_formats` writes `dump/NAME.json`, for a release that
//! changes a format. A dump is deleted when its version is no longer supported.

mod messages;
mod shapes;
mod work_in_progress;

use std::{collections::BTreeMap, fs, path::PathBuf};

use reinvite_local::caller::CallError;
use reinvite_test_kit::{LogCapture, Tables, World, WorldOptions, instant};
use serde_json::{Value, json};
use shapes::Shapes;
use work_in_progress::{LATER, NOW, work_in_progress};

/// The stored items of a version, by table.
type Dump = BTreeMap<String, Vec<Value>>;

fn dump_of(world: &World) -> Dump {
    serde_json::from_str(&world.dump()).unwrap()
}

fn tables_of(dump: &Dump) -> Tables {
    let items = |table: &str| serde_json::from_value(json!(dump[table])).unwrap();
    Tables::new(items("Directory"), items("Resends"))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract/stored_formats/dump")
}

fn dumps() -> Vec<(String, Dump)> {
    let files = fs::read_dir(folder()).unwrap();
    let dumps: Vec<_> = files
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_string();
            (
                name,
                serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap(),
            )
        })
        .collect();
    assert!(!dumps.is_empty());
    dumps
}

#[expect(
    clippy::disallowed_methods,
    reason = "the name is for whoever runs the test"
)]
fn dump_to_write() -> Option<String> {
    std::env::var("REINVITE_WRITE_DUMP").ok()
}

/// Writes a dump, an item to a line.
fn write(name: &str, dump: &Dump) {
    let tables = dump.iter().map(|(table, items)| {
        let items: Vec<_> = items.iter().map(Value::to_string).collect();
        format!("{}: [\n{}\n]", json!(table), items.join(",\n"))
    });
    let text = format!("{{\n{}\n}}\n", tables.collect::<Vec<_>>().join(",\n"));
    fs::write(folder().join(name).with_extension("json"), text).unwrap();
}

#[tokio::test(start_paused = true)]
async fn this_version_writes_every_field_that_the_versions_before_read() {
    let world = work_in_progress().await;
    let written = dump_of(&world);
    if let Some(name) = dump_to_write() {
        write(&name, &written);
    }

    let written = Shapes::of(&written);
    for (name, dump) in dumps() {
        let missing = Shapes::of(&dump).without(&written);
        assert!(
            missing.is_empty(),
            "fields of {name} that are no longer written: {missing:#?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn this_version_goes_on_with_the_work_of_the_versions_before() {
    for (name, dump) in dumps() {
        goes_on(&name, &dump).await;
    }
}

/// An item of a later version may have fields that this version does not know.
#[tokio::test(start_paused = true)]
async fn unknown_fields_of_items_are_passed_over() {
    let (name, mut dump) = dumps().pop().unwrap();
    for item in dump.values_mut().flatten() {
        add_unknown_fields(item);
    }
    goes_on(&name, &dump).await;
}

/// Goes on with the work of a dump; nothing of it is an error.
async fn goes_on(name: &str, dump: &Dump) {
    let (log, _guard) = LogCapture::begin(tracing::Level::ERROR);
    let world = World::with(WorldOptions {
        tables: tables_of(dump),
        now: Some(instant(NOW)),
        ..WorldOptions::default()
    })
    .await;
    let went_on = async {
        read_everything(&world).await?;
        finish_work(&world).await?;
        read_everything(&world).await
    };
    let result = went_on.await;
    assert!(
        result.is_ok() && log.text().is_empty(),
        "{name}: {result:?}\n{}",
        log.text()
    );
}

/// Adds a field to the item, and to each structure in it.
fn add_unknown_fields(item: &mut Value) {
    let attributes = item.as_object_mut().unwrap();
    if attributes.len() == 1 {
        // This may be one of several alternatives, of which there is only one at a time.
        return;
    }
    for (name, attribute) in attributes.iter_mut() {
        // A criterion that this version does not know would select other users, so it is refused.
        if !shapes::has_names_of_its_own(name) && name != "filter" {
            add_to_structures(attribute);
        }
    }
    attributes.insert("ofLaterVersion".into(), json!({"S": "unknown"}));
}

fn add_to_structures(attribute: &mut Value) {
    if let Some(fields) = attribute.get_mut("M") {
        add_unknown_fields(fields);
    }
    for entry in attribute
        .get_mut("L")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        add_to_structures(entry);
    }
}

/// Reads through the API whatever it shows.
async fn read_everything(world: &World) -> Result<(), CallError> {
    let owner = world.caller("owner");
    let id = |entry: &Value| entry["id"].as_str().unwrap().to_string();
    for path in ["/v1/me", "/v1/settings"] {
        owner.get(path).await?;
    }
    owner.all("/v1/groups", "groups").await?;
    owner.all("/v1/audit", "audit").await?;
    for template in owner.all("/v1/templates", "templates").await? {
        owner
            .get(&format!("/v1/templates/{}", id(&template)))
            .await?;
    }
    for user in owner.all("/v1/users", "users").await? {
        let path = format!("/v1/users/{}", id(&user));
        for call in ["", "/roles", "/resends"] {
            owner.get(&format!("{path}{call}")).await?;
        }
    }
    for resend in owner.all("/v1/resends", "resends").await? {
        let path = format!("/v1/resends/{}", id(&resend));
        owner.get(&path).await?;
        for call in ["excluded", "choices", "recipients"] {
            owner.all(&format!("{path}/{call}"), call).await?;
        }
    }
    Ok(())
}

/// Finishes the work that was in progress, and checks its end.
async fn finish_work(world: &World) -> Result<(), CallError> {
    let owner = world.caller("owner");
    let paused = owner.all("/v1/resends?state=paused", "resends").await?;
    let path = format!("/v1/resends/{}/resume", paused[0]["id"].as_str().unwrap());
    let (status, answer) = owner.post(&path, &[], &json!({})).await?;
    assert_eq!(status, 200, "{answer}");

    let until = instant(LATER) + chrono::TimeDelta::hours(2);
    world.stack.clock.sleep_until(until).await;

    // The token of before has expired.
    for resend in world.caller("owner").all("/v1/resends", "resends").await? {
        let state = resend["state"].as_str().unwrap();
        assert!(
            ["completed", "failed", "cancelled"].contains(&state),
            "{resend}"
        );
        let counts = &resend["counts"];
        assert_eq!(
            (&counts["pending"], &counts["sending"]),
            (&json!(0), &json!(0)),
            "{resend}"
        );
        // A link in doubt cannot be made again: its stage key is not in the dump.
        let may_be_unknown = resend["passwordChange"] == "set_link";
        assert!(may_be_unknown || counts["unknown"] == 0, "{resend}");
    }
    let left = world.dump();
    for partition in ["\"#lists\"", "\"#moves\"", "\"#counts\""] {
        assert!(!left.contains(partition), "{partition} is not empty");
    }
    Ok(())
}

/// Versions before took language tags that IANA has not registered.
#[tokio::test(start_paused = true)]
async fn language_tags_that_are_not_registered_are_still_read() {
    for (name, dump) in dumps() {
        let text = serde_json::to_string(&dump).unwrap();
        let (language, sort_key) = (r#""language":{"S":"#, r#""template#"#);
        let text = text
            .replace(
                &format!(r#"{language}"en""#),
                &format!(r#"{language}"English""#),
            )
            .replace(&format!("{sort_key}en"), &format!("{sort_key}English"));
        assert!(text.contains(&format!("{sort_key}English")), "{name}");
        assert!(text.contains(&format!(r#"{language}"English""#)), "{name}");

        let mut changed: Dump = serde_json::from_str(&text).unwrap();
        // A world creates its organisation, and takes an equal one that is there.
        let is_organisation = |item: &&mut Value| item["sk"]["S"] == "organisation";
        let organisations = changed.values_mut().flatten().filter(is_organisation);
        let before = dump.values().flatten();
        let before = before.filter(|item| item["sk"]["S"] == "organisation");
        for (item, before) in organisations.zip(before) {
            item.clone_from(before);
        }
        goes_on(&name, &changed).await;
    }
}
