//! The shape of items: which attributes each kind of item has, and of which types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The attributes whose entries have names of their own: ids, languages, states, days.
const MAPS: [&str; 6] = [
    "counts", "variants", "choices", "states", "inputs", "excluded",
];

/// The paths and types of attributes by kind of item.
pub struct Shapes(BTreeMap<String, BTreeSet<String>>);

/// Whether the entries of the attribute are no fields.
pub fn has_names_of_its_own(attribute: &str) -> bool {
    MAPS.contains(&attribute)
}

impl Shapes {
    /// The shapes of the items of each table.
    pub fn of(tables: &BTreeMap<String, Vec<Value>>) -> Self {
        let mut shapes = BTreeMap::<String, BTreeSet<String>>::new();
        for (table, items) in tables {
            for item in items {
                let shape = shapes
                    .entry(format!("{table}: {}", kind(item)))
                    .or_default();
                add_fields("", item, shape);
            }
        }
        Self(shapes)
    }

    /// The attributes that these shapes have and `others` have not.
    pub fn without(&self, others: &Self) -> Vec<String> {
        let none = BTreeSet::new();
        let missing = self.0.iter().flat_map(|(kind, shape)| {
            let other = others.0.get(kind).unwrap_or(&none);
            shape
                .difference(other)
                .map(move |path| format!("{kind}{path}"))
        });
        missing.collect()
    }
}

/// The kind of an item: its key without ids.
fn kind(item: &Value) -> String {
    let part = |key: &str| {
        let text = item[key]["S"].as_str().unwrap();
        let words = text
            .split('#')
            .map(|word| if is_word(word) { word } else { "_" });
        words.collect::<Vec<_>>().join("#")
    };
    format!("{} / {}", part("pk"), part("sk"))
}

/// The words of keys. Everything else is an id, a number or an address.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 42] = [
        "",
        "account",
        "address",
        "audit",
        "choices",
        "chunk",
        "counts",
        "credentials",
        "current",
        "event",
        "feedback",
        "groups",
        "idempotency",
        "lease",
        "link",
        "links",
        "list",
        "lists",
        "logins",
        "members",
        "moves",
        "notices",
        "operator",
        "organisation",
        "outbox",
        "owners",
        "pace",
        "pending",
        "progress",
        "recipients",
        "renewals",
        "resend",
        "selection",
        "sources",
        "subject",
        "suppressed",
        "template",
        "templates",
        "tests",
        "user",
        "version",
        "sample",
    ];
    WORDS.contains(&text)
}

fn add_fields(path: &str, fields: &Value, shape: &mut BTreeSet<String>) {
    for (name, attribute) in fields.as_object().unwrap() {
        add(
            &format!("{path}.{name}"),
            has_names_of_its_own(name),
            attribute,
            shape,
        );
    }
}

fn add(path: &str, is_map: bool, attribute: &Value, shape: &mut BTreeSet<String>) {
    let (kind, value) = attribute.as_object().unwrap().iter().next().unwrap();
    shape.insert(format!("{path}: {kind}"));
    match (kind.as_str(), is_map) {
        ("M", true) => {
            for entry in value.as_object().unwrap().values() {
                add(&format!("{path}.*"), false, entry, shape);
            }
        }
        ("M", false) => add_fields(path, value, shape),
        ("L", _) => {
            for entry in value.as_array().unwrap() {
                add(&format!("{path}[]"), false, entry, shape);
            }
        }
        _ => {}
    }
}
