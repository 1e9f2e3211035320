//! What benchmarks count of the functions: AWS calls, DynamoDB's capacity units, and CPU.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use reinvite_emulators::{
    Service,
    connector::{Call, Fault, Observer},
};

/// Why a benchmark cannot go on.
pub type Failure = Box<dyn std::error::Error>;

/// Calls and capacity units by service and operation.
pub type Calls = BTreeMap<String, (u32, f64)>;

/// Counts calls and units.
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Calls>>);

impl Meter {
    /// Sees every call, and lets it pass.
    #[must_use]
    pub fn observer(&self) -> Observer {
        let (calls, units) = (self.clone(), self.clone());
        let add = |meter: &Self, call: &Call, count: u32, units: f64| {
            let mut calls = meter.0.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = calls.entry(name(call)).or_default();
            *entry = (entry.0 + count, entry.1 + units);
        };
        Observer::new(move |call| {
            add(&calls, call, 1, 0.0);
            Fault::Pass
        })
        .measuring(move |call, consumed| add(&units, call, 0, consumed))
    }

    /// What was counted since the last time.
    pub fn take(&self) -> Calls {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

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
pub fn cpu_seconds(process: &str) -> Result<f64, Failure> {
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

/// A line of `/proc/PID/status` in MiB, such as `VmHWM`, the most memory that the process ever had resident, and `VmRSS`,
/// what it has now.
pub fn memory(process: &str, line: &str) -> Result<f64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let kib = status.lines().find_map(|it| {
        it.strip_prefix(line)?
            .strip_prefix(':')?
            .split_whitespace()
            .next()
    });
    Ok(kib
        .ok_or("/proc has no memory of the process")?
        .parse::<f64>()?
        / 1024.0)
}
