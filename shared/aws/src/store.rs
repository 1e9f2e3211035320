//! The two tables.

use aws_sdk_dynamodb::Client;

use crate::table::Table;

/// What Reinvite knows: the `Directory` of organisations, groups and users, and the `Resends`. Its methods are in the
/// modules named after what they keep.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) directory: Table,
    pub(crate) resends: Table,
}

impl Store {
    /// The tables of these names.
    #[must_use]
    pub fn new(client: Client, directory: impl Into<String>, resends: impl Into<String>) -> Self {
        Self {
            directory: Table {
                client: client.clone(),
                name: directory.into(),
            },
            resends: Table {
                client,
                name: resends.into(),
            },
        }
    }
}
