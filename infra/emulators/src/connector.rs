//! An HTTP client for the AWS SDK that hands each request to the emulators in this process, without a socket.
//!
//! Every call of the SDK passes through it, so an [`Observer`] can see each call, refuse it, delay it or lose its answer.

mod bulk_entries;
mod busy;
mod capacity;
mod fault;
mod no_connection;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
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
use axum::{
    Router,
    body::{Body, Bytes},
};
use http::request::Parts;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    iam::Request,
    lambda,
    operation::{Operation, Service},
};
pub use fault::{Call, Fault, Observer};

/// A client for the services behind `router`, which [`crate::router`] makes.
#[must_use]
pub fn in_process(router: Router) -> SharedHttpClient {
    in_process_with(router, Observer::new(|_| Fault::Pass))
}

/// A client for the services behind `router` whose calls an observer sees.
#[must_use]
pub fn in_process_with(router: Router, observer: Observer) -> SharedHttpClient {
    SharedHttpClient::new(InProcess {
        router,
        observer,
        calls: Arc::default(),
    })
}

/// The error with which services refuse a caller without permission.
const ACCESS_DENIED: &str = "AccessDeniedException";

#[derive(Clone)]
struct InProcess {
    router: Router,
    observer: Observer,
    /// The number of calls so far.
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
        let body = body
            .bytes()
            .ok_or_else(|| ConnectorError::user("a streaming body".into()))?
            .to_vec();

        if let Err(message) = self.authorise(&parts, &body) {
            let body = json!({"__type": ACCESS_DENIED, "message": message});
            return refused(400, ACCESS_DENIED, &body);
        }
        let call = self.observed(&parts, &body);
        let fault = call
            .as_ref()
            .map_or(Fault::Pass, |call| self.observer.decide(call));
        match fault {
            Fault::NoConnection => return Err(no_connection::error().await),
            Fault::Refuse { status, code } => {
                let body = json!({"__type": code, "message": "refused by the observer"});
                return refused(status, code, &body);
            }
            Fault::CancelTransaction { write, code } => {
                let body = busy::cancelled(&body, write, code);
                return refused(400, "TransactionCanceledException", &body);
            }
            Fault::EndBefore => end_invocation(),
            Fault::Freeze(time) => lambda::freeze(time).await,
            _ => {}
        }

        let measured = call
            .filter(|call| call.service == Service::DynamoDb && self.observer.measures_capacity());
        let body = if measured.is_some() {
            capacity::requested(body)
        } else {
            body
        };

        let (parts, body) = self.serve(fault, parts, body).await?;
        if let Some(call) = measured {
            self.observer.consumed(&call, capacity::consumed(&body));
        }
        match fault {
            Fault::EndAfter => end_invocation(),
            Fault::LoseAnswer => Err(ConnectorError::io("the connection was reset".into())),
            _ => {
                let response = http::Response::from_parts(parts, SdkBody::from(body.as_ref()));
                HttpResponse::try_from(response)
                    .map_err(|error| ConnectorError::other(error.into(), None))
            }
        }
    }

    /// Judges the call of a function by its permissions. A call of no function has the permissions of an administrator.
    fn authorise(&self, request: &Parts, body: &[u8]) -> Result<(), String> {
        let Some((operation, running)) = Operation::of(request).zip(lambda::running()) else {
            return Ok(());
        };
        self.observer.authorise(&Request {
            function: &running.function,
            operation: &operation,
            uri: &request.uri,
            body,
        })
    }

    /// The call that a request makes, with its number; `None` if no service has such an operation.
    fn observed(&self, request: &Parts, body: &[u8]) -> Option<Call> {
        let Operation { service, name, .. } = Operation::of(request)?;
        let running = lambda::running();

        let tags = if name == "SendBulkEmail" {
            bulk_entries::tags_of_first(body)
        } else {
            Vec::new()
        };
        Some(Call {
            tags,
            service,
            operation: name,
            number: self.calls.fetch_add(1, Ordering::Relaxed) + 1,
            invocation: running.as_ref().map(|running| running.number),
            function: running.map(|running| running.function),
        })
    }

    /// Makes the call, or makes it in the way that the fault says.
    async fn serve(
        &self,
        fault: Fault,
        parts: Parts,
        body: Vec<u8>,
    ) -> Result<(http::response::Parts, Bytes), ConnectorError> {
        match fault {
            Fault::Twice => {
                self.request(parts.clone(), body.clone()).await?;
                self.request(parts, body).await
            }
            Fault::RefuseEntries { entries, status } => {
                let (body, refused) = bulk_entries::without(&body, entries);
                let (parts, answer) = self.request(parts, body).await?;
                let answer = bulk_entries::with_refused(&answer, &refused, status);
                Ok((parts, answer.into()))
            }
            Fault::LeaveOver { entries } => {
                let (body, left) = busy::without(&body, entries);
                let (parts, answer) = self.request(parts, body).await?;
                Ok((parts, busy::with_left_over(&answer, left).into()))
            }
            Fault::Delay(time) => {
                let answer = self.request(parts, body).await;
                tokio::time::sleep(time).await;
                answer
            }
            _ => self.request(parts, body).await,
        }
    }

    async fn request(
        &self,
        parts: Parts,
        body: Vec<u8>,
    ) -> Result<(http::response::Parts, Bytes), ConnectorError> {
        let request = http::Request::from_parts(parts, Body::from(body));
        let Ok(response) = self.router.clone().oneshot(request).await;

        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .map_err(|error| ConnectorError::io(error.into()))?;
        Ok((parts, body))
    }
}

/// Ends the invocation that made the call at this very line: nothing of it runs any further.
fn end_invocation() -> ! {
    std::panic::resume_unwind(Box::new("ended by the observer"))
}

fn refused(status: u16, code: &'static str, body: &Value) -> Result<HttpResponse, ConnectorError> {
    let status =
        StatusCode::try_from(status).map_err(|error| ConnectorError::user(error.into()))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("x-amzn-errortype", code);
    Ok(response)
}
