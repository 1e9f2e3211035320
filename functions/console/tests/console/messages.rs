//! The texts of the page: in both languages, and one for each name of the contract that an operator may meet.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use crate::sources::WEB;

const DOCUMENT: &str = include_str!("../../../../infra/openapi.yaml");

/// The first part of a key, and the place of its names in the document.
const NAMES: [(&str, &str); 15] = [
    ("problem", "/Problem/properties/type/enum"),
    ("rule", "/Rule/enum"),
    ("reason", "/Reason/enum"),
    ("reason", "/FailedReason/enum"),
    ("userStatus", "/Status/enum"),
    ("resendState", "/ResendState/enum"),
    ("recipientState", "/RecipientState/enum"),
    ("pauseReason", "/Resend/properties/pauseReason/enum"),
    ("failureReason", "/Resend/properties/failureReason/enum"),
    ("passwordChange", "/PasswordChange/enum"),
    ("passwordChangeReason", "/KeepReason/enum"),
    ("invitationState", "/UserInvitationState/enum"),
    ("invitationState", "/Invitation/properties/state/enum"),
    ("notice", "/Notice/properties/type/enum"),
    ("notice", "/LoginIdNotice/properties/type/enum"),
];

fn messages(language: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(format!("{WEB}/src/i18n/{language}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The keys that the document asks for.
fn keys_of_document() -> BTreeSet<String> {
    let document: Value = serde_yaml_ng::from_str(DOCUMENT).unwrap();
    let schemas = &document["components"]["schemas"];
    let mut keys = BTreeSet::new();
    for (first, place) in NAMES {
        let names = schemas.pointer(place).and_then(Value::as_array);
        for name in names.unwrap_or_else(|| panic!("no names at {place}")) {
            let name = name.as_str().unwrap().trim_start_matches("/problems/");
            keys.insert(format!("{first}.{name}"));
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_messages() {
    let (english, japanese) = (messages("en"), messages("ja"));
    let keys =
        |messages: &BTreeMap<String, String>| -> BTreeSet<_> { messages.keys().cloned().collect() };
    let (in_english, in_japanese) = (keys(&english), keys(&japanese));
    let different: Vec<_> = in_english.symmetric_difference(&in_japanese).collect();
    assert!(different.is_empty(), "in one language only: {different:#?}");
}

#[test]
fn every_name_of_the_contract_has_a_message() {
    let messages = messages("en");
    let missing: Vec<_> = keys_of_document()
        .into_iter()
        .filter(|key| !messages.contains_key(key))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
