//! Lambda in this process: functions by name, a JSON event in, a JSON answer out.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use serde_json::Value;
use thiserror::Error;
use tokio::time::Sleep;

use crate::aws::{arn, scheduler::Firing};

/// A function. Its error is what Lambda would report as the function's error.
pub type Function = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// The longest that Lambda lets a function run.
const LONGEST: Duration = Duration::from_mins(15);

/// The functions of the stack, and how long each may run. Clones share them.
#[derive(Clone, Default)]
pub struct Functions(Arc<BTreeMap<String, (Function, Duration)>>);

tokio::task_local! {
    /// The invocation that this task is.
    static INVOCATION: Invocation;
}

/// An invocation while it runs.
struct Invocation {
    function: String,
    /// Until when it stands still.
    frozen: RefCell<Option<Pin<Box<Sleep>>>>,
}

/// The name of the function that is running, where one is.
pub(crate) fn running() -> Option<String> {
    INVOCATION
        .try_with(|invocation| invocation.function.clone())
        .ok()
}

/// Lets the whole invocation that asks for it stand still for that long: nothing of it runs meanwhile, not even its timers.
pub(crate) async fn freeze(time: Duration) {
    let frozen = INVOCATION.try_with(|invocation| {
        *invocation.frozen.borrow_mut() = Some(Box::pin(tokio::time::sleep(time)));
    });
    if frozen.is_ok() {
        tokio::task::yield_now().await;
    }
}

/// Polls a function, unless it stands still.
fn poll_unless_frozen<T>(
    function: &mut BoxFuture<'static, T>,
    context: &mut Context<'_>,
) -> Poll<T> {
    let still = INVOCATION.with(|invocation| {
        let mut frozen = invocation.frozen.borrow_mut();
        let still = frozen
            .as_mut()
            .is_some_and(|until| until.as_mut().poll(context).is_pending());
        if !still {
            *frozen = None;
        }
        still
    });
    if still {
        Poll::Pending
    } else {
        function.as_mut().poll(context)
    }
}

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
        let mut running = function(event);
        let invocation = Invocation {
            function: name.to_owned(),
            frozen: RefCell::default(),
        };
        let running = poll_fn(move |context| poll_unless_frozen(&mut running, context));
        let timed_out = format!("timed out after {} s", timeout.as_secs());
        match tokio::spawn(tokio::time::timeout(
            *timeout,
            INVOCATION.scope(invocation, running),
        ))
        .await
        {
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
