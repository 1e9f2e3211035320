//! Member counts of groups. They are kept, and counted again after changes.
//!
//! No change of a user writes a count. It marks the groups as due before it is written, by items that
//! many changes may put at once, and the sweep counts these groups again.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{GroupId, OrganisationId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, batch_writes,
    keys::{self, Key},
    query::Range,
    table::Table,
};

/// Marks that one sweep looks at; the next sweep comes a minute later.
const MARKS_PER_SWEEP: usize = 10_000;

/// A change is written at most this long after its mark: the longest time that a function runs.
pub(crate) const MAX_WRITE_DELAY: TimeDelta = TimeDelta::seconds(60);

/// The member counts of groups.
#[derive(Clone, Debug)]
pub struct MemberCounts(pub(crate) Table);

/// A member count as it was counted last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberCount {
    group: GroupId,
    /// Members of the group and of its subgroups, each once.
    pub members: u64,
    /// When they were counted.
    pub counted_at: DateTime<Utc>,
}

/// A mark: members of a group changed, or are about to, in a minute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DueCount {
    /// The minute, since 1970.
    minute: i64,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The group.
    pub group: GroupId,
}

impl DueCount {
    fn key(&self) -> Key {
        keys::due_count(self.minute, &self.organisation, &self.group)
    }

    /// Whether every change of its minute is written by now.
    #[must_use]
    pub fn is_settled(&self, now: DateTime<Utc>) -> bool {
        let end = DateTime::from_timestamp(60 * (self.minute + 1), 0).unwrap_or_default();
        end + MAX_WRITE_DELAY <= now
    }
}

impl MemberCounts {
    /// Marks groups whose members are about to change.
    pub async fn mark_due(
        &self,
        organisation: &OrganisationId,
        groups: BTreeSet<GroupId>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let marks = groups.into_iter().map(|group| {
            let mark = DueCount {
                minute: now.timestamp().div_euclid(60),
                organisation: organisation.clone(),
                group,
            };
            batch_writes::put(&mark.key(), &mark)
        });
        self.0.write_all(marks.collect::<Result<_, _>>()?).await
    }

    /// Reads the marks, the oldest first.
    pub async fn due(&self) -> Result<Vec<DueCount>, Error> {
        let range = Range::of_table(keys::DUE_COUNTS, MARKS_PER_SWEEP);
        Ok(self.0.query(range).await?.items)
    }

    /// Removes marks.
    pub async fn remove_marks(&self, marks: &[DueCount]) -> Result<(), Error> {
        let deletes = marks.iter().map(|mark| batch_writes::delete(&mark.key()));
        self.0.write_all(deletes.collect::<Result<_, _>>()?).await
    }

    /// Reads the counts of groups. A group without one is counted now.
    pub async fn of(
        &self,
        organisation: &OrganisationId,
        groups: &[GroupId],
        now: DateTime<Utc>,
    ) -> Result<HashMap<GroupId, MemberCount>, Error> {
        let keys = groups
            .iter()
            .map(|group| keys::member_count(organisation, group));
        let kept: Vec<MemberCount> = self.0.get_many(keys).await?;
        let mut counts: HashMap<_, _> = kept
            .into_iter()
            .map(|count| (count.group.clone(), count))
            .collect();

        for group in groups {
            if !counts.contains_key(group) {
                let count = self.count_again(organisation, group, now).await?;
                counts.insert(group.clone(), count);
            }
        }
        Ok(counts)
    }

    /// Counts the members of a group, and keeps the count.
    pub async fn count_again(
        &self,
        organisation: &OrganisationId,
        group: &GroupId,
        now: DateTime<Utc>,
    ) -> Result<MemberCount, Error> {
        let list = keys::user_list(organisation, Some(group));
        let count = MemberCount {
            group: group.clone(),
            members: self.0.count(&list).await?,
            counted_at: now,
        };
        let key = keys::member_count(organisation, group);
        self.0
            .write_all(vec![batch_writes::put(&key, &count)?])
            .await?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_settled_once_no_change_of_its_minute_can_be_under_way() {
        let mark = DueCount {
            minute: 10,
            organisation: OrganisationId::new("o").unwrap(),
            group: GroupId::new("g").unwrap(),
        };
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        assert!(!mark.is_settled(at(11 * 60 + 59)));
        assert!(mark.is_settled(at(12 * 60)));
    }
}
