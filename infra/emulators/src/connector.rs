//! An HTTP client for the AWS SDK that hands each request to the local AWS in this process, without a socket.
//!
//! Under the SDK is the one place where every call can be seen, refused, delayed or lost.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use axum::{Router, body::Body};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    lambda,
    operation::{Operation, Service},
};

/// A call that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The service asked.
    pub service: Service,
    /// The operation's name, such as `PutItem`.
    pub operation: String,
    /// Counts the calls of this client, from 1.
    pub number: u64,
    /// The function that makes it.
    pub function: Option<String>,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is made, and its answer arrives.
    Pass,
    /// It never reaches the service; the client gets this error.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The error's name, such as `ThrottlingException`.
        code: &'static str,
    },
    /// It is made, and the connection breaks before the answer arrives.
    LoseAnswer,
    /// It is made twice; the second answer arrives.
    Twice,
    /// It is made, and its answer takes so long.
    Delay(Duration),
    /// The function stands still for so long, and then it is made.
    Freeze(Duration),
    /// It is made without some entries of a `SendBulkEmail`, which the answer says were not accepted. The first is always
    /// there, for a call needs one.
    RefuseEntries {
        /// The bits of their positions.
        entries: u64,
        /// Their status, such as `TRANSIENT_FAILURE`.
        status: &'static str,
    },
    /// The function ends before it is made.
    EndBefore,
    /// The function ends when it was made.
    EndAfter,
}

type Before = Arc<dyn Fn(&Call) -> Fault + Send + Sync>;
type Consumed = Arc<dyn Fn(&Call, f64) + Send + Sync>;

/// Sees each call before it is made, and says what becomes of it.
#[derive(Clone)]
pub struct Observer {
    before: Before,
    consumed: Option<Consumed>,
}

impl Observer {
    /// An observer that decides about each call.
    pub fn new(before: impl Fn(&Call) -> Fault + Send + Sync + 'static) -> Self {
        Self {
            before: Arc::new(before),
            consumed: None,
        }
    }

    /// The same, and is told of each call to DynamoDB how many capacity units it consumed (`ReturnConsumedCapacity`).
    #[must_use]
    pub fn measuring(self, consumed: impl Fn(&Call, f64) + Send + Sync + 'static) -> Self {
        Self {
            consumed: Some(Arc::new(consumed)),
            ..self
        }
    }
}

/// A client for the services behind `router`, which [`crate::router`] makes.
#[must_use]
pub fn in_process(router: Router) -> SharedHttpClient {
    in_process_with(router, Observer::new(|_| Fault::Pass))
}

/// The same, with an observer.
#[must_use]
pub fn in_process_with(router: Router, observer: Observer) -> SharedHttpClient {
    SharedHttpClient::new(InProcess {
        router,
        observer,
        calls: Arc::default(),
    })
}

#[derive(Clone)]
struct InProcess {
    router: Router,
    observer: Observer,
    calls: Arc<AtomicU64>,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InProcess")
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move { this.answer(request).await })
    }
}

impl InProcess {
    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?;
        let (parts, body) = request.into_parts();
        let call = Operation::of(&parts).map(|Operation { service, name, .. }| {
            let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
            Call {
                service,
                operation: name,
                number,
                function: lambda::running(),
            }
        });
        let fault = call
            .as_ref()
            .map_or(Fault::Pass, |call| (self.observer.before)(call));
        if let Fault::Refuse { status, code } = fault {
            return refused(status, code);
        }
        if fault == Fault::EndBefore {
            end();
        }
        if let Fault::Freeze(time) = fault {
            lambda::freeze(time).await;
        }
        let mut body = body
            .bytes()
            .ok_or_else(|| ConnectorError::user("a streaming body".into()))?
            .to_vec();
        let measured = call
            .filter(|call| call.service == Service::DynamoDb)
            .zip(self.observer.consumed);
        if measured.is_some() && body.starts_with(b"{") {
            body.splice(..1, *br#"{"ReturnConsumedCapacity":"TOTAL","#);
        }
        let mut refused = Vec::new();
        if let Fault::RefuseEntries { entries, .. } = fault {
            (body, refused) = without_entries(&body, entries);
        }
        if fault == Fault::Twice {
            let Ok(_) = self
                .router
                .clone()
                .oneshot(http::Request::from_parts(
                    parts.clone(),
                    Body::from(body.clone()),
                ))
                .await;
        }
        let Ok(response) = self
            .router
            .oneshot(http::Request::from_parts(parts, Body::from(body)))
            .await;
        let (parts, body) = response.into_parts();
        let mut body = axum::body::to_bytes(body, usize::MAX)
            .await
            .map_err(|error| ConnectorError::io(error.into()))?;
        if let Fault::RefuseEntries { status, .. } = fault {
            body = with_results(&body, &refused, status).into();
        }
        if let Fault::Delay(time) = fault {
            tokio::time::sleep(time).await;
        }
        if let Some((call, consumed)) = measured {
            consumed(&call, capacity_units(&body));
        }
        if fault == Fault::EndAfter {
            end();
        }
        if fault == Fault::LoseAnswer {
            return Err(ConnectorError::io("the connection was reset".into()));
        }
        let response = http::Response::from_parts(parts, SdkBody::from(body.as_ref()));
        HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

/// Ends whoever made the call, at this very line: nothing of it runs any further.
fn end() -> ! {
    std::panic::resume_unwind(Box::new("ended by the observer"))
}

/// The request without those of its entries, of which one is left, and the positions that are missing.
fn without_entries(request: &[u8], entries: u64) -> (Vec<u8>, Vec<usize>) {
    let mut request: Value = serde_json::from_slice(request).unwrap_or_default();
    let all = request["BulkEmailEntries"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let (refused, kept): (Vec<_>, Vec<_>) = all
        .into_iter()
        .enumerate()
        .partition(|(position, _)| *position > 0 && entries >> (position % 64) & 1 == 1);
    request["BulkEmailEntries"] = kept.into_iter().map(|(_, entry)| entry).collect();
    (
        request.to_string().into_bytes(),
        refused.into_iter().map(|(position, _)| position).collect(),
    )
}

/// The answer with a result of that status for each entry that was refused.
fn with_results(answer: &[u8], refused: &[usize], status: &str) -> Vec<u8> {
    let mut answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    if let Some(results) = answer["BulkEmailEntryResults"].as_array_mut() {
        for position in refused {
            results.insert(
                (*position).min(results.len()),
                json!({ "Status": status, "Error": "refused by the observer" }),
            );
        }
    }
    answer.to_string().into_bytes()
}

/// The capacity units an answer of DynamoDB says were consumed, of one table or of several.
fn capacity_units(answer: &[u8]) -> f64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let units = |capacity: &Value| capacity["CapacityUnits"].as_f64().unwrap_or_default();
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(units).sum(),
        table => units(table),
    }
}

fn refused(status: u16, code: &'static str) -> Result<HttpResponse, ConnectorError> {
    let status =
        StatusCode::try_from(status).map_err(|error| ConnectorError::user(error.into()))?;
    // The reasons are read from a `TransactionCanceledException` alone.
    let body = json!({
        "__type": code,
        "message": "refused by the observer",
        "CancellationReasons": [{ "Code": "TransactionConflict" }],
    });
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("x-amzn-errortype", code);
    Ok(response)
}
