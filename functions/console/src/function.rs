//! The composition root of the function.

use std::sync::Arc;

use reinvite_aws::{Host, InvalidEnvironment};

use crate::sign_in::SignIn;

/// The settings of the function. It calls no AWS service.
#[derive(Clone, Debug)]
pub struct ConsoleFunction {
    /// The way in which operators sign in; `None` if it is not configured.
    pub sign_in: Option<Arc<SignIn>>,
}

impl ConsoleFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let sign_in = host.read(SignIn::read)?;
        Ok(Self {
            sign_in: sign_in.map(Arc::new),
        })
    }
}
