//! The Lambda function `settings`.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clock, sdk_config};
use reinvite_settings::{SettingsFunction, router};
use reinvite_web::answer;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();

    let sdk = sdk_config().await;
    let function = SettingsFunction::new(std::env::vars(), &sdk, Clock::system())?;
    let router = &router(function);

    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        answer(router, event.payload).await
    }))
    .await
}
