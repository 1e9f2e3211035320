//! References from one resource to another.

use serde_yaml_ng::Value;

use super::error::TemplateError;

/// The logical id in `!GetAtt Id.Arn`.
pub fn logical_id(value: &Value) -> Result<String, TemplateError> {
    match value {
        Value::Tagged(tagged) if tagged.tag == "GetAtt" => tagged
            .value
            .as_str()
            .and_then(|text| text.strip_suffix(".Arn")),
        _ => None,
    }
    .map(ToOwned::to_owned)
    .ok_or_else(|| TemplateError::Reference(format!("{value:?}")))
}

/// The logical id in `!Ref Id`.
pub fn referred_id(value: &Value) -> Result<String, TemplateError> {
    match value {
        Value::Tagged(tagged) if tagged.tag == "Ref" => tagged.value.as_str(),
        _ => None,
    }
    .map(ToOwned::to_owned)
    .ok_or_else(|| TemplateError::Reference(format!("{value:?}")))
}
