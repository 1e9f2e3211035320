//! The Lambda function `console`.

use lambda_runtime::Error;
use reinvite_aws::Host;
use reinvite_console::{ConsoleFunction, router};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let host = Host::of_process();
    reinvite_aws::write_log_lines(&host.variables);

    let function = ConsoleFunction::new(&host)?;
    reinvite_web::run(router(function)).await
}
