//! The host of a function: everything that it takes from the process it runs in.

use aws_config::{BehaviorVersion, SdkConfig};

use crate::{Clock, Environment, InvalidEnvironment, Variables};

/// Environment variables, the configuration of the AWS SDK, and a clock. Each function is built
/// from one of these, in Lambda as in the local stack.
#[derive(Clone, Debug)]
pub struct Host {
    /// Environment variables.
    pub variables: Variables,
    /// Region, credentials and endpoints of AWS.
    pub sdk: SdkConfig,
    /// The time.
    pub clock: Clock,
}

impl Host {
    /// The host of a deployed function: this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the process's environment"
    )]
    pub async fn of_process() -> Self {
        Self {
            variables: std::env::vars().collect(),
            sdk: aws_config::load_defaults(BehaviorVersion::latest()).await,
            clock: Clock::System,
        }
    }

    /// Reads a configuration from the environment variables. Every problem is reported together.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&mut Environment) -> Option<T>,
    ) -> Result<T, InvalidEnvironment> {
        Environment::read(&self.variables, read)
    }
}
