//! What an import comes to: which groups it needs and what each user becomes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use reinvite_domain::{
    Group, GroupId, GroupTree, User, UserId,
    import::{ImportRow, LineError, MAX_LINE_ERRORS},
    user_fields::FieldChange,
};

use crate::limits::check_groups;

/// The rows of a file with their groups found.
#[derive(Debug)]
pub struct Plan {
    /// The groups that are missing, each behind the one it lies in.
    pub new_groups: Vec<Group>,
    /// The tree with them.
    pub tree: GroupTree,
    /// What becomes of each user, in the order of the lines.
    pub lines: Vec<Line>,
}

/// One user of the file.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it stands, from 1.
    pub number: u64,
    /// Whom it is about.
    pub login_id: String,
    /// The id of the user, where there is none yet.
    pub new_id: UserId,
    changes: Vec<FieldChange>,
}

impl Line {
    /// The user as it becomes. Who is so already comes out the same.
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

/// Finds the groups of each row by path, planning those that are missing, or says which lines name groups that cannot be.
/// New ids are of the time `now` and count on from the random `seed`, so that they sort as the lines do (RFC 9562,
/// section 6.2, method 2).
pub fn plan(
    rows: &[ImportRow],
    tree: &GroupTree,
    now: DateTime<Utc>,
    seed: [u8; 10],
) -> Result<Plan, Vec<LineError>> {
    let mut draws = Draws(seed);
    let mut paths = Paths {
        tree: tree.clone(),
        new: Vec::new(),
        known: HashMap::new(),
    };
    let mut lines = Vec::new();
    let mut errors = Vec::new();
    for row in rows {
        let mut changes = row.changes.clone();
        let mut new_group = || GroupId::generate(now, draws.next());
        match row
            .groups
            .as_ref()
            .map(|groups| paths.find(groups, &mut new_group))
            .transpose()
        {
            Ok(groups) => changes.extend(groups.map(FieldChange::Groups)),
            Err(detail) => errors.push(LineError {
                line: row.line,
                column: Some("groups".into()),
                detail,
            }),
        }
        let new_id = UserId::generate(now, draws.next());
        lines.push(Line {
            number: row.line,
            login_id: row.login_id.clone(),
            new_id,
            changes,
        });
    }
    errors.truncate(MAX_LINE_ERRORS);
    if errors.is_empty() {
        Ok(Plan {
            new_groups: paths.new,
            tree: paths.tree,
            lines,
        })
    } else {
        Err(errors)
    }
}

/// The random part of ids, each one higher than the one before.
struct Draws([u8; 10]);

impl Draws {
    fn next(&mut self) -> [u8; 10] {
        for byte in self.0.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        self.0
    }
}

struct Paths {
    tree: GroupTree,
    new: Vec<Group>,
    known: HashMap<Vec<String>, GroupId>,
}

impl Paths {
    fn find(
        &mut self,
        paths: &[Vec<String>],
        new_id: &mut impl FnMut() -> GroupId,
    ) -> Result<Vec<GroupId>, String> {
        let groups = paths
            .iter()
            .map(|path| self.one(path, new_id))
            .collect::<Result<Vec<_>, _>>()?;
        check_groups(&groups, &self.tree)?;
        Ok(groups)
    }

    fn one(
        &mut self,
        path: &[String],
        new_id: &mut impl FnMut() -> GroupId,
    ) -> Result<GroupId, String> {
        if let Some(id) = self.known.get(path) {
            return Ok(id.clone());
        }
        let (name, above) = path.split_last().ok_or("must name a group")?;
        let parent_id = if above.is_empty() {
            None
        } else {
            Some(self.one(above, new_id)?)
        };
        let id = match self.tree.child(parent_id.as_ref(), name) {
            Some(group) => group.id.clone(),
            None => self.add(Group {
                id: new_id(),
                name: name.clone(),
                parent_id,
                roles: Vec::new(),
            })?,
        };
        self.known.insert(path.to_vec(), id.clone());
        Ok(id)
    }

    fn add(&mut self, group: Group) -> Result<GroupId, String> {
        self.tree
            .check(&group)
            .map_err(|misplaced| misplaced.to_string())?;
        let id = group.id.clone();
        self.tree.insert(group.clone());
        self.new.push(group);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use reinvite_domain::import::parse;

    use super::*;

    fn planned(file: &str) -> Result<Plan, Vec<LineError>> {
        let sales = Group {
            id: GroupId::new("s").unwrap(),
            name: "Sales".into(),
            parent_id: None,
            roles: vec![],
        };
        let rows = parse(file.as_bytes(), Tz::UTC).unwrap();
        plan(
            &rows,
            &GroupTree::new([sales]),
            DateTime::UNIX_EPOCH,
            [255; 10],
        )
    }

    #[test]
    fn missing_groups_are_planned_once_and_after_the_one_they_lie_in() {
        let plan =
            planned("login_id,groups\na,Sales/Tokyo/Team A\nb,Sales/Tokyo;Support\nc,Sales\n")
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
        let plan = planned(&format!("login_id,groups\n{lines}")).unwrap();
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
        let plan = planned("login_id,email\na,a@example.com\n").unwrap();
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
    fn groups_too_deep_or_too_many_are_told_with_their_line() {
        let deep = ["G"; 11].join("/");
        let many: Vec<_> = (0..46).map(|index| format!("G{index}")).collect();
        let errors = planned(&format!(
            "login_id,groups\na,Sales\nb,{deep}\nc,{}\n",
            many.join(";")
        ))
        .unwrap_err();
        let told: Vec<_> = errors
            .iter()
            .map(|error| (error.line, error.column.as_deref()))
            .collect();
        assert_eq!(told, [(3, Some("groups")), (4, Some("groups"))]);
    }
}
