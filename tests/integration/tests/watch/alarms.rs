//! Every function and queue has its alarms, and every alarm measures something that exists.

use std::collections::{BTreeMap, BTreeSet};

use reinvite_domain::{METRIC_NAMESPACE, Metric, PauseReason, STAGE_DIMENSION};
use serde_yaml_ng::Value;

use crate::{
    recorded::values_of,
    template::{file, resources, text},
};

/// An alarm: the namespace and name of its metric, and its dimensions.
struct Alarm {
    id: String,
    metric: (String, String),
    dimensions: BTreeMap<String, String>,
    properties: Value,
}

fn alarms() -> Vec<Alarm> {
    let alarm = |(id, properties): (String, Value)| {
        let empty = Vec::new();
        let dimensions = properties["Dimensions"].as_sequence().unwrap_or(&empty);
        Alarm {
            id,
            metric: (
                text(&properties["Namespace"]),
                text(&properties["MetricName"]),
            ),
            dimensions: dimensions
                .iter()
                .map(|dimension| (text(&dimension["Name"]), text(&dimension["Value"])))
                .collect(),
            properties,
        }
    };
    let alarms: Vec<_> = resources("AWS::CloudWatch::Alarm")
        .into_iter()
        .map(alarm)
        .collect();
    assert!(!alarms.is_empty());
    alarms
}

/// The values of a dimension for which a metric has an alarm.
fn watched(namespace: &str, metric: &str, dimension: &str) -> BTreeSet<String> {
    let is_of_metric = |alarm: &Alarm| alarm.metric == (namespace.into(), metric.into());
    let of_metric = alarms().into_iter().filter(is_of_metric);
    of_metric
        .map(|mut alarm| alarm.dimensions.remove(dimension).unwrap())
        .collect()
}

fn ids(kind: &str) -> BTreeSet<String> {
    resources(kind).into_keys().collect()
}

/// The queues that invoke a function.
fn polled_queues() -> BTreeSet<String> {
    resources("AWS::Serverless::Function")
        .values()
        .filter_map(|function| function["Events"].as_mapping())
        .flat_map(|events| events.values())
        .filter(|event| event["Type"] == "SQS")
        .map(|event| text(&event["Properties"]["Queue"]))
        .collect()
}

#[test]
fn every_function_has_alarms_of_its_errors_and_throttles() {
    let functions = ids("AWS::Serverless::Function");
    for metric in ["Errors", "Throttles"] {
        assert_eq!(
            watched("AWS/Lambda", metric, "FunctionName"),
            functions,
            "{metric}"
        );
    }
}

#[test]
fn every_queue_has_an_alarm_of_its_age_or_of_its_dead_letters() {
    let polled = polled_queues();
    let others = &ids("AWS::SQS::Queue") - &polled;

    let age = watched("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName");
    assert_eq!(age, polled);
    let dead_letters = watched("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName");
    assert_eq!(
        dead_letters, others,
        "a queue that no function polls holds dead letters"
    );
}

#[test]
fn every_kind_of_message_has_a_dead_letter_queue_of_its_own() {
    let queues = resources("AWS::SQS::Queue");
    let target = |queue: &String| text(&queues[queue]["RedrivePolicy"]["deadLetterTargetArn"]);
    let polled = polled_queues();
    let targets: BTreeSet<_> = polled.iter().map(target).collect();
    assert_eq!(targets.len(), polled.len(), "{targets:?}");

    let functions = resources("AWS::Serverless::Function");
    let of_firings: BTreeSet<_> = functions
        .values()
        .filter_map(|function| function["Environment"]["Variables"].get("DEAD_LETTER_ARN"))
        .map(text)
        .collect();
    assert_eq!(of_firings.len(), 1);
    assert!(of_firings.is_disjoint(&targets));

    let sender = &functions["SenderFunction"]["EventInvokeConfig"]["DestinationConfig"];
    assert_eq!(
        text(&sender["OnFailure"]["Destination"]),
        of_firings.into_iter().next().unwrap()
    );
}

#[test]
fn every_alarm_tells_the_topic_and_says_what_no_measurement_means() {
    for alarm in alarms() {
        let Alarm { id, properties, .. } = alarm;
        for actions in ["AlarmActions", "OKActions"] {
            let actions = properties[actions].as_sequence().unwrap();
            let actions: Vec<_> = actions.iter().map(text).collect();
            assert_eq!(actions, ["Alarms"], "{id}");
        }
        let missing = text(&properties["TreatMissingData"]);
        assert!(
            ["notBreaching", "breaching", "ignore"].contains(&&*missing),
            "{id}"
        );
        assert!(properties["AlarmDescription"].is_string(), "{id}");
    }
}

#[test]
fn every_alarm_is_in_the_operating_guide_and_the_guide_names_no_other() {
    let guide = file("docs/operating.md");
    let section = guide.split("\n## Alarms\n").nth(1).unwrap();
    let section = section.split("\n### ").next().unwrap();
    // The first cell of a row names one alarm or several.
    let documented: BTreeSet<_> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|row| row.split(" | ").next().unwrap())
        .flat_map(|cell| cell.split("`, `"))
        .map(|name| name.trim_end_matches('`').to_string())
        .collect();

    let name = |alarm: Alarm| {
        let name = text(&alarm.properties["AlarmName"]);
        name.strip_prefix("reinvite-${Stage}-").unwrap().to_string()
    };
    assert_eq!(
        alarms().into_iter().map(name).collect::<BTreeSet<_>>(),
        documented
    );
}

#[test]
fn an_alarm_of_a_metric_of_reinvite_has_its_unit_and_dimensions() {
    let own = alarms()
        .into_iter()
        .filter(|alarm| alarm.metric.0 == METRIC_NAMESPACE);
    for alarm in own {
        let Alarm { id, dimensions, .. } = &alarm;
        let metric = Metric::ALL
            .iter()
            .find(|metric| metric.name() == alarm.metric.1);
        let metric = metric.unwrap_or_else(|| panic!("{id} watches a metric that does not exist"));

        let names: BTreeSet<&str> = dimensions.keys().map(String::as_str).collect();
        let expected = [&[STAGE_DIMENSION], metric.dimensions()].concat();
        assert_eq!(names, expected.into_iter().collect(), "{id}");
        assert_eq!(
            text(&alarm.properties["Unit"]),
            metric.unit().name(),
            "{id}"
        );
        for (name, value) in dimensions {
            let is_known = if name == STAGE_DIMENSION {
                value == "Stage"
            } else {
                values_of(name).contains(&value.as_str())
            };
            assert!(is_known, "{id}: {name} is {value}");
        }
    }
}

#[test]
fn every_reason_for_which_a_resend_pauses_by_itself_has_an_alarm() {
    // An operator, or the engineer who switched maintenance on, knows of the pause.
    let on_purpose = [PauseReason::Operator, PauseReason::Maintenance].map(PauseReason::name);
    let by_itself: BTreeSet<String> = PauseReason::NAMES
        .iter()
        .filter(|reason| !on_purpose.contains(reason))
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        watched(METRIC_NAMESPACE, "ResendStates", "Reason"),
        by_itself
    );
}

#[test]
fn no_log_level_of_a_function_drops_its_metrics() {
    // Lambda takes a line without a level for INFO, and a metric's line has none.
    for (id, function) in resources("AWS::Serverless::Function") {
        let logging = &function["LoggingConfig"];
        assert_eq!(logging["LogFormat"], "JSON", "{id}");
        assert!(logging.get("ApplicationLogLevel").is_none(), "{id}");
    }
}

#[test]
fn a_function_that_records_metrics_knows_its_stage() {
    for (id, function) in resources("AWS::Serverless::Function") {
        let name = id.trim_end_matches("Function").to_lowercase();
        let main = file(&format!("functions/{name}/src/main.rs"));
        let stage = function["Environment"]["Variables"].get("STAGE");
        assert_eq!(stage.is_some(), main.contains("Metrics::install"), "{id}");
    }
}
