use reinvite_domain::{
    Group, GroupTree, User, UserId,
    import::{ImportRow, LineError, MAX_LINE_ERRORS},
    user_fields::FieldChange,
};

use crate::group_paths::GroupPaths;
use crate::id_sequence::IdSequence;

/// The effect of an import: the groups that it creates, and the fields that it sets.
#[derive(Debug)]
pub struct ImportPlan {
    /// The groups to create, each after its parent.
    pub new_groups: Vec<Group>,
    /// The tree with these groups.
    pub tree: GroupTree,
    /// A line for each user, in the order of the file.
    pub lines: Vec<ImportLine>,
}

/// A line of the file: the fields of one user.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// The number of the line, from 1.
    pub number: u64,
    /// The login id of the user.
    pub login_id: String,
    /// The id of the user, if the line creates them.
    pub new_id: UserId,
    changes: Vec<FieldChange>,
}

impl ImportLine {
    /// The user as they are to be. Applied again, the line changes nothing.
    pub fn apply(&self, before: Option<&User>) -> User {
        let mut user = before
            .cloned()
            .unwrap_or_else(|| User::new(self.new_id.clone(), self.login_id.clone()));

        for change in &self.changes {
            change.clone().apply(&mut user);
        }
        user
    }
}

/// Finds the groups of each row by their paths, and plans those that are missing.
///
/// # Errors
///
/// Every line that names a group that cannot exist, up to [`MAX_LINE_ERRORS`].
pub fn plan_import(
    rows: &[ImportRow],
    tree: &GroupTree,
    mut ids: IdSequence,
) -> Result<ImportPlan, Vec<LineError>> {
    let mut paths = GroupPaths::new(tree.clone());
    let mut lines = Vec::new();
    let mut errors = Vec::new();

    for row in rows {
        let mut changes = row.changes.clone();
        let groups = row.groups.as_ref();
        match groups
            .map(|groups| paths.find(groups, &mut ids))
            .transpose()
        {
            Ok(groups) => changes.extend(groups.map(FieldChange::Groups)),
            Err(rule) => errors.push(LineError::of_cell(row.line, "groups", rule)),
        }

        lines.push(ImportLine {
            number: row.line,
            login_id: row.login_id.clone(),
            new_id: ids.next_user(),
            changes,
        });
    }

    errors.truncate(MAX_LINE_ERRORS);
    if !errors.is_empty() {
        return Err(errors);
    }
    let (tree, new_groups) = paths.into_parts();
    Ok(ImportPlan {
        new_groups,
        tree,
        lines,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use reinvite_domain::{Group, GroupId, UserId, Zone, import::parse};

    use super::*;

    fn plan(file: &str) -> Result<ImportPlan, Vec<LineError>> {
        let sales = Group {
            id: GroupId::new("s").unwrap(),
            name: "Sales".into(),
            parent_id: None,
            roles: vec![],
        };

        let rows = parse(file.as_bytes(), Zone::UTC).unwrap();
        let ids = IdSequence::new(DateTime::UNIX_EPOCH, [255; 10]);
        plan_import(&rows, &GroupTree::new([sales]), ids)
    }

    #[test]
    fn missing_groups_are_planned_once_and_after_the_one_they_lie_in() {
        let plan = plan("login_id,groups\na,Sales/Tokyo/Team A\nb,Sales/Tokyo;Support\nc,Sales\n")
            .unwrap();

        let new: Vec<_> = plan
            .new_groups
            .iter()
            .map(|group| plan.tree.path(&group.id, |_| true))
            .collect();
        assert_eq!(new, ["Sales/Tokyo", "Sales/Tokyo/Team A", "Support"]);

        let paths = |line: usize| -> Vec<_> {
            plan.lines[line]
                .apply(None)
                .groups
                .iter()
                .map(|id| plan.tree.path(id, |_| true))
                .collect()
        };
        assert_eq!(paths(0), ["Sales/Tokyo/Team A"]);
        assert_eq!(paths(1), ["Sales/Tokyo", "Support"]);
        assert_eq!(paths(2), ["Sales"]);
    }

    #[test]
    fn new_ids_are_never_the_same_and_sort_as_the_lines_do() {
        let lines: String = (0..600)
            .map(|index| format!("u{index},G{index}\n"))
            .collect();
        let plan = plan(&format!("login_id,groups\n{lines}")).unwrap();
        assert!(
            plan.lines
                .is_sorted_by(|one, other| one.new_id < other.new_id)
        );

        let groups: std::collections::HashSet<_> =
            plan.new_groups.iter().map(|group| &group.id).collect();
        assert_eq!(groups.len(), 600);
    }

    #[test]
    fn a_line_applied_again_changes_nothing_and_leaves_absent_columns_alone() {
        let plan = plan("login_id,email\na,a@example.com\n").unwrap();
        let before = User {
            groups: vec![GroupId::new("s").unwrap()],
            ..User::new(UserId::new("x").unwrap(), "a".into())
        };

        let after = plan.lines[0].apply(Some(&before));
        assert_eq!(
            after,
            User {
                email: Some("a@example.com".parse().unwrap()),
                ..before
            }
        );
        assert_eq!(plan.lines[0].apply(Some(&after)), after);
    }

    #[test]
    fn groups_too_deep_or_too_many_are_reported_with_their_line() {
        let deep = ["G"; 11].join("/");
        let many: Vec<_> = (0..401).map(|index| format!("G{index}")).collect();
        let errors = plan(&format!(
            "login_id,groups\na,Sales\nb,{deep}\nc,{}\n",
            many.join(";")
        ))
        .unwrap_err();

        let places: Vec<_> = errors
            .iter()
            .map(|error| (error.line, error.column.as_deref()))
            .collect();
        assert_eq!(places, [(3, Some("groups")), (4, Some("groups"))]);
    }
}
