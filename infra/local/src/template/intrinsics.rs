//! The intrinsic functions of `CloudFormation`, as far as the environment of a function uses them.

use std::collections::BTreeMap;

use serde_yaml_ng::{Mapping, Value, value::TaggedValue};
use thiserror::Error;

/// A value of the template has no text.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum IntrinsicError {
    /// The template has no parameter, resource or condition of this name, or the local stack does not know it.
    #[error("the template refers to {0}, which the local stack does not know")]
    UnknownName(String),
    /// The function is none of those that are understood, or its arguments have another shape.
    #[error("the local stack cannot evaluate {0}")]
    Unsupported(String),
    /// Conditions refer to each other in a circle, or values are nested too deep.
    #[error("{0} is nested too deep")]
    TooDeep(String),
}

/// A value without intrinsic functions.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Resolved {
    Text(String),
    List(Vec<String>),
    /// `AWS::NoValue`: the property is left out.
    NoValue,
}

/// The most intrinsic functions that are nested within each other, conditions included.
const MAX_DEPTH: usize = 16;

/// Evaluates intrinsic functions against the names that the stack knows.
#[derive(Clone, Debug, Default)]
pub struct Resolver {
    /// The results of `!Ref` by parameter, resource or pseudo parameter.
    pub references: BTreeMap<String, String>,
    /// The results of `!GetAtt` by `Resource.Attribute`.
    pub attributes: BTreeMap<String, String>,
    /// The template's conditions, not evaluated yet.
    pub conditions: BTreeMap<String, Value>,
}

impl Resolver {
    /// The text of a value; `None` if the value is `AWS::NoValue`.
    pub fn text(&self, value: &Value) -> Result<Option<String>, IntrinsicError> {
        match self.resolve(value, 0)? {
            Resolved::Text(text) => Ok(Some(text)),
            Resolved::NoValue => Ok(None),
            Resolved::List(_) => Err(unsupported(value)),
        }
    }

    /// The texts of a list.
    pub fn texts(&self, value: &Value) -> Result<Vec<String>, IntrinsicError> {
        self.items(value, 0)
    }

    /// The branch that `!If` chooses, not evaluated further; any other value stands for itself.
    pub fn chosen<'a>(&self, value: &'a Value) -> Result<&'a Value, IntrinsicError> {
        let Value::Tagged(tagged) = value else {
            return Ok(value);
        };
        match &tagged.value {
            Value::Sequence(arguments) if tagged.tag == "If" => {
                let [Value::String(condition), then, otherwise] = arguments.as_slice() else {
                    return Err(unsupported(value));
                };
                let holds = self.named_condition(condition, 0)?;
                Ok(if holds { then } else { otherwise })
            }
            _ => Ok(value),
        }
    }

    fn resolve(&self, value: &Value, depth: usize) -> Result<Resolved, IntrinsicError> {
        if depth > MAX_DEPTH {
            return Err(IntrinsicError::TooDeep(format!("{value:?}")));
        }

        match value {
            Value::String(text) => Ok(Resolved::Text(text.clone())),
            Value::Number(number) => Ok(Resolved::Text(number.to_string())),
            Value::Bool(flag) => Ok(Resolved::Text(flag.to_string())),
            Value::Sequence(items) => self.list(items, depth).map(Resolved::List),
            Value::Tagged(tagged) => self.call(tagged, depth + 1),
            Value::Null | Value::Mapping(_) => Err(unsupported(value)),
        }
    }

    fn call(&self, tagged: &TaggedValue, depth: usize) -> Result<Resolved, IntrinsicError> {
        let refused = || unsupported(&Value::Tagged(Box::new(tagged.clone())));
        let name = tagged.tag.to_string();
        let argument = &tagged.value;

        match (name.trim_start_matches('!'), argument) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => Ok(Resolved::NoValue),
            ("Ref", Value::String(name)) => known(&self.references, name).map(Resolved::Text),
            ("GetAtt", Value::String(path)) => known(&self.attributes, path).map(Resolved::Text),
            ("Sub", Value::String(text)) => {
                self.substitute(text, &BTreeMap::new()).map(Resolved::Text)
            }
            ("Sub", Value::Sequence(arguments)) => match arguments.as_slice() {
                [Value::String(text), Value::Mapping(own)] => {
                    let variables = self.variables(own, depth)?;
                    self.substitute(text, &variables).map(Resolved::Text)
                }
                _ => Err(refused()),
            },
            ("Join", Value::Sequence(arguments)) => {
                let [Value::String(separator), items] = arguments.as_slice() else {
                    return Err(refused());
                };
                let items = self.items(items, depth)?;
                Ok(Resolved::Text(items.join(separator)))
            }
            ("Split", Value::Sequence(arguments)) => {
                let [Value::String(separator), text] = arguments.as_slice() else {
                    return Err(refused());
                };
                let text = self.part(text, depth)?;
                let parts = text.split(separator.as_str()).map(ToOwned::to_owned);
                Ok(Resolved::List(parts.collect()))
            }
            ("Select", Value::Sequence(arguments)) => {
                let [index, items] = arguments.as_slice() else {
                    return Err(refused());
                };
                let index: usize = self.part(index, depth)?.parse().map_err(|_| refused())?;
                let items = self.items(items, depth)?;
                items
                    .get(index)
                    .cloned()
                    .map(Resolved::Text)
                    .ok_or_else(refused)
            }
            ("If", Value::Sequence(arguments)) => {
                let [Value::String(condition), then, otherwise] = arguments.as_slice() else {
                    return Err(refused());
                };
                let holds = self.named_condition(condition, depth)?;
                self.resolve(if holds { then } else { otherwise }, depth)
            }
            _ => Err(refused()),
        }
    }

    /// The variables that a `!Sub` defines for itself.
    fn variables(
        &self,
        own: &Mapping,
        depth: usize,
    ) -> Result<BTreeMap<String, String>, IntrinsicError> {
        own.iter()
            .map(|(name, value)| {
                let key = name.as_str().ok_or_else(|| unsupported(name))?;
                Ok((key.to_owned(), self.part(value, depth)?))
            })
            .collect()
    }

    /// The items of a list, without those that are `AWS::NoValue`.
    fn list(&self, items: &[Value], depth: usize) -> Result<Vec<String>, IntrinsicError> {
        let mut list = Vec::new();
        for item in items {
            match self.resolve(item, depth)? {
                Resolved::Text(text) => list.push(text),
                Resolved::NoValue => {}
                Resolved::List(_) => return Err(unsupported(item)),
            }
        }
        Ok(list)
    }

    fn items(&self, value: &Value, depth: usize) -> Result<Vec<String>, IntrinsicError> {
        match self.resolve(value, depth)? {
            Resolved::List(items) => Ok(items),
            Resolved::Text(_) | Resolved::NoValue => Err(unsupported(value)),
        }
    }

    /// An argument that must be a text.
    fn part(&self, value: &Value, depth: usize) -> Result<String, IntrinsicError> {
        match self.resolve(value, depth)? {
            Resolved::Text(text) => Ok(text),
            Resolved::List(_) | Resolved::NoValue => Err(unsupported(value)),
        }
    }

    /// Replaces `${Name}` and `${Resource.Attribute}`; `${!Name}` stands for itself.
    fn substitute(
        &self,
        text: &str,
        variables: &BTreeMap<String, String>,
    ) -> Result<String, IntrinsicError> {
        let mut result = String::new();
        let mut rest = text;

        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| IntrinsicError::Unsupported(text.to_owned()))?;
            result += before;
            result += &match name.strip_prefix('!') {
                Some(literal) => format!("${{{literal}}}"),
                None => self.variable(name, variables)?,
            };
            rest = after;
        }

        Ok(result + rest)
    }

    fn variable(
        &self,
        name: &str,
        variables: &BTreeMap<String, String>,
    ) -> Result<String, IntrinsicError> {
        if let Some(value) = variables.get(name) {
            return Ok(value.clone());
        }
        if name.contains('.') {
            known(&self.attributes, name)
        } else {
            known(&self.references, name)
        }
    }

    fn named_condition(&self, name: &str, depth: usize) -> Result<bool, IntrinsicError> {
        let condition = self
            .conditions
            .get(name)
            .ok_or_else(|| IntrinsicError::UnknownName(name.to_owned()))?;
        self.holds(condition, depth)
    }

    fn holds(&self, condition: &Value, depth: usize) -> Result<bool, IntrinsicError> {
        if depth > MAX_DEPTH {
            return Err(IntrinsicError::TooDeep(format!("{condition:?}")));
        }
        let Value::Tagged(tagged) = condition else {
            return Err(unsupported(condition));
        };
        let name = tagged.tag.to_string();

        match (name.trim_start_matches('!'), &tagged.value) {
            ("Equals", Value::Sequence(sides)) => match sides.as_slice() {
                [left, right] => Ok(self.part(left, depth)? == self.part(right, depth)?),
                _ => Err(unsupported(condition)),
            },
            ("Not", Value::Sequence(negated)) => match negated.as_slice() {
                [negated] => Ok(!self.holds(negated, depth + 1)?),
                _ => Err(unsupported(condition)),
            },
            ("And", Value::Sequence(all)) => {
                let all: Result<Vec<_>, _> =
                    all.iter().map(|one| self.holds(one, depth + 1)).collect();
                Ok(all?.into_iter().all(|holds| holds))
            }
            ("Or", Value::Sequence(any)) => {
                let any: Result<Vec<_>, _> =
                    any.iter().map(|one| self.holds(one, depth + 1)).collect();
                Ok(any?.into_iter().any(|holds| holds))
            }
            ("Condition", Value::String(name)) => self.named_condition(name, depth + 1),
            _ => Err(unsupported(condition)),
        }
    }
}

fn known(names: &BTreeMap<String, String>, name: &str) -> Result<String, IntrinsicError> {
    names
        .get(name)
        .cloned()
        .ok_or_else(|| IntrinsicError::UnknownName(name.to_owned()))
}

fn unsupported(value: &Value) -> IntrinsicError {
    IntrinsicError::Unsupported(format!("{value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolver() -> Resolver {
        let map = |entries: &[(&str, &str)]| {
            let entry = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            entries.iter().map(entry).collect()
        };
        let conditions = "
IsLocal: !Equals [!Ref Stage, local]
IsFar: !Not [!Condition IsLocal]
Either: !Or [!Condition IsLocal, !Condition IsFar]
Both: !And [!Condition IsLocal, !Condition IsFar]
Circle: !Not [!Condition Circle]
";
        Resolver {
            references: map(&[("Stage", "local"), ("From", "a@example.com")]),
            attributes: map(&[("Queue.Arn", "arn:aws:sqs:q")]),
            conditions: serde_yaml_ng::from_str(conditions).unwrap(),
        }
    }

    fn text(yaml: &str) -> Result<Option<String>, IntrinsicError> {
        resolver().text(&serde_yaml_ng::from_str(yaml).unwrap())
    }

    #[test]
    fn each_intrinsic_function_gives_its_text() {
        for (yaml, expected) in [
            ("plain", "plain"),
            ("25", "25"),
            ("true", "true"),
            ("!Ref Stage", "local"),
            ("!GetAtt Queue.Arn", "arn:aws:sqs:q"),
            (
                "!Sub x-${Stage}-${Queue.Arn}-${!Kept}",
                "x-local-arn:aws:sqs:q-${Kept}",
            ),
            (
                "!Sub ['${Own}/${Stage}', {Own: !Ref From}]",
                "a@example.com/local",
            ),
            (
                "!Join ['-', [a, !Ref Stage, !Ref 'AWS::NoValue']]",
                "a-local",
            ),
            ("!Select [1, !Split ['@', !Ref From]]", "example.com"),
            ("!If [IsLocal, here, there]", "here"),
            ("!If [IsFar, here, !Ref Stage]", "local"),
            ("!If [Either, here, there]", "here"),
            ("!If [Both, here, there]", "there"),
        ] {
            assert_eq!(text(yaml), Ok(Some(expected.to_owned())), "{yaml}");
        }
        assert_eq!(text("!Ref AWS::NoValue"), Ok(None));
    }

    #[test]
    fn a_value_that_cannot_be_evaluated_is_an_error() {
        for yaml in [
            "!Ref Nothing",
            "!GetAtt Queue.Url",
            "!Sub ${Nothing}",
            "!If [No, a, b]",
        ] {
            assert!(
                matches!(text(yaml), Err(IntrinsicError::UnknownName(_))),
                "{yaml}"
            );
        }
        for yaml in [
            "!Base64 a",
            "!Sub '${Stage'",
            "!Join ['-', a]",
            "[a]",
            "!Select [2, [a]]",
        ] {
            assert!(
                matches!(text(yaml), Err(IntrinsicError::Unsupported(_))),
                "{yaml}"
            );
        }
        let circle = text("!If [Circle, a, b]");
        assert!(
            matches!(circle, Err(IntrinsicError::TooDeep(_))),
            "{circle:?}"
        );
    }
}
