//! The function `feedback` as a Lambda function.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clock, Config, Store, sdk_config};
use reinvite_feedback::{Feedback, SqsEvent};

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let tables = config.tables();
    let tables = config.check(tables)?;
    let sdk = sdk_config().await;
    let feedback = &Feedback {
        store: Store::connect(&sdk, &tables),
        clock: Clock::system(),
    };
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| async move {
        Ok::<_, Error>(Box::pin(feedback.handle(event.payload)).await)
    }))
    .await
}
