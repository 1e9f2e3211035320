use minijinja::value::Value;
use minijinja::{Environment, Template};

use crate::environment::environment;
use crate::{Cause, Part, RenderError, html, jinja, limits, variables};

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
        match unknown(part, &environment, &template).into_iter().next() {
            Some(error) => Err(error),
            None => Ok(Self { part, environment }),
        }
    }

    /// Everything that is wrong with the source of a part, as far as it shows before it is rendered.
    pub(crate) fn faults(part: Part, source: &str) -> Vec<RenderError> {
        let compile = || {
            within_limit(part, source)?;
            let refused = |error| RenderError::from_engine(part, source, &error);
            let mut environment = environment(part).map_err(refused)?;
            environment.add_template_owned(NAME, source.to_owned()).map_err(refused)?;
            Ok(environment)
        };
        let environment = match compile() {
            Ok(environment) => environment,
            Err(error) => return vec![error],
        };
        let mut faults = Vec::new();
        if let Ok(template) = environment.get_template(NAME) {
            faults = unknown(part, &environment, &template);
        }
        if let Some(at) = jinja::misused_secret(source) {
            faults.push(RenderError::at(part, source, at, Cause::Secret));
        }
        if part == Part::Html {
            let told = |finding: html::Finding| RenderError::at(part, source, finding.at, Cause::Html(finding.rule));
            faults.extend(html::check(source, html::Stage::Source).into_iter().map(told));
        }
        faults
    }

    pub(crate) fn render(&self, values: &Value) -> Result<String, RenderError> {
        let template = self.environment.get_template(NAME).map_err(|error| self.refused("", &error))?;
        let rendered = template.render(values.clone()).map_err(|error| self.refused(template.source(), &error))?;
        within_limit(self.part, &rendered)?;
        if self.part == Part::Html
            && let Some(finding) = html::check(&rendered, html::Stage::Rendered).into_iter().next()
        {
            return Err(RenderError::new(self.part, Cause::Html(finding.rule)));
        }
        Ok(rendered)
    }

    fn refused(&self, source: &str, error: &minijinja::Error) -> RenderError {
        RenderError::from_engine(self.part, source, error)
    }
}

fn unknown(part: Part, environment: &Environment<'_>, template: &Template<'_, '_>) -> Vec<RenderError> {
    let source = template.source();
    let told = |name: String| {
        let cause = Cause::UndefinedVariable(format!("`{name}` is undefined"));
        match jinja::place_of(source, &name) {
            Some(at) => RenderError::at(part, source, at, cause),
            None => RenderError::new(part, cause),
        }
    };
    variables::unknown(environment, template).into_iter().map(told).collect()
}

fn within_limit(part: Part, text: &str) -> Result<(), RenderError> {
    let limit = limits::bytes(part);
    if text.len() > limit {
        return Err(RenderError::new(part, Cause::TooLarge { limit }));
    }
    Ok(())
}
