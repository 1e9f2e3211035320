//! The Lambda function `directory`.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clock, Config, Store, sdk_config};
use reinvite_directory::{handle, router};
use reinvite_web::Api;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let read = (config.tables(), config.identity());
    let (tables, identity) = config.check(read)?;
    let store = Store::connect(&sdk_config().await, &tables);
    let api = Arc::new(Api { store, clock: Clock::system(), identity });
    let router = router(Arc::clone(&api));
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| handle(&api, &router, event.payload))).await
}
