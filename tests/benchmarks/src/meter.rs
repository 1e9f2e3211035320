//! The cost of the functions: AWS calls, capacity units of DynamoDB, CPU and memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use reinvite_emulators::{
    Service,
    connector::{Call, Fault, Observer},
};

/// The reason why a benchmark cannot go on.
pub type BenchmarkError = Box<dyn std::error::Error>;

/// Calls and capacity units, by service and operation.
pub type Calls = BTreeMap<String, (u32, f64)>;

/// Counts calls and capacity units.
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Calls>>);

impl Meter {
    /// An observer that counts every call and lets it pass.
    #[must_use]
    pub fn observer(&self) -> Observer {
        self.observer_with(Fault::Pass)
    }

    /// An observer that counts every call; the same fault happens to each.
    #[must_use]
    pub fn observer_with(&self, fault: Fault) -> Observer {
        let (calls, units) = (self.clone(), self.clone());

        Observer::new(move |call| {
            calls.add(call, 1, 0.0);
            fault
        })
        .measuring(move |call, consumed| units.add(call, 0, consumed))
    }

    /// The counts since the last call of this method.
    pub fn take(&self) -> Calls {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, call: &Call, count: u32, units: f64) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = calls.entry(name(call)).or_default();
        *entry = (entry.0 + count, entry.1 + units);
    }
}

/// The service and the operation of a call, such as `DynamoDB Query`.
fn name(call: &Call) -> String {
    let service = match call.service {
        Service::DynamoDb => "DynamoDB",
        Service::Ses => "SES",
        Service::Scheduler => "Scheduler",
        Service::Sqs => "SQS",
        Service::SecretsManager => "Secrets Manager",
        Service::Cognito => "Cognito",
    };
    format!("{service} {}", call.operation)
}

/// CPU seconds of a process so far, from `/proc/PID/stat` (proc(5): fields 14 and 15, in hundredths of a second).
pub fn cpu_seconds(process: &str) -> Result<f64, BenchmarkError> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<_> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();

    let ticks = fields
        .get(11..13)
        .ok_or("/proc has no CPU time of the process")?;
    let ticks: Vec<f64> = ticks
        .iter()
        .map(|field| field.parse())
        .collect::<Result<_, _>>()?;

    Ok(ticks.iter().sum::<f64>() / 100.0)
}

/// A line of `/proc/PID/status` in MiB: `VmHWM` is the peak of resident memory, `VmRSS` is resident memory now.
pub fn memory(process: &str, name: &str) -> Result<f64, BenchmarkError> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let kib = status.lines().find_map(|line| {
        line.strip_prefix(name)?
            .strip_prefix(':')?
            .split_whitespace()
            .next()
    });

    Ok(kib
        .ok_or("/proc has no memory of the process")?
        .parse::<f64>()?
        / 1024.0)
}
