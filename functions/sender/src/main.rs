//! The Lambda function `sender`.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Host, Metrics};
use reinvite_sender::{SenderEvent, SenderFunction};

// A function of this size has less than one core, so more threads would only pass the work around.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let host = Host::of_process();
    reinvite_aws::write_log_lines(&host.variables);

    let function = &SenderFunction::new(&host)?;
    let metrics = Metrics::install(&host.variables)?;

    let handle = |event: LambdaEvent<SenderEvent>| async move {
        let deadline = DateTime::<Utc>::from(event.context.deadline());
        let done = Box::pin(function.handle(event.payload, deadline)).await;
        metrics.write();
        done.map_err(Error::from)
    };
    lambda_runtime::run(service_fn(handle)).await
}
