//! The Lambda function `templates`.

use lambda_runtime::Error;
use reinvite_aws::Host;
use reinvite_templates::{TemplatesFunction, router};

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();

    let function = TemplatesFunction::new(&Host::of_process())?;
    reinvite_web::run(router(function)).await
}
