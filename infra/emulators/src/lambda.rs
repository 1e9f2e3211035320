//! Lambda: functions in this process, their `Invoke` endpoint, and queues that invoke them.

mod event_source;
mod functions;
mod invocation;
mod invoke;

pub use event_source::EventSource;
pub use functions::{Function, Functions, InvokeError};
pub(crate) use invocation::{freeze, running};
pub use invoke::router;
