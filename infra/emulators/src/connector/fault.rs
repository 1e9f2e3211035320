//! Calls, the faults that can happen to them, and the observer that decides.

use std::{sync::Arc, time::Duration};

use crate::{iam::Request, operation::Service};

/// A call that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The service.
    pub service: Service,
    /// The operation's name, such as `PutItem`.
    pub operation: String,
    /// The number of the call among those of this client, from 1.
    pub number: u64,
    /// The function that makes the call.
    pub function: Option<String>,
    /// The number of that function's invocation.
    pub invocation: Option<u64>,
    /// The names of the tags of the first mail, if `SendBulkEmail` sends any.
    pub tags: Vec<String>,
}

/// The fault that happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call is made, and its answer arrives.
    Pass,
    /// The call never reaches the service; the client gets this error.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The error's name, such as `ThrottlingException`.
        code: &'static str,
    },
    /// The connection cannot be made, so the call never reaches the service.
    NoConnection,
    /// The call is made, and the connection breaks before the answer arrives.
    LoseAnswer,
    /// The call is made twice; the second answer arrives.
    Twice,
    /// The call is made, and its answer takes this time.
    Delay(Duration),
    /// The function freezes for this time, and then the call is made.
    Freeze(Duration),
    /// The call is made without some entries of a `SendBulkEmail`, which the answer reports as not accepted. The first entry
    /// always stays, because a call needs one.
    RefuseEntries {
        /// The bits of their positions.
        entries: u64,
        /// Their status, such as `TRANSIENT_FAILURE`.
        status: &'static str,
    },
    /// A batch call to DynamoDB is made without some of its entries, which the answer leaves over because DynamoDB is busy.
    /// The first entry always stays, because DynamoDB refuses a call of which it can do nothing.
    LeaveOver {
        /// The bits of their positions.
        entries: u64,
    },
    /// `TransactWriteItems` writes nothing, and is cancelled for one of its writes.
    CancelTransaction {
        /// The number of the write, of which the remainder by the number of writes counts.
        write: usize,
        /// The reason, such as `TransactionConflict`.
        code: &'static str,
    },
    /// The function ends before the call is made.
    EndBefore,
    /// The function ends after the call was made.
    EndAfter,
}

type Decide = Arc<dyn Fn(&Call) -> Fault + Send + Sync>;
type Consumed = Arc<dyn Fn(&Call, f64) + Send + Sync>;
type Authorise = Arc<dyn Fn(&Request<'_>) -> Result<(), String> + Send + Sync>;

/// Sees each call before it is made, and decides what happens to it.
#[derive(Clone)]
pub struct Observer {
    decide: Decide,
    consumed: Option<Consumed>,
    authorise: Option<Authorise>,
}

impl Observer {
    /// An observer that decides about each call.
    pub fn new(decide: impl Fn(&Call) -> Fault + Send + Sync + 'static) -> Self {
        Self {
            decide: Arc::new(decide),
            consumed: None,
            authorise: None,
        }
    }

    /// Passes the capacity units that each call to DynamoDB consumed (`ReturnConsumedCapacity`) to `consumed`.
    #[must_use]
    pub fn measuring(self, consumed: impl Fn(&Call, f64) + Send + Sync + 'static) -> Self {
        Self {
            consumed: Some(Arc::new(consumed)),
            ..self
        }
    }

    /// Has `authorise` judge each call of a function first. Its error is the message with which IAM denies the call.
    #[must_use]
    pub fn authorising(
        self,
        authorise: impl Fn(&Request<'_>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            authorise: Some(Arc::new(authorise)),
            ..self
        }
    }

    pub(super) fn authorise(&self, request: &Request<'_>) -> Result<(), String> {
        match &self.authorise {
            Some(authorise) => authorise(request),
            None => Ok(()),
        }
    }

    pub(super) fn decide(&self, call: &Call) -> Fault {
        (self.decide)(call)
    }

    pub(super) fn measures_capacity(&self) -> bool {
        self.consumed.is_some()
    }

    pub(super) fn consumed(&self, call: &Call, units: f64) {
        if let Some(consumed) = &self.consumed {
            consumed(call, units);
        }
    }
}
