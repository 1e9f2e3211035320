//! The sender as a Lambda function.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::Host;
use reinvite_sender::{Event, Sender};

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let sender = &Sender::new(&Host::of_process().await)?;

    let handle = |event: LambdaEvent<Event>| async move {
        let deadline = DateTime::<Utc>::from(event.context.deadline());
        Box::pin(sender.handle(event.payload, deadline))
            .await
            .map_err(Error::from)
    };
    lambda_runtime::run(service_fn(handle)).await
}
