//! Environment variables: read and checked once, and every problem reported together.
//!
//! A configuration has a function `read(&mut Environment) -> Option<Self>`. It reads every variable
//! first, and answers `None` if any is missing or wrong: there is no half-checked configuration.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

/// Environment variables by name.
pub type Variables = BTreeMap<String, String>;

/// Everything that is wrong with the environment variables of a function.
#[derive(Debug, thiserror::Error)]
#[error("environment variables: {}", .0.join("; "))]
pub struct InvalidEnvironment(Vec<String>);

/// Environment variables, and the problems that were found with them so far.
#[derive(Debug)]
pub struct Environment {
    variables: Variables,
    problems: Vec<String>,
}

impl Environment {
    /// Reads a configuration.
    pub fn read<T>(
        variables: &Variables,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Result<T, InvalidEnvironment> {
        let mut environment = Self {
            variables: variables.clone(),
            problems: Vec::new(),
        };

        match read(&mut environment) {
            Some(config) if environment.problems.is_empty() => Ok(config),
            _ => Err(InvalidEnvironment(environment.problems)),
        }
    }

    /// A variable as it is set, which may be empty.
    #[must_use]
    pub fn declared(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// A variable that may be absent; an empty one is absent, too.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        let text = self.variables.get(name)?;
        Some(text.clone()).filter(|text| !text.is_empty())
    }

    /// A variable that must be set.
    pub fn required(&mut self, name: &str) -> Option<String> {
        let text = self.optional(name);
        if text.is_none() {
            self.problem(format!("{name} must be set"));
        }
        text
    }

    /// A variable that must be set to a `T`.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.required(name)?;
        text.parse()
            .map_err(|error| self.problem(format!("{name} {error}")))
            .ok()
    }

    /// A variable that must be set to an https URL. A loopback host may have http: the local stack
    /// has no certificate.
    pub fn https_url(&mut self, name: &str) -> Option<String> {
        let url = self.required(name)?;
        let is_secure = url.starts_with("https://") || url.starts_with("http://127.0.0.1:");
        if !is_secure {
            self.problem(format!("{name} must begin with https://"));
        }
        is_secure.then_some(url)
    }

    /// A variable that is `on` or `off`; absent, it is `off`.
    pub fn switch(&mut self, name: &str) -> Option<bool> {
        match self.optional(name).as_deref() {
            Some("on") => Some(true),
            None | Some("off") => Some(false),
            Some(_) => {
                self.problem(format!("{name} must be on or off"));
                None
            }
        }
    }

    /// A variable with values separated by commas; absent, it has none.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.optional(name)
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .map(str::to_string)
            .collect()
    }

    /// Reports a problem with a variable.
    pub fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> Variables {
        set.iter()
            .map(|(name, value)| ((*name).to_string(), (*value).to_string()))
            .collect()
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let variables = variables(&[
            ("RATE", "fast"),
            ("URL", "http://example.com"),
            ("NAME", ""),
        ]);
        let read = Environment::read(&variables, |environment| {
            let name = environment.required("NAME");
            let rate = environment.parsed::<u32>("RATE");
            let url = environment.https_url("URL");
            Some((name?, rate?, url?))
        });

        let problems = read.unwrap_err().to_string();
        for name in ["NAME must be set", "RATE invalid", "URL must begin"] {
            assert!(problems.contains(name), "{name}: {problems}");
        }
    }

    #[test]
    fn an_empty_variable_is_absent_and_a_list_has_no_empty_values() {
        let variables = variables(&[("HOSTS", "a.example.com, ,b.example.com"), ("SET", "")]);
        let (hosts, set) = Environment::read(&variables, |environment| {
            Some((environment.list("HOSTS"), environment.optional("SET")))
        })
        .unwrap();
        assert_eq!(hosts, ["a.example.com", "b.example.com"]);
        assert_eq!(set, None);
    }
}
