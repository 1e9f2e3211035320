//! The sender as a Lambda function.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::{Clients, Clock, Config, Passwords, sdk_config};
use reinvite_domain::credential::Hashing;
use reinvite_sender::{Event, Sender};

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let mut config = Config::from_env();
    let read = (config.tables(), config.resends(), config.passwords());
    let (tables, resends, passwords) = config.check(read)?;
    let resends = resends.ok_or("configuration: incomplete")?;
    let sdk = sdk_config().await;
    let passwords = Passwords::connect(&sdk, &passwords, Hashing::default());
    let sender = &Sender::new(
        Clients::connect(&sdk, &tables, &resends),
        passwords,
        Clock::system(),
    );
    lambda_runtime::run(service_fn(|event: LambdaEvent<Event>| async move {
        let deadline = DateTime::<Utc>::from(event.context.deadline());
        Box::pin(sender.handle(event.payload, deadline))
            .await
            .map_err(Error::from)
    }))
    .await
}
