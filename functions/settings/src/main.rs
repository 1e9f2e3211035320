//! The Lambda function `settings`.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clock, Config, Store, sdk_config};
use reinvite_settings::{SettingsFunction, router};
use reinvite_web::{Api, answer};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let read = (
        config.tables(),
        config.identity(),
        config.login_hosts(),
        config.credentials(),
    );
    let (tables, identity, login_hosts, credentials) = config.check(read)?;
    let api = Arc::new(Api {
        store: Store::connect(&sdk_config().await, &tables),
        clock: Clock::system(),
        identity,
    });
    let router = &router(SettingsFunction {
        api,
        login_hosts: login_hosts.into(),
        credentials,
    });
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        answer(router, event.payload).await
    }))
    .await
}
