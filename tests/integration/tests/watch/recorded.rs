//! The metrics that the functions of a world record.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use reinvite_aws::{MailOutcome, Metrics};
use reinvite_domain::{
    FailureReason, METRIC_NAMESPACE, Metric, PauseReason, ResendState, STAGE_DIMENSION, SenderJob,
};
use serde_json::Value;

use crate::emf;

/// The stage of the metrics.
const STAGE: &str = "test";

/// A process has one collector.
static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let variables = [("STAGE".to_string(), STAGE.to_string())];
    Metrics::install(&variables.into()).unwrap()
});

/// While a test holds it, no other test of the process records metrics.
static ONE_TEST: Mutex<()> = Mutex::new(());

/// The metrics since a test began.
pub struct Recording(MutexGuard<'static, ()>);

impl Recording {
    /// Begins with no metrics. The test must hold it until its world is gone.
    pub fn begin() -> Self {
        let guard = ONE_TEST.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = METRICS.take();
        Self(guard)
    }

    /// The metrics so far. Each line is in the embedded metric format, and each metric is as the domain describes it.
    pub fn end(self) -> Recorded {
        let lines = String::from_utf8(METRICS.take()).unwrap();
        drop(self.0);

        let documents: Vec<_> = lines.lines().map(emf::check).collect();
        documents.iter().for_each(check_metrics);
        Recorded(documents)
    }
}

/// The documents of a test.
pub struct Recorded(Vec<Value>);

impl Recorded {
    /// The sum of a metric's values; `dimensions` are those besides the stage.
    pub fn sum(&self, metric: Metric, dimensions: &[(&str, &str)]) -> f64 {
        // The sum of no number is -0.
        self.values(metric, dimensions).iter().sum::<f64>() + 0.0
    }

    /// The values of a metric.
    pub fn values(&self, metric: Metric, dimensions: &[(&str, &str)]) -> Vec<f64> {
        self.0
            .iter()
            .filter(|document| {
                dimensions
                    .iter()
                    .all(|(name, value)| document[*name] == *value)
            })
            .filter_map(|document| document.get(metric.name()))
            .flat_map(|values| match values {
                Value::Array(values) => values.clone(),
                value => vec![value.clone()],
            })
            .map(|value| value.as_f64().unwrap())
            .collect()
    }
}

/// Checks that a document names only metrics that the domain describes, with their unit and dimensions, and that each
/// dimension has one of few known values: never an id or an address.
fn check_metrics(document: &Value) {
    let directive = &document["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], METRIC_NAMESPACE, "{document}");
    let dimensions: Vec<&str> = directive["Dimensions"][0]
        .as_array()
        .unwrap()
        .iter()
        .map(|dimension| dimension.as_str().unwrap())
        .collect();

    for named in directive["Metrics"].as_array().unwrap() {
        let metric = Metric::ALL
            .iter()
            .find(|metric| named["Name"] == metric.name());
        let metric = metric.unwrap_or_else(|| panic!("{named} is not described"));
        assert_eq!(named["Unit"], metric.unit().name(), "{named}");
        assert_eq!(
            dimensions,
            [&[STAGE_DIMENSION], metric.dimensions()].concat(),
            "{named}"
        );
    }
    for dimension in dimensions {
        let value = document[dimension].as_str().unwrap();
        assert!(
            values_of(dimension).contains(&value),
            "{dimension} is {value}"
        );
    }
}

/// The values that a dimension may have.
pub fn values_of(dimension: &str) -> Vec<&'static str> {
    match dimension {
        STAGE_DIMENSION => vec![STAGE],
        "Outcome" => [MailOutcome::NAMES, &["given_up"]].concat(),
        "Job" => [SenderJob::NAMES, &["event"]].concat(),
        "State" => ResendState::ALL.iter().map(|state| state.name()).collect(),
        "Reason" => [PauseReason::NAMES, FailureReason::NAMES, &["none"]].concat(),
        _ => panic!("{dimension} is no dimension of a metric"),
    }
}
