use minijinja::Environment;
use minijinja::value::Value;

use crate::environment::environment;
use crate::{Cause, Part, RenderError, limits, variables};

/// The one template in an environment of its own.
const NAME: &str = "part";

/// One part of a template, compiled.
#[derive(Debug)]
pub(crate) struct CompiledPart {
    part: Part,
    environment: Environment<'static>,
}

impl CompiledPart {
    pub(crate) fn new(part: Part, source: &str) -> Result<Self, RenderError> {
        within_limit(part, source)?;
        let refused = |error| RenderError::from_engine(part, source, &error);
        let mut environment = environment(part).map_err(refused)?;
        environment.add_template_owned(NAME, source.to_owned()).map_err(refused)?;
        let template = environment.get_template(NAME).map_err(refused)?;
        match variables::unknown(&environment, &template) {
            Some(name) => Err(RenderError::new(part, Cause::UndefinedVariable(format!("`{name}` is undefined")))),
            None => Ok(Self { part, environment }),
        }
    }

    pub(crate) fn render(&self, values: &Value) -> Result<String, RenderError> {
        let template = self.environment.get_template(NAME).map_err(|error| self.refused("", &error))?;
        let rendered = template.render(values.clone()).map_err(|error| self.refused(template.source(), &error))?;
        within_limit(self.part, &rendered)?;
        Ok(rendered)
    }

    fn refused(&self, source: &str, error: &minijinja::Error) -> RenderError {
        RenderError::from_engine(self.part, source, error)
    }
}

fn within_limit(part: Part, text: &str) -> Result<(), RenderError> {
    let limit = limits::bytes(part);
    if text.len() > limit {
        return Err(RenderError::new(part, Cause::TooLarge { limit }));
    }
    Ok(())
}
