//! The Lambda function `templates`.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clock, Config, Mailer, Store, sdk_config};
use reinvite_templates::{TemplatesFunction, router};
use reinvite_web::{Api, answer};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let read = (
        config.tables(),
        config.identity(),
        config.from_address(),
        config.login_url(),
    );
    let (tables, identity, from, login_url) = config.check(read)?;
    let sdk = sdk_config().await;
    let mailer = Mailer::connect(&sdk, from.ok_or("configuration: incomplete")?);
    let api = Arc::new(Api {
        store: Store::connect(&sdk, &tables),
        clock: Clock::system(),
        identity,
    });
    let router = &router(TemplatesFunction {
        api,
        mailer,
        login_url,
    });
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        answer(router, event.payload).await
    }))
    .await
}
