//! Metrics as lines in CloudWatch's embedded metric format (EMF), on standard output.
//!
//! Code records them through the facade `metrics`, which drops them until a process installs a collector: only the
//! deployed functions do. [`Metric`] names them.

use std::io::{self, Write};

use metrics::{Unit, describe_counter, describe_histogram};
use metrics_cloudwatch_embedded::{Builder, Collector};
use reinvite_domain::{METRIC_NAMESPACE, Metric, MetricUnit, STAGE_DIMENSION};

use crate::{Environment, InvalidEnvironment, Variables};

/// The collector of a process. Copies share it.
#[derive(Clone, Copy)]
pub struct Metrics(&'static Collector);

impl Metrics {
    /// Collects the metrics of this process from now on, for the stage that `STAGE` names.
    pub fn install(variables: &Variables) -> Result<Self, InvalidEnvironment> {
        let collector = Environment::read(variables, |environment| {
            let stage = environment.required("STAGE")?;
            let builder = Builder::new()
                .cloudwatch_namespace(METRIC_NAMESPACE)
                .with_dimension(STAGE_DIMENSION, stage);
            builder
                .init()
                .map_err(|error| environment.problem(error.to_string()))
                .ok()
        })?;

        for metric in Metric::ALL {
            match metric.unit() {
                MetricUnit::Count => describe_counter!(metric.name(), Unit::Count, ""),
                MetricUnit::Milliseconds => {
                    describe_histogram!(metric.name(), Unit::Milliseconds, "");
                }
                MetricUnit::Seconds => describe_histogram!(metric.name(), Unit::Seconds, ""),
            }
        }
        Ok(Self(collector))
    }

    /// The metrics since the last call, one JSON object a line.
    #[must_use]
    pub fn take(self) -> Vec<u8> {
        let mut lines = Vec::new();
        // Writing to a vector does not fail.
        let _ = self.0.flush(&mut lines);
        lines
    }

    /// Writes the metrics since the last call to standard output, at the end of an invocation.
    ///
    /// All lines are written at once, because another thread may log at the same time, and CloudWatch reads a metric only
    /// from a line that is a JSON object and nothing else.
    pub fn write(self) {
        // Without a reader of standard output nobody would read an error either.
        let _ = io::stdout().lock().write_all(&self.take());
    }
}
