//! The Lambda function `invitations`.

use lambda_runtime::Error;
use reinvite_aws::Host;
use reinvite_invitations::{InvitationsFunction, router};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let host = Host::of_process();
    reinvite_aws::write_log_lines(&host.variables);

    let function = InvitationsFunction::new(&host)?;
    reinvite_web::run(router(function)).await
}
