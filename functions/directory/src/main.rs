//! The Lambda function `directory`.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clock, Config, Mailer, Store, sdk_config};
use reinvite_directory::{Directory, handle, router};
use reinvite_web::Api;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let read = (config.tables(), config.identity(), config.from_address());
    let (tables, identity, from) = config.check(read)?;
    let sdk = sdk_config().await;
    let mailer = Mailer::connect(&sdk, from.ok_or("configuration: incomplete")?);
    let api = Arc::new(Api {
        store: Store::connect(&sdk, &tables),
        clock: Clock::system(),
        identity,
    });
    let router = router(Directory {
        api: Arc::clone(&api),
        mailer,
    });
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        handle(&api, &router, event.payload)
    }))
    .await
}
