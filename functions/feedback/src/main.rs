//! The Lambda function `feedback`.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::Host;
use reinvite_feedback::{FeedbackFunction, SqsEvent};

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let function = &FeedbackFunction::new(&Host::of_process().await)?;

    let handle = |event: LambdaEvent<SqsEvent>| async move {
        Ok::<_, Error>(Box::pin(function.handle(event.payload)).await)
    };
    lambda_runtime::run(service_fn(handle)).await
}
