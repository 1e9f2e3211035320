//! Functions by name: a JSON event in, a JSON answer out.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use serde_json::Value;
use thiserror::Error;

use super::invocation::{self, Running};
use crate::{arn, scheduler::Firing};

/// A function. Its error is the text that Lambda reports as the function's error.
pub type Function = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// The longest time that Lambda lets a function run.
const MAX_TIMEOUT: Duration = Duration::from_mins(15);

/// The functions of an account. Clones share them.
#[derive(Clone, Default)]
pub struct Functions(Arc<Registry>);

#[derive(Clone, Default)]
struct Registry {
    functions: BTreeMap<String, Registered>,
    /// Other names of functions.
    aliases: BTreeMap<String, String>,
    /// The number of invocations so far.
    invocations: Arc<AtomicU64>,
}

#[derive(Clone)]
struct Registered {
    function: Function,
    timeout: Duration,
}

/// An invocation has no answer.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// No function has this name or ARN.
    #[error("there is no function {0}")]
    NotFound(String),
    /// The function ended with an error, panicked, or timed out.
    #[error("the function {name} failed: {reason}")]
    Failed {
        /// The function's name.
        name: String,
        /// The function's error.
        reason: String,
    },
}

impl Functions {
    /// Adds a function, or replaces the one of the same name. It may run for 15 minutes.
    #[must_use]
    pub fn with<Answer>(
        self,
        name: &str,
        function: impl Fn(Value) -> Answer + Send + Sync + 'static,
    ) -> Self
    where
        Answer: Future<Output = Result<Value, String>> + Send + 'static,
    {
        let registered = Registered {
            function: Arc::new(move |event| function(event).boxed()),
            timeout: MAX_TIMEOUT,
        };

        self.changed(|registry| {
            registry.functions.insert(name.to_owned(), registered);
        })
    }

    /// Sets the seconds after which each function is ended; a function without a time-out may run for 15 minutes.
    #[must_use]
    pub fn within(self, timeouts_seconds: &BTreeMap<String, u32>) -> Self {
        self.changed(|registry| {
            for (name, registered) in &mut registry.functions {
                registered.timeout = timeouts_seconds.get(name).map_or(MAX_TIMEOUT, |seconds| {
                    Duration::from_secs((*seconds).into())
                });
            }
        })
    }

    /// Adds other names by which the functions can be invoked: the name of a function by each alias.
    #[must_use]
    pub fn aliased(self, names: &BTreeMap<String, String>) -> Self {
        self.changed(|registry| registry.aliases.extend(names.clone()))
    }

    fn changed(self, change: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Arc::unwrap_or_clone(self.0);
        change(&mut registry);
        Self(Arc::new(registry))
    }

    /// Invokes a function and waits for its answer.
    ///
    /// As in Lambda, a caller that stops waiting does not stop the function.
    pub async fn invoke(&self, name: &str, event: Value) -> Result<Value, InvokeError> {
        let name = self.0.aliases.get(name).map_or(name, String::as_str);
        let Registered { function, timeout } = self
            .0
            .functions
            .get(name)
            .ok_or_else(|| InvokeError::NotFound(name.to_owned()))?;

        let running = Running {
            function: name.to_owned(),
            number: self.0.invocations.fetch_add(1, Ordering::Relaxed) + 1,
        };
        let ending = invocation::run(running, function(event));
        let outcome = tokio::spawn(tokio::time::timeout(*timeout, ending)).await;

        let failed = |reason: String| InvokeError::Failed {
            name: name.to_owned(),
            reason,
        };
        match outcome {
            Ok(Ok(answer)) => answer.map_err(failed),
            Ok(Err(_)) => Err(failed(format!("timed out after {} s", timeout.as_secs()))),
            Err(panicked) => Err(failed(panicked.to_string())),
        }
    }

    /// Delivers the firing of a schedule to the function that its ARN names.
    pub async fn deliver(self, firing: Firing) -> Result<(), String> {
        let name = arn::function_name(&firing.arn)
            .ok_or_else(|| InvokeError::NotFound(firing.arn.clone()).to_string())?;
        let event = serde_json::from_str(&firing.input).map_err(|error| error.to_string())?;

        self.invoke(name, event)
            .await
            .map(drop)
            .map_err(|error| error.to_string())
    }
}
