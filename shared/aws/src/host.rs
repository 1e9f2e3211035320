//! The host of a function: everything that it takes from the process it runs in.

use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;

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
    #[must_use]
    pub fn of_process() -> Self {
        let variables = std::env::vars().collect();
        Self {
            sdk: sdk_config(&variables),
            variables,
            clock: Clock::System,
        }
    }

    /// Reads a configuration from the environment variables. Every problem is reported together.
    ///
    /// # Errors
    ///
    /// The problems of the configuration, and an endpoint under which calls would reach AWS by accident.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&mut Environment) -> Option<T>,
    ) -> Result<T, InvalidEnvironment> {
        Environment::read(&self.variables, |environment| {
            check_endpoint(environment);
            read(environment)
        })
    }
}

/// Reads the configuration of the SDK from the variables that Lambda sets.
///
/// The SDK's own loader also reads profiles and asks containers and instances. Lambda has none of them, and that code would make
/// every function larger.
fn sdk_config(variables: &Variables) -> SdkConfig {
    let variable = |name: &str| variables.get(name).filter(|text| !text.is_empty()).cloned();
    let credentials = variable("AWS_ACCESS_KEY_ID")
        .zip(variable("AWS_SECRET_ACCESS_KEY"))
        .map(|(id, key)| Credentials::new(id, key, variable("AWS_SESSION_TOKEN"), None, "Lambda"));

    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(variable("AWS_REGION").map(Region::new))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()));
    config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    config.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
    config.build()
}

/// Reports an endpoint under which the SDK would call AWS itself, although the function was not deployed to AWS.
///
/// `sam local` gives a function the developer's credentials, and an empty value for a variable that it cannot
/// resolve. The SDK takes an empty `AWS_ENDPOINT_URL` for none.
fn check_endpoint(environment: &mut Environment) {
    let problem = match environment.declared("AWS_ENDPOINT_URL") {
        Some(url) if url.starts_with("http://") || url.starts_with("https://") => return,
        Some("") | None if environment.declared("AWS_SAM_LOCAL") == Some("true") => {
            "AWS_ENDPOINT_URL must be set under sam local, or the function would call AWS itself; \
             pass --env-vars (docs/sam-local.md)"
        }
        Some("") => "AWS_ENDPOINT_URL must not be empty; leave it out to call AWS itself",
        Some(_) => "AWS_ENDPOINT_URL must begin with http:// or https://",
        None => return,
    };
    environment.problem(problem);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems of a host with these variables and `NAME` missing.
    fn problems(variables: &[(&str, &str)]) -> String {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let host = Host {
            variables: variables.collect(),
            sdk: SdkConfig::builder().build(),
            clock: Clock::System,
        };

        let read = host.read(|environment| environment.required("NAME"));
        read.unwrap_err().to_string()
    }

    #[test]
    fn the_sdk_is_configured_by_the_variables_that_lambda_sets() {
        let config = |variables: &[(&str, &str)]| {
            let variables = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            sdk_config(&variables.collect())
        };

        let full = config(&[
            ("AWS_REGION", "ap-northeast-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "key"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ]);
        assert_eq!(full.region().map(Region::as_ref), Some("ap-northeast-1"));
        assert_eq!(full.endpoint_url(), Some("http://127.0.0.1:4566"));
        assert!(full.credentials_provider().is_some());

        let empty = config(&[("AWS_ENDPOINT_URL", ""), ("AWS_ACCESS_KEY_ID", "id")]);
        assert_eq!(empty.endpoint_url(), None);
        assert!(empty.credentials_provider().is_none());
    }

    #[test]
    fn under_sam_local_a_function_without_an_endpoint_does_not_start() {
        for endpoint in [None, Some("")] {
            let mut variables = vec![("AWS_SAM_LOCAL", "true")];
            variables.extend(endpoint.map(|url| ("AWS_ENDPOINT_URL", url)));

            let problems = problems(&variables);
            for name in [
                "AWS_ENDPOINT_URL must be set under sam local",
                "NAME must be set",
            ] {
                assert!(problems.contains(name), "{endpoint:?}: {problems}");
            }
        }
    }

    #[test]
    fn an_endpoint_that_the_sdk_would_ignore_is_a_problem_everywhere() {
        for (endpoint, rule) in [
            ("", "AWS_ENDPOINT_URL must not be empty"),
            ("127.0.0.1:4566", "AWS_ENDPOINT_URL must begin with http://"),
        ] {
            let problems = problems(&[("AWS_ENDPOINT_URL", endpoint)]);
            assert!(problems.contains(rule), "{endpoint}: {problems}");
        }
    }

    #[test]
    fn an_endpoint_is_no_problem_and_neither_is_none_on_aws() {
        for variables in [
            vec![],
            vec![("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")],
            vec![
                ("AWS_SAM_LOCAL", "true"),
                ("AWS_ENDPOINT_URL", "http://host.docker.internal:4566"),
            ],
        ] {
            let expected = "environment variables: NAME must be set";
            assert_eq!(problems(&variables), expected, "{variables:?}");
        }
    }
}
