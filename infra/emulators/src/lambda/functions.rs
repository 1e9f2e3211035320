//! Lambda in this process: functions by name, a JSON event in, a JSON answer out.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use serde_json::Value;
use thiserror::Error;

use super::invocation;
use crate::{arn, scheduler::Firing};

/// A function. Its error is what Lambda would report as the function's error.
pub type Function = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// The longest that Lambda lets a function run.
const LONGEST: Duration = Duration::from_mins(15);

/// The functions of the stack, and how long each may run. Clones share them.
#[derive(Clone, Default)]
pub struct Functions(Arc<BTreeMap<String, (Function, Duration)>>);

/// An invocation without an answer.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// There is no function of that name or ARN.
    #[error("there is no function {0}")]
    NotFound(String),
    /// The function ended with an error, or panicked.
    #[error("the function {name} failed: {reason}")]
    Failed {
        /// The function's name.
        name: String,
        /// Its error.
        reason: String,
    },
}

impl Functions {
    /// These functions and one more; one of the same name is replaced.
    #[must_use]
    pub fn with<Answer>(
        self,
        name: &str,
        function: impl Fn(Value) -> Answer + Send + Sync + 'static,
    ) -> Self
    where
        Answer: Future<Output = Result<Value, String>> + Send + 'static,
    {
        let mut functions = Arc::unwrap_or_clone(self.0);
        functions.insert(
            name.to_owned(),
            (Arc::new(move |event| function(event).boxed()), LONGEST),
        );
        Self(Arc::new(functions))
    }

    /// The same functions, which are ended when they have run for so many seconds.
    #[must_use]
    pub fn within(self, timeouts: &BTreeMap<String, u32>) -> Self {
        let mut functions = Arc::unwrap_or_clone(self.0);
        for (name, (_, timeout)) in &mut functions {
            *timeout = timeouts
                .get(name)
                .map_or(LONGEST, |seconds| Duration::from_secs((*seconds).into()));
        }
        Self(Arc::new(functions))
    }

    /// Invokes a function and waits for its answer. As in Lambda, a caller that stops waiting does not stop the
    /// function.
    pub async fn invoke(&self, name: &str, event: Value) -> Result<Value, InvokeError> {
        let (function, timeout) = self
            .0
            .get(name)
            .ok_or_else(|| InvokeError::NotFound(name.to_owned()))?;
        let failed = |reason: String| InvokeError::Failed {
            name: name.to_owned(),
            reason,
        };
        let running = invocation::run(name.to_owned(), function(event));
        let timed_out = format!("timed out after {} s", timeout.as_secs());
        match tokio::spawn(tokio::time::timeout(*timeout, running)).await {
            Ok(Ok(answer)) => answer.map_err(failed),
            Ok(Err(_)) => Err(failed(timed_out)),
            Err(panicked) => Err(failed(panicked.to_string())),
        }
    }

    /// Delivers a schedule's firing to the function that its ARN names.
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
