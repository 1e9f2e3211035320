use reinvite_domain::{Group, GroupId, GroupTree, Role, Rule, group::parse_group_name};
use reinvite_web::{Problem, ProblemKind};
use serde::{Deserialize, de::IgnoredAny};

use crate::check_roles::check_roles;
use crate::field_errors::FieldErrors;
use crate::optional_field::OptionalField;

/// A group in the body of a `PUT`. A client may send a group back as it was answered: what it cannot
/// change is passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRequest {
    name: String,
    #[serde(default)]
    parent_id: OptionalField<GroupId>,
    #[serde(default)]
    roles: OptionalField<Vec<Role>>,
    #[serde(default, rename = "id")]
    _id: IgnoredAny,
    #[serde(default, rename = "access")]
    _access: IgnoredAny,
    #[serde(default, rename = "memberCount")]
    _member_count: IgnoredAny,
    #[serde(default, rename = "countedAt")]
    _counted_at: IgnoredAny,
}

impl GroupRequest {
    /// Checks the group that the request describes, and its place in the tree.
    ///
    /// # Errors
    ///
    /// 422 with every wrong field.
    pub fn to_group(&self, id: GroupId, tree: &GroupTree) -> Result<Group, Problem> {
        let mut errors = FieldErrors::default();
        let before = tree.get(&id);
        let name = errors.check("/name", parse_group_name(&self.name));
        let mut group = Group {
            name: name.unwrap_or_default(),
            parent_id: self
                .parent_id
                .or_else(|| before.and_then(|group| group.parent_id.clone())),
            id,
            roles: Vec::new(),
        };

        if let Err(rule) = tree.check(&group) {
            errors.add(pointer(&rule), rule);
        }

        // A group that is created may manage itself.
        let mut tree_with_group = tree.clone();
        tree_with_group.insert(group.clone());
        let roles = self
            .roles
            .or_else(|| before.map(|group| group.roles.clone()))
            .unwrap_or_default();
        let roles = errors.check_all(check_roles(&roles, &tree_with_group));
        group.roles = roles.unwrap_or_default();

        errors
            .unless_any(group)
            .map_err(|errors| Problem::fields(ProblemKind::Invalid, errors))
    }
}

/// The field that is wrong if a group cannot have its place.
const fn pointer(rule: &Rule) -> &'static str {
    match rule {
        Rule::GroupNameTaken => "/name",
        _ => "/parentId",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(id: &str, json: &str) -> Result<Group, String> {
        let top = Group {
            id: GroupId::new("s").unwrap(),
            name: "Sales".into(),
            parent_id: None,
            roles: vec![],
        };
        let tree = GroupTree::new([top]);
        let request: GroupRequest = serde_json::from_str(json).unwrap();
        request
            .to_group(GroupId::new(id).unwrap(), &tree)
            .map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn all_wrong_fields_of_a_group_are_reported_together() {
        let roles = r#"[{"role": "group_manager", "group": "none", "access": "edit"}]"#;
        let problem = parse(
            "t",
            &format!(r#"{{"name": "a/b", "parentId": "none", "roles": {roles}}}"#),
        )
        .unwrap_err();

        for pointer in [
            "\"/name\"",
            "\"/parentId\"",
            "\"/roles/0/group\"",
            "Invalid",
        ] {
            assert!(problem.contains(pointer), "{pointer}: {problem}");
        }
        assert!(
            parse("s", r#"{"name": "Sales", "parentId": "s"}"#)
                .unwrap_err()
                .contains("/parentId")
        );
        assert!(
            parse("t", r#"{"name": "Sales"}"#)
                .unwrap_err()
                .contains("/name")
        );
    }

    #[test]
    fn a_new_group_may_be_managed_by_its_own_members() {
        let roles = r#"[{"role": "group_manager", "group": "t", "access": "edit"}]"#;
        let group = parse(
            "t",
            &format!(r#"{{"name": "Tokyo", "parentId": "s", "roles": {roles}}}"#),
        )
        .unwrap();
        assert_eq!(group.roles.len(), 1);
    }
}
