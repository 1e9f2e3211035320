//! The Lambda function `directory`.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvite_aws::Host;
use reinvite_directory::{DirectoryFunction, handle_event, router};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let host = Host::of_process();
    reinvite_aws::write_log_lines(&host.variables);

    let function = DirectoryFunction::new(&host)?;
    let (api, router) = (function.api.clone(), router(function));

    let handler = |event: LambdaEvent<Value>| handle_event(&api, &router, event.payload);
    lambda_runtime::run(service_fn(handler)).await
}
