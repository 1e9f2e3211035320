//! The CORS configuration of the HTTP API.

use serde_yaml_ng::Value;

use super::{
    document::HttpApiProperties,
    intrinsics::{IntrinsicError, Resolver},
};

/// The CORS configuration of the HTTP API, evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsConfiguration {
    /// The origins whose pages may read answers.
    pub allow_origins: Vec<String>,
    /// The methods that such a page may use.
    pub allow_methods: Vec<String>,
    /// The headers that such a page may send.
    pub allow_headers: Vec<String>,
    /// The headers that such a page may read.
    pub expose_headers: Vec<String>,
    /// The seconds for which a browser may remember the answer to a preflight.
    pub max_age: u32,
}

/// The CORS configuration as the template declares it, not evaluated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeclaredCors(Option<Value>);

impl DeclaredCors {
    pub(super) fn new(api: HttpApiProperties) -> Self {
        Self(api.cors_configuration)
    }

    /// Evaluates the configuration; `None` if the API has none.
    pub fn resolve(
        &self,
        resolver: &Resolver,
    ) -> Result<Option<CorsConfiguration>, IntrinsicError> {
        let Some(declared) = &self.0 else {
            return Ok(None);
        };
        let Some(chosen) = resolver.chosen(declared)? else {
            return Ok(None);
        };

        let list = |name: &str| resolver.texts(&chosen[name]);
        Ok(Some(CorsConfiguration {
            allow_origins: list("AllowOrigins")?,
            allow_methods: list("AllowMethods")?,
            allow_headers: list("AllowHeaders")?,
            expose_headers: list("ExposeHeaders")?,
            max_age: max_age(&chosen["MaxAge"])?,
        }))
    }
}

fn max_age(value: &Value) -> Result<u32, IntrinsicError> {
    value
        .as_u64()
        .and_then(|seconds| u32::try_from(seconds).ok())
        .ok_or_else(|| IntrinsicError::Unsupported(format!("{value:?} as MaxAge")))
}
