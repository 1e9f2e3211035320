//! Items that transactions hold. Until [`HeldItems::set_write_time`] is called, writes take no time, so none of them meets another one.
//!
//! Reads take no time and meet no conflict, as `GetItem` and `Query` meet none.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dynoxide::{Database, DynoxideError};
use serde_json::Value;

use super::written_items::{Item, PrimaryKeys};

/// The items that transactions hold now. Clones share them.
#[derive(Clone, Default)]
pub struct HeldItems(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    /// How long a write takes, if it takes time at all.
    write_time: Option<Duration>,
    keys: PrimaryKeys,
    items: HashSet<Item>,
    conflicts: u64,
}

/// A write that takes time.
pub struct SlowWrite {
    pub time: Duration,
    pub request: Value,
    /// The item of each write in the request; `None` for a write that is malformed, or that is none.
    pub items: Vec<Option<Item>>,
}

/// The hold of a transaction on its items. It ends when this is dropped, so also when the caller ends first.
pub struct Hold<'a> {
    held: &'a HeldItems,
    items: Vec<Item>,
}

impl HeldItems {
    /// From now on, writes take this time, and transactions hold their items meanwhile.
    pub fn set_write_time(
        &self,
        database: &Database,
        write_time: Duration,
    ) -> Result<(), DynoxideError> {
        let keys = PrimaryKeys::of(database)?;
        let mut held = self.lock();
        held.keys = keys;
        held.write_time = Some(write_time);
        Ok(())
    }

    /// The write that a call makes; `None` if writes take no time, or if it writes no item.
    pub fn slow_write(&self, operation: &str, body: &[u8]) -> Option<SlowWrite> {
        let held = self.lock();
        let time = held.write_time?;
        let request: Value = serde_json::from_slice(body).ok()?;
        let items = held.keys.written(operation, &request);

        let writes = items.iter().any(Option::is_some);
        writes.then_some(SlowWrite {
            time,
            request,
            items,
        })
    }

    /// Holds the items of a transaction, or says for each of its writes whether another transaction holds the item.
    pub fn try_hold(&self, items: &[Option<Item>]) -> Result<Hold<'_>, Vec<bool>> {
        let mut held = self.lock();
        let conflicts = held.meet(items);
        if conflicts.contains(&true) {
            return Err(conflicts);
        }

        let items: Vec<_> = items.iter().flatten().cloned().collect();
        held.items.extend(items.iter().cloned());
        Ok(Hold { held: self, items })
    }

    /// Says for each write whether a transaction holds its item, and counts those.
    pub fn meet(&self, items: &[Option<Item>]) -> Vec<bool> {
        self.lock().meet(items)
    }

    /// The number of writes so far that met a conflict.
    pub fn conflicts(&self) -> u64 {
        self.lock().conflicts
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn meet(&mut self, items: &[Option<Item>]) -> Vec<bool> {
        let is_held = |item: &Option<Item>| {
            let item = item.as_ref();
            item.is_some_and(|item| self.items.contains(item))
        };
        let conflicts: Vec<_> = items.iter().map(is_held).collect();

        let met = conflicts.iter().filter(|met| **met);
        self.conflicts += met.map(|_| 1).sum::<u64>();
        conflicts
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut held = self.held.lock();
        for item in &self.items {
            held.items.remove(item);
        }
    }
}
