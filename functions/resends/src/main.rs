//! The Lambda function `resends`.

use axum::{middleware::map_response, response::Response};
use lambda_runtime::Error;
use reinvite_aws::{Host, Metrics};
use reinvite_resends::{ResendsFunction, router};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let host = Host::of_process();
    reinvite_aws::write_log_lines(&host.variables);

    let function = ResendsFunction::new(&host)?;
    let metrics = Metrics::install(&host.variables)?;

    let write_metrics = map_response(move |response: Response| async move {
        metrics.write();
        response
    });
    reinvite_web::run(router(function).layer(write_metrics)).await
}
