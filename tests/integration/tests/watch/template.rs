//! The deployment template, as far as alarms and the dashboard are concerned.

use std::{collections::BTreeMap, fs, path::Path};

use serde_yaml_ng::Value;

/// A file of the repository.
pub fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).unwrap()
}

/// The resources of a type, by logical id: their properties.
pub fn resources(kind: &str) -> BTreeMap<String, Value> {
    let template: Value = serde_yaml_ng::from_str(&file("infra/template.yaml")).unwrap();
    let resources = template["Resources"].as_mapping().unwrap();
    resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(id, resource)| {
            (
                id.as_str().unwrap().to_string(),
                resource["Properties"].clone(),
            )
        })
        .collect()
}

/// The text of a value; the logical id or parameter that a `!Ref` or `!GetAtt` names.
pub fn text(value: &Value) -> String {
    match value {
        Value::Tagged(tagged) if tagged.tag == "Ref" || tagged.tag == "GetAtt" => {
            let name = tagged.value.as_str().unwrap();
            name.split('.').next().unwrap().to_string()
        }
        Value::Tagged(tagged) if tagged.tag == "Sub" => tagged.value.as_str().unwrap().to_string(),
        Value::String(text) => text.clone(),
        value => panic!("{value:?} is no text"),
    }
}
