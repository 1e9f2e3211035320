//! Upkeep of the directory: each minute, entries in lists that are left to do are written, and groups
//! whose members changed are counted again.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, stream};
use reinvite_domain::{GroupId, OrganisationId};
use reinvite_store::{DueCount, Error as StoreError, MovedGroup, UnfinishedLists};

use crate::{
    Engine, Error,
    move_group::{move_group_members, moved_lists},
};

/// A request that left work to do is over by then: a function ends within a minute.
const LEFT_ALONE_FOR: TimeDelta = TimeDelta::seconds(60);

/// Groups that are counted in parallel.
const PARALLEL_COUNTS: usize = 16;

/// Does what is left to do in the directory until an instant. What fails is left to the next sweep,
/// and does not hold up the rest.
pub(crate) async fn keep_directory(engine: &Engine, until: DateTime<Utc>) -> Result<(), Error> {
    let store = engine.store();
    let left_by = engine.clock().now() - LEFT_ALONE_FOR;

    for work in store.user_lists.unfinished(left_by).await? {
        if let Err(error) = finish_lists(engine, &work).await {
            let UnfinishedLists {
                organisation, user, ..
            } = work;
            tracing::error!(%organisation, %user, %error, "entries of a user in lists were not written");
        }
    }
    for moved in store.moved_groups.moved_by(left_by).await? {
        let (organisation, group) = (moved.organisation.clone(), moved.group.clone());
        if let Err(error) = finish_move(engine, moved, until).await {
            tracing::error!(%organisation, %group, %error, "the members of a moved group were not listed");
        }
    }
    count_members(engine, until).await
}

/// Writes the entries that a change of a user left to do.
async fn finish_lists(engine: &Engine, work: &UnfinishedLists) -> Result<(), StoreError> {
    let store = engine.store();
    let organisation = &work.organisation;
    let Some(user) = store.users.get(organisation, &work.user).await? else {
        return store.user_lists.forget(work).await;
    };

    let lists = work.places.lists.clone();
    let now = engine.clock().now();
    store
        .member_counts
        .mark_due(organisation, lists, now)
        .await?;
    let tree = store.groups.tree(organisation).await?;
    store.user_lists.finish(work, &user, &tree.groups).await
}

/// Goes on with the members of a group that was moved.
async fn finish_move(
    engine: &Engine,
    moved: MovedGroup,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let store = engine.store();
    let organisation = &moved.organisation;
    let tree = &store.groups.tree(organisation).await?.groups;
    let lists = moved_lists(&moved, tree);
    let now = engine.clock().now();
    store
        .member_counts
        .mark_due(organisation, lists, now)
        .await?;

    match move_group_members(store, engine.clock(), moved.clone(), tree, until).await? {
        Some(rest) => store.moved_groups.save(&rest).await,
        None => store.moved_groups.forget(&moved).await,
    }
}

/// Counts the groups that are due, the longest overdue first.
async fn count_members(engine: &Engine, until: DateTime<Utc>) -> Result<(), Error> {
    let mut marks: BTreeMap<(OrganisationId, GroupId), Vec<DueCount>> = BTreeMap::new();
    for mark in engine.store().member_counts.due().await? {
        let group = (mark.organisation.clone(), mark.group.clone());
        marks.entry(group).or_default().push(mark);
    }
    let mut due: Vec<Vec<DueCount>> = marks.into_values().collect();
    due.sort();

    stream::iter(due)
        .for_each_concurrent(PARALLEL_COUNTS, |marks| async move {
            let Some(DueCount {
                organisation,
                group,
                ..
            }) = marks.first()
            else {
                return;
            };
            if engine.clock().now() < until
                && let Err(error) = count_group(engine, organisation, group, &marks).await
            {
                tracing::error!(%organisation, %group, %error, "the members of a group were not counted");
            }
        })
        .await;
    Ok(())
}

/// Counts one group, and removes its marks of minutes in which nothing changes any more.
async fn count_group(
    engine: &Engine,
    organisation: &OrganisationId,
    group: &GroupId,
    marks: &[DueCount],
) -> Result<(), StoreError> {
    let counts = &engine.store().member_counts;
    let now = engine.clock().now();
    counts.count_again(organisation, group, now).await?;

    let settled: Vec<_> = marks
        .iter()
        .filter(|mark| mark.is_settled(now))
        .cloned()
        .collect();
    counts.remove_marks(&settled).await
}
