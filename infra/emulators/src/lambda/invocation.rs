//! A running invocation: the AWS calls that a function makes can see its name and freeze it.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::time::Sleep;

tokio::task_local! {
    /// The invocation that the current task belongs to.
    static INVOCATION: Invocation;
}

/// The state of an invocation while it runs.
struct Invocation {
    running: Running,
    /// Ends when the invocation thaws; `None` while it is not frozen.
    frozen: RefCell<Option<Pin<Box<Sleep>>>>,
}

/// An invocation.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    /// The function's name.
    pub function: String,
    /// The number of the invocation among those of all functions, from 1.
    pub number: u64,
}

/// Runs an invocation to its end.
pub(super) async fn run<Answer>(
    running: Running,
    mut function: BoxFuture<'static, Answer>,
) -> Answer {
    let invocation = Invocation {
        running,
        frozen: RefCell::default(),
    };
    let thawed = poll_fn(move |context| poll_unless_frozen(&mut function, context));

    INVOCATION.scope(invocation, thawed).await
}

/// The invocation that the current task runs, if it runs one.
pub(crate) fn running() -> Option<Running> {
    INVOCATION
        .try_with(|invocation| invocation.running.clone())
        .ok()
}

/// Freezes the current invocation for `time`. Nothing of the invocation runs while it is frozen, not even its timers.
pub(crate) async fn freeze(time: Duration) {
    let frozen = INVOCATION.try_with(|invocation| {
        *invocation.frozen.borrow_mut() = Some(Box::pin(tokio::time::sleep(time)));
    });

    if frozen.is_ok() {
        tokio::task::yield_now().await;
    }
}

/// Polls a function unless its invocation is frozen.
fn poll_unless_frozen<Answer>(
    function: &mut BoxFuture<'static, Answer>,
    context: &mut Context<'_>,
) -> Poll<Answer> {
    let is_frozen = INVOCATION.with(|invocation| {
        let mut frozen = invocation.frozen.borrow_mut();
        let is_frozen = frozen
            .as_mut()
            .is_some_and(|thaw| thaw.as_mut().poll(context).is_pending());
        if !is_frozen {
            *frozen = None;
        }
        is_frozen
    });

    if is_frozen {
        Poll::Pending
    } else {
        function.as_mut().poll(context)
    }
}
