//! The Lambda function `feedback`.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Host, Metrics};
use reinvite_feedback::{FeedbackFunction, SqsEvent};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let host = Host::of_process();
    reinvite_aws::write_log_lines(&host.variables);

    let function = &FeedbackFunction::new(&host)?;
    let metrics = Metrics::install(&host.variables)?;

    let handle = |event: LambdaEvent<SqsEvent>| async move {
        let response = Box::pin(function.handle(event.payload)).await;
        metrics.write();
        Ok::<_, Error>(response)
    };
    lambda_runtime::run(service_fn(handle)).await
}
