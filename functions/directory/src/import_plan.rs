use reinvite_domain::{
    Group, GroupTree, Rule,
    import::{ImportRow, LineError, MAX_LINE_ERRORS},
};
use reinvite_web::{Problem, ProblemKind};

use crate::change_effect::ChangeEffect;
use crate::existing_users::ExistingUsers;
use crate::group_paths::GroupPaths;
use crate::id_sequence::IdSequence;
use crate::import_line::ImportLine;
use crate::role_holders::needs_owner;

/// The effect of an import: the groups that it creates, and the fields that it sets.
#[derive(Debug)]
pub struct ImportPlan {
    /// The groups to create, each after its parent. No wrong line names them.
    pub new_groups: Vec<Group>,
    /// A line for each user, in the order of the file, with its effect.
    pub lines: Vec<(ImportLine, ChangeEffect)>,
    /// The errors of the lines that cannot be written.
    pub invalid: Vec<LineError>,
    /// The errors of the lines that the operator may not write.
    pub forbidden: Vec<LineError>,
}

/// The rights of the operator on users who hold roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleHolders {
    /// An owner may change them.
    MayChange,
    /// Nobody else may.
    MayNotChange,
}

/// The reason that a line is left out of a plan.
enum LineRefusal {
    Invalid(LineError),
    Forbidden(LineError),
}

/// Plans the lines one by one: finds the groups of each by their paths, plans those that are missing, and
/// decides the line's effect.
///
/// A wrong line leaves no trace in the plan but its error.
pub fn plan_import(
    rows: &[ImportRow],
    tree: &GroupTree,
    existing: &ExistingUsers,
    role_holders: RoleHolders,
    mut ids: IdSequence,
) -> ImportPlan {
    let mut paths = GroupPaths::new(tree.clone());
    let mut lines = Vec::new();
    let mut invalid = Vec::new();
    let mut forbidden = Vec::new();

    for row in rows {
        let groups_before = paths.new_group_count();
        match plan_row(row, &mut paths, existing, role_holders, &mut ids) {
            Ok(line) => lines.push(line),
            Err(refusal) => {
                paths.roll_back(groups_before);
                match refusal {
                    LineRefusal::Invalid(error) => invalid.push(error),
                    LineRefusal::Forbidden(error) => forbidden.push(error),
                }
            }
        }
    }

    ImportPlan {
        new_groups: paths.into_new_groups(),
        lines,
        invalid,
        forbidden,
    }
}

fn plan_row(
    row: &ImportRow,
    paths: &mut GroupPaths,
    existing: &ExistingUsers,
    role_holders: RoleHolders,
    ids: &mut IdSequence,
) -> Result<(ImportLine, ChangeEffect), LineRefusal> {
    let wrong_groups =
        |rule: Rule| LineRefusal::Invalid(LineError::of_cell(row.line, "groups", rule));
    let groups = row.groups.as_ref();
    let groups = groups
        .map(|groups| paths.find(groups, ids))
        .transpose()
        .map_err(wrong_groups)?;

    let line = ImportLine::new(row, ids.next_user(), groups);
    let before = existing.get(&line.login_id);
    let (after, effect) = line.apply(before).map_err(LineRefusal::Invalid)?;

    let before = before.map(|before| &before.user);
    if role_holders == RoleHolders::MayNotChange
        && effect != ChangeEffect::Unchanged
        && needs_owner(before, Some(&after.user), paths.tree())
    {
        let error = LineError::of_line(row.line, Rule::NeedsOwner);
        return Err(LineRefusal::Forbidden(error));
    }
    Ok((line, effect))
}

impl ImportPlan {
    /// Refuses a file with wrong lines.
    ///
    /// # Errors
    ///
    /// 422 with every line that cannot be written, or 403 with every line that needs an owner, up to
    /// [`MAX_LINE_ERRORS`].
    pub fn refuse_wrong_lines(&self) -> Result<(), Problem> {
        let kinds = [
            (ProblemKind::Invalid, &self.invalid),
            (ProblemKind::Forbidden, &self.forbidden),
        ];
        for (kind, errors) in kinds {
            if !errors.is_empty() {
                let errors = errors.iter().take(MAX_LINE_ERRORS).cloned().collect();
                return Err(Problem::lines(kind, errors));
            }
        }
        Ok(())
    }

    /// Takes the errors out of the plan.
    pub fn take_errors(&mut self) -> impl Iterator<Item = LineError> + use<'_> {
        self.invalid.drain(..).chain(self.forbidden.drain(..))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use reinvite_domain::{Attributes, Group, GroupId, Role, User, UserId, Zone, import::parse};

    use super::*;
    use crate::existing_users::StoredUser;

    fn group(id: &str, name: &str, roles: Vec<Role>) -> Group {
        Group {
            id: GroupId::new(id).unwrap(),
            name: name.into(),
            parent_id: None,
            roles,
        }
    }

    fn groups() -> [Group; 2] {
        [
            group("s", "Sales", vec![]),
            group("h", "Heads", vec![Role::TemplateManager]),
        ]
    }

    /// The path of each group after a plan.
    fn path_of(plan: &ImportPlan, id: &GroupId) -> String {
        let all = groups().into_iter().chain(plan.new_groups.clone());
        GroupTree::new(all).path(id, |_| true)
    }

    fn plan(file: &str) -> ImportPlan {
        plan_with(file, &ExistingUsers::new())
    }

    fn plan_with(file: &str, existing: &ExistingUsers) -> ImportPlan {
        let rows = parse(file.as_bytes(), Zone::UTC).unwrap();
        let ids = IdSequence::new(DateTime::UNIX_EPOCH, [255; 10]);
        let tree = GroupTree::new(groups());
        plan_import(&rows, &tree, existing, RoleHolders::MayNotChange, ids)
    }

    fn stored(user: User, attributes: &[(&str, &str)]) -> ExistingUsers {
        let mut all = Attributes::default();
        for (name, value) in attributes {
            all.set(name, value).unwrap();
        }
        let stored = StoredUser {
            user: User {
                has_attributes: !all.is_empty(),
                ..user
            },
            attributes: all,
        };
        ExistingUsers::from([(stored.user.login_id.clone(), stored)])
    }

    fn applied(plan: &ImportPlan, line: usize, existing: &ExistingUsers) -> StoredUser {
        let line = &plan.lines[line].0;
        let before = existing.get(&line.login_id);
        let (after, _) = line.apply(before).unwrap();
        StoredUser {
            user: after.user,
            attributes: after.attributes.unwrap_or_default(),
        }
    }

    #[test]
    fn missing_groups_are_planned_once_and_after_the_one_they_lie_in() {
        let plan = plan("login_id,groups\na,Sales/Tokyo/Team A\nb,Sales/Tokyo;Support\nc,Sales\n");

        let new: Vec<_> = plan
            .new_groups
            .iter()
            .map(|group| path_of(&plan, &group.id))
            .collect();
        assert_eq!(new, ["Sales/Tokyo", "Sales/Tokyo/Team A", "Support"]);

        let paths = |line: usize| -> Vec<_> {
            applied(&plan, line, &ExistingUsers::new())
                .user
                .groups
                .iter()
                .map(|id| path_of(&plan, id))
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
        let plan = plan(&format!("login_id,groups\n{lines}"));
        assert!(
            plan.lines
                .is_sorted_by(|(one, _), (other, _)| one.new_id < other.new_id)
        );

        let groups: std::collections::HashSet<_> =
            plan.new_groups.iter().map(|group| &group.id).collect();
        assert_eq!(groups.len(), 600);
    }

    #[test]
    fn a_line_applied_again_changes_nothing_and_leaves_absent_columns_alone() {
        let before = User {
            groups: vec![GroupId::new("s").unwrap()],
            ..User::new(UserId::new("x").unwrap(), "a".into())
        };
        let existing = stored(before.clone(), &[("city", "Kobe")]);
        let plan = plan_with("login_id,email\na,a@example.com\n", &existing);
        assert_eq!(plan.lines[0].1, ChangeEffect::Updated);

        let after = applied(&plan, 0, &existing).user;
        let expected = User {
            email: Some("a@example.com".parse().unwrap()),
            has_attributes: true,
            ..before
        };
        assert_eq!(after, expected);
        let again = stored(after, &[("city", "Kobe")]);
        let plan = plan_with("login_id,email\na,a@example.com\n", &again);
        assert_eq!(plan.lines[0].1, ChangeEffect::Unchanged);
    }

    #[test]
    fn attributes_are_set_and_removed_one_by_one_and_never_too_many() {
        let user = User::new(UserId::new("x").unwrap(), "a".into());
        let existing = stored(user.clone(), &[("city", "Kobe"), ("desk", "7")]);
        let file = "login_id,attributes.desk,attributes.team\na,,Red\n";
        let plan = plan_with(file, &existing);

        let after = applied(&plan, 0, &existing);
        let all: Vec<_> = after.attributes.iter().collect();
        assert_eq!(all, [("city", "Kobe"), ("team", "Red")]);

        let named: Vec<_> = (0..10).map(|index| format!("a{index}")).collect();
        let many: Vec<_> = named.iter().map(|name| (&**name, "x")).collect();
        let full = stored(user, &many);
        let plan = plan_with("login_id,attributes.more\na,x\nb,x\n", &full);
        assert_eq!((plan.lines.len(), plan.invalid[0].line), (1, 2));
    }

    #[test]
    fn a_last_sign_in_is_the_first_login_of_a_user_without_one() {
        let first = DateTime::UNIX_EPOCH;
        let known = User {
            first_login_at: Some(first),
            ..User::new(UserId::new("x").unwrap(), "known".into())
        };
        let existing = stored(known, &[]);
        let file = "login_id,last sign in\nknown,2026-01-02\nnew,2026-01-02\nnever,Never\n";
        let plan = plan_with(file, &existing);

        let logins = [0, 1, 2].map(|line| applied(&plan, line, &existing).user.first_login_at);
        let second = reinvite_domain::time::instant("2026-01-02T00:00:00Z");
        assert_eq!(logins, [Some(first), second, None]);
    }

    #[test]
    fn groups_too_deep_or_too_many_are_reported_with_their_line() {
        let deep = ["G"; 11].join("/");
        let many: Vec<_> = (0..401).map(|index| format!("G{index}")).collect();
        let plan = plan(&format!(
            "login_id,groups\na,Sales\nb,{deep}\nc,{}\n",
            many.join(";")
        ));

        let places: Vec<_> = plan
            .invalid
            .iter()
            .map(|error| (error.line, error.column.as_deref()))
            .collect();
        assert_eq!(places, [(3, Some("groups")), (4, Some("groups"))]);
        assert_eq!(plan.new_groups, []);
    }

    #[test]
    fn groups_that_only_wrong_lines_name_are_not_planned() {
        let file = "login_id,groups\na,Heads;New/Below\nb,New/Other\nc,Heads;New/Below\nd,Sales\n";
        let plan = plan(file);

        let new: Vec<_> = plan.new_groups.iter().map(|group| &*group.name).collect();
        assert_eq!(new, ["New", "Other"]);
        let forbidden: Vec<_> = plan.forbidden.iter().map(|error| error.line).collect();
        assert_eq!(forbidden, [2, 4]);
        assert!(plan.refuse_wrong_lines().is_err());
        let written: Vec<_> = plan.lines.iter().map(|(line, _)| line.number).collect();
        assert_eq!(written, [3, 5]);
    }
}
