use std::collections::HashMap;

use reinvite_domain::{EmailAddress, User};

use crate::notice::Notice;

/// The notice about users who share an address, compared without case.
pub fn same_address<'a>(users: impl Iterator<Item = &'a User>) -> Option<Notice> {
    let mut users_by_address: HashMap<String, usize> = HashMap::new();
    for address in users.filter_map(|user| user.email.as_ref()) {
        *users_by_address
            .entry(EmailAddress::folded(address))
            .or_default() += 1;
    }

    users_by_address.retain(|_, users| *users > 1);
    let addresses = users_by_address.len();
    (addresses > 0).then(|| Notice::same_address(users_by_address.values().sum(), addresses))
}
