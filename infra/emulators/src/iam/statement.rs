//! Statements of a policy, and whether they allow an access.

use super::Access;

/// A statement with the effect `Allow`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The actions, in which `*` stands for any text.
    pub actions: Vec<String>,
    /// The ARNs of the resources, in which `*` stands for any text.
    pub resources: Vec<String>,
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
}

/// A condition of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The operator, such as `StringEquals`.
    pub operator: String,
    /// The key, such as `dynamodb:LeadingKeys`.
    pub key: String,
    /// The values, one of which must match.
    pub values: Vec<String>,
}

impl Statement {
    /// Whether the statement allows an access.
    #[must_use]
    pub fn allows(&self, access: &Access) -> bool {
        any_matches(&self.actions, &access.action)
            && any_matches(&self.resources, &access.resource)
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds(access))
    }
}

impl Condition {
    /// Whether the condition holds. One with an operator that this emulator does not know never does.
    fn holds(&self, access: &Access) -> bool {
        let found = access.context.get(self.key.as_str());
        let mut values = found.into_iter().flatten();

        match self.operator.as_str() {
            "StringEquals" => values.any(|value| self.values.contains(value)),
            "StringEqualsIfExists" => {
                found.is_none() || values.any(|value| self.values.contains(value))
            }
            "Null" => self.values == [found.is_none().to_string()],
            // Both hold for an access without the key, as in AWS.
            "ForAllValues:StringLike" => values.all(|value| any_matches(&self.values, value)),
            "ForAllValues:StringNotLike" => values.all(|value| !any_matches(&self.values, value)),
            _ => false,
        }
    }
}

fn any_matches(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}

/// Whether a text matches a pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };

    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::iam::LEADING_KEYS;

    fn access(keys: &[&str]) -> Access {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Access {
            action: "dynamodb:GetItem".to_owned(),
            resource: "table/People".to_owned(),
            context: BTreeMap::from([(LEADING_KEYS, keys)]),
        }
    }

    #[test]
    fn a_condition_may_ask_whether_a_key_is_there() {
        let without = Access {
            context: BTreeMap::new(),
            ..access(&[])
        };
        let holds = |operator: &str, values: &str, access: &Access| {
            let condition = Condition {
                operator: operator.to_owned(),
                key: LEADING_KEYS.to_owned(),
                values: vec![values.to_owned()],
            };
            condition.holds(access)
        };
        assert!(holds("Null", "true", &without));
        assert!(!holds("Null", "false", &without));
        assert!(holds("Null", "false", &access(&["a"])));
        assert!(holds("StringEqualsIfExists", "a", &without));
        assert!(holds("StringEqualsIfExists", "a", &access(&["a"])));
    }

    fn statement(action: &str, resource: &str, operator: &str) -> Statement {
        Statement {
            actions: vec![action.to_owned()],
            resources: vec![resource.to_owned()],
            conditions: vec![Condition {
                operator: operator.to_owned(),
                key: LEADING_KEYS.to_owned(),
                values: vec!["#secret#*".to_owned()],
            }],
        }
    }

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_does() {
        for (pattern, text, expected) in [
            ("table/People", "table/People", true),
            ("table/People", "table/People2", false),
            ("table/*", "table/People", true),
            ("*", "", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("ab*ba", "aba", false),
            ("table/P?ople", "table/People", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_statement_allows_its_actions_on_its_resources_under_its_conditions() {
        let (like, not_like) = ("ForAllValues:StringLike", "ForAllValues:StringNotLike");
        let (secret, open) = ("#secret#a", "a#open");

        for (operator, keys, expected) in [
            (like, vec![secret], true),
            (like, vec![secret, open], false),
            (not_like, vec![open], true),
            (not_like, vec![open, secret], false),
            (not_like, vec![], true),
            ("StringEquals", vec!["#secret#*"], true),
            ("StringEquals", vec![secret], false),
            ("ArnNotLike", vec![open], false),
            ("StringEqualsIfExists", vec![secret], false),
            ("Null", vec![secret], false),
        ] {
            let statement = statement("dynamodb:GetItem", "table/People", operator);
            let allowed = statement.allows(&access(&keys));
            assert_eq!(allowed, expected, "{operator} {keys:?}");
        }

        let own = access(&[secret]);
        assert!(!statement("dynamodb:PutItem", "table/People", like).allows(&own));
        assert!(!statement("dynamodb:GetItem", "table/Places", like).allows(&own));
    }
}
