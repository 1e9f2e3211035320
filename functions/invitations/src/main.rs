//! The Lambda function `invitations`.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clock, Config, Passwords, Queue, Store, sdk_config};
use reinvite_domain::credential::Hashing;
use reinvite_invitations::{Invitations, router};
use reinvite_web::answer;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let read = (
        config.tables(),
        config.passwords(),
        config.queue_url(),
        config.login_url(),
    );
    let (tables, passwords, queue_url, login_url) = config.check(read)?;
    let sdk = sdk_config().await;
    let store = Store::connect(&sdk, &tables);
    let queue = Queue::connect(&sdk, &queue_url);
    let passwords = Passwords::connect(&sdk, &passwords, Hashing::default());
    let router = &router(Invitations {
        store,
        clock: Clock::system(),
        queue,
        passwords,
        login_url,
    });
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        answer(router, event.payload).await
    }))
    .await
}
