//! The error of the SDK's own HTTP client for a connection that cannot be made.

use std::{
    future::ready,
    io::{Error, ErrorKind},
};

use aws_smithy_runtime_api::client::result::ConnectorError;
use axum::body::Body;
use http::{Request, Uri};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioIo},
};
use tokio::net::TcpStream;

/// The client makes its errors itself, so it is asked to connect to a host that refuses.
pub async fn error() -> ConnectorError {
    let refusing = tower::service_fn(|_: Uri| {
        let refused = Error::from(ErrorKind::ConnectionRefused);
        ready(Err::<TokioIo<TcpStream>, _>(refused))
    });
    let client = Client::builder(TokioExecutor::new()).build(refusing);

    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::from_static("http://aws.localhost/");
    match client.request(request).await {
        Err(error) => ConnectorError::io(error.into()),
        Ok(_) => ConnectorError::user("the host did not refuse".into()),
    }
}
