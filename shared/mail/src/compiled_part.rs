use minijinja::value::Value;
use minijinja::{Environment, Template};

use crate::environment::{environment, escaped};
use crate::stand_in::{self, Withheld};
use crate::{Cause, Part, RenderError, characters, html, jinja, limits, variables};

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
        environment
            .add_template_owned(NAME, source.to_owned())
            .map_err(refused)?;
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
            environment
                .add_template_owned(NAME, source.to_owned())
                .map_err(refused)?;
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
        let secret = jinja::secrets(source).into_iter().next();
        if let Some(secret) = secret.filter(|_| part == Part::Subject) {
            faults.push(RenderError::at(
                part,
                source,
                secret.start,
                Cause::SecretInSubject,
            ));
        } else if let Some(at) = jinja::misused_secret(source) {
            faults.push(RenderError::at(part, source, at, Cause::PasswordPart));
        }
        if part == Part::Html {
            let told = |finding: html::Finding| {
                RenderError::at(part, source, finding.at, Cause::Html(finding.rule))
            };
            faults.extend(
                html::check(source, html::Stage::Source)
                    .into_iter()
                    .map(told),
            );
        }
        faults
    }

    /// Renders the part with values in which a stand-in is in place of the secret.
    pub(crate) fn render(
        &self,
        values: &Value,
        secret: Option<Withheld<'_>>,
    ) -> Result<String, RenderError> {
        let template = self
            .environment
            .get_template(NAME)
            .map_err(|error| self.refused("", &error))?;
        let rendered = template
            .render(values.clone())
            .map_err(|error| self.refused(template.source(), &error))?;
        // What is taken out may not stand between the characters of a tag when these are looked at.
        let rendered = if self.part == Part::Subject {
            rendered
        } else {
            characters::lines(rendered)
        };
        within_limit(self.part, &rendered)?;
        if let Some(cause) = self.objection(&rendered, secret) {
            return Err(RenderError::new(self.part, cause));
        }
        let Some(secret) = secret else {
            return Ok(rendered);
        };
        let whole = secret.put_into(&rendered, |secret| match self.part {
            Part::Html => escaped(secret),
            Part::Subject | Part::Text => secret.to_owned(),
        });
        within_limit(self.part, &whole)?;
        Ok(whole)
    }

    /// Why what was rendered may not be sent.
    fn objection(&self, rendered: &str, secret: Option<Withheld<'_>>) -> Option<Cause> {
        match self.part {
            Part::Subject => {
                (!stand_in::all(rendered).is_empty()).then_some(Cause::SecretInSubject)
            }
            Part::Text => stand_in::is_in_address(rendered).then_some(Cause::SecretInAddress),
            Part::Html => {
                let secret = secret.map(|withheld| withheld.secret);
                let finding = html::check(rendered, html::Stage::Rendered { secret })
                    .into_iter()
                    .next();
                finding.map(|finding| Cause::Html(finding.rule))
            }
        }
    }

    fn refused(&self, source: &str, error: &minijinja::Error) -> RenderError {
        RenderError::from_engine(self.part, source, error)
    }
}

fn unknown(
    part: Part,
    environment: &Environment<'_>,
    template: &Template<'_, '_>,
) -> Vec<RenderError> {
    let source = template.source();
    let told = |name: String| {
        let cause = Cause::UndefinedVariable(format!("`{name}` is undefined"));
        match jinja::place_of(source, &name) {
            Some(at) => RenderError::at(part, source, at, cause),
            None => RenderError::new(part, cause),
        }
    };
    variables::unknown(environment, template)
        .into_iter()
        .map(told)
        .collect()
}

fn within_limit(part: Part, text: &str) -> Result<(), RenderError> {
    let limit = limits::bytes(part);
    if text.len() > limit {
        return Err(RenderError::new(part, Cause::TooLarge { limit }));
    }
    Ok(())
}
