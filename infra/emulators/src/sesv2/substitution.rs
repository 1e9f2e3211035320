//! `{{name}}` in an inline template: put in as it is, without escaping, as SES does.

use serde_json::{Map, Value};

/// The longest template data in characters (SES API, `EmailTemplateData`).
pub const MAX_DATA_CHARACTERS: usize = 262_144;

/// A variable that the data does not hold.
#[derive(Debug, PartialEq, Eq)]
pub struct MissingVariable(pub String);

/// Fills in `template`. An inline template knows nothing but variables, so whatever else stands between braces is one
/// that the data does not hold.
pub fn render(template: &str, data: &Map<String, Value>) -> Result<String, MissingVariable> {
    let mut rendered = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tag)) = rest.split_once("{{") {
        let Some((name, after)) = tag.split_once("}}") else {
            break;
        };
        // Handlebars, whose syntax SES has, takes a backslash as an escape. What SES does with it is not documented.
        if before.ends_with('\\') {
            return Err(MissingVariable(name.trim().to_owned()));
        }
        rendered.push_str(before);
        match data.get(name.trim()) {
            Some(Value::String(text)) => rendered.push_str(text),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => {
                rendered.push_str(&value.to_string());
            }
            _ => return Err(MissingVariable(name.trim().to_owned())),
        }
        rest = after;
    }
    rendered.push_str(rest);
    Ok(rendered)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_go_in_unescaped_and_are_not_read_again() {
        let data = json!({"html": "<b>1 & 2</b> {{other}}", "n": 3})
            .as_object()
            .cloned()
            .unwrap();
        assert_eq!(
            render("{{html}}|{{ n }}|{{", &data),
            Ok("<b>1 & 2</b> {{other}}|3|{{".to_owned())
        );
    }

    #[test]
    fn a_variable_that_the_data_does_not_hold_is_named() {
        assert_eq!(
            render("Hello {{name}}", &Map::new()),
            Err(MissingVariable("name".to_owned()))
        );
        for more_than_a_variable in ["\\{{name}}", "{{{name}}}", "{{#if name}}"] {
            let data = json!({"name": "x"}).as_object().cloned().unwrap();
            assert!(
                render(more_than_a_variable, &data).is_err(),
                "{more_than_a_variable}"
            );
        }
    }
}
