//! The rules of CloudWatch's embedded metric format, by its specification in the CloudWatch user guide, and of the API's
//! `MetricDatum` where the specification refers to it.

use serde_json::Value;

/// The most dimensions of a metric.
const MAX_DIMENSIONS: usize = 30;

/// The most metrics of a document, and the most values of one metric in it.
const MAX_METRICS: usize = 100;
const MAX_VALUES: usize = 100;

/// The longest name or dimension value.
const MAX_LENGTH: usize = 1_024;

/// The units of `MetricDatum` that may be used here.
const UNITS: [&str; 4] = ["Count", "Milliseconds", "Percent", "Seconds"];

/// Checks a line: it is one JSON object, from which CloudWatch reads every metric that it names.
pub fn check(line: &str) -> Value {
    let document: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert!(document.is_object(), "{line}");

    let metadata = &document["_aws"];
    assert!(metadata["Timestamp"].as_u64().is_some(), "{line}");
    let directives = metadata["CloudWatchMetrics"].as_array().unwrap();
    assert!(!directives.is_empty(), "{line}");
    for directive in directives {
        check_directive(directive, &document);
    }
    document
}

fn check_directive(directive: &Value, document: &Value) {
    assert!(is_name(&directive["Namespace"]), "{document}");

    for dimensions in directive["Dimensions"].as_array().unwrap() {
        let dimensions = dimensions.as_array().unwrap();
        assert!(dimensions.len() <= MAX_DIMENSIONS, "{document}");
        for dimension in dimensions {
            assert!(
                is_name(dimension) && is_name(target(document, dimension)),
                "{document}"
            );
        }
    }

    let metrics = directive["Metrics"].as_array().unwrap();
    assert!((1..=MAX_METRICS).contains(&metrics.len()), "{document}");
    for metric in metrics {
        assert!(is_name(&metric["Name"]), "{document}");
        assert!(
            UNITS.contains(&metric["Unit"].as_str().unwrap()),
            "{document}"
        );
        assert!(has_values(target(document, &metric["Name"])), "{document}");
    }
}

fn target<'d>(document: &'d Value, name: &Value) -> &'d Value {
    &document[name.as_str().unwrap()]
}

fn is_name(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|name| (1..=MAX_LENGTH).contains(&name.len()) && name.is_ascii())
}

/// Whether a target holds a number, or a list of numbers.
fn has_values(target: &Value) -> bool {
    match target {
        Value::Array(values) => {
            (1..=MAX_VALUES).contains(&values.len()) && values.iter().all(Value::is_number)
        }
        value => value.is_number(),
    }
}
