//! The part of a list that an answer shows.

use reinvite_domain::UserId;

/// The users of a list who come after a place, up to a limit. Users are offered in the order of their ids.
#[derive(Debug)]
pub struct ListPart {
    after: Option<UserId>,
    limit: usize,
    shown: usize,
    last_shown: Option<UserId>,
    is_cut: bool,
}

impl ListPart {
    /// Begins with the users after a place; with the first user, if there is none.
    pub const fn new(after: Option<UserId>, limit: usize) -> Self {
        Self {
            after,
            limit,
            shown: 0,
            last_shown: None,
            is_cut: false,
        }
    }

    /// Whether the answer shows the next user of the list.
    pub fn shows(&mut self, user: &UserId) -> bool {
        if self.after.as_ref().is_some_and(|after| user <= after) {
            return false;
        }
        if self.shown == self.limit {
            self.is_cut = true;
            return false;
        }

        self.shown += 1;
        self.last_shown = Some(user.clone());
        true
    }

    /// Whether a user of the list was not shown because of the limit.
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The place after which the list goes on, if every user up to `last_checked` was offered.
    pub fn place(&self, last_checked: Option<&UserId>) -> Option<UserId> {
        let reached = if self.is_cut {
            self.last_shown.as_ref()
        } else {
            last_checked
        };
        reached.max(self.after.as_ref()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(count: usize) -> Vec<UserId> {
        (0..count)
            .map(|number| UserId::new(format!("u{number:03}")).unwrap())
            .collect()
    }

    proptest! {
        /// Each page looks at some users, and the limit cuts it. The user after the place comes next.
        #[test]
        fn parts_one_after_the_other_show_each_user_once(
            users in 0..40_usize, pages in proptest::collection::vec((1..10_usize, 1..20_usize), 1..8),
        ) {
            let users = ids(users);
            let mut pages = pages.iter().cycle();
            let (mut shown, mut place) = (Vec::new(), None);

            loop {
                let (limit, checked) = *pages.next().unwrap();
                let begin = users.partition_point(|user| Some(user) <= place.as_ref());
                let looked_at = &users[begin..users.len().min(begin + checked)];
                let mut part = ListPart::new(place.clone(), limit);
                shown.extend(looked_at.iter().filter(|user| part.shows(user)).cloned());

                if begin + looked_at.len() == users.len() && !part.is_cut() {
                    break;
                }
                let next = part.place(looked_at.last());
                prop_assert!(next > place);
                place = next;
            }
            prop_assert_eq!(shown, users);
        }
    }
}
