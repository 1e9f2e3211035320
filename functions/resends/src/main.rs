//! The resends function as a Lambda function.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clients, Clock, Config, sdk_config};
use reinvite_resends::{Resends, router};
use reinvite_web::{Api, answer};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let read = (config.tables(), config.identity(), config.resends());
    let (tables, identity, resends) = config.check(read)?;
    let resends = resends.ok_or("configuration: incomplete")?;
    let clients = Clients::connect(&sdk_config().await, &tables, &resends);
    let api = Arc::new(Api {
        store: clients.store.clone(),
        clock: Clock::system(),
        identity,
    });
    let router = &router(Resends { api, clients });
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        answer(router, event.payload).await
    }))
    .await
}
