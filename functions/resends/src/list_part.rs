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
    use super::*;

    fn ids(count: usize) -> Vec<UserId> {
        (0..count)
            .map(|number| UserId::new(format!("u{number:03}")).unwrap())
            .collect()
    }

    /// The users that pages show one after the other. Each looks at some users, and the limit cuts it.
    fn shown(users: &[UserId], limit: usize, checked: usize) -> Vec<UserId> {
        let (mut shown, mut place) = (Vec::new(), None);
        loop {
            let begin = users.partition_point(|user| Some(user) <= place.as_ref());
            let looked_at = &users[begin..users.len().min(begin + checked)];
            let mut part = ListPart::new(place.clone(), limit);
            shown.extend(looked_at.iter().filter(|user| part.shows(user)).cloned());

            if begin + looked_at.len() == users.len() && !part.is_cut() {
                return shown;
            }
            let next = part.place(looked_at.last());
            assert!(next > place);
            place = next;
        }
    }

    #[test]
    fn parts_one_after_the_other_show_each_user_once() {
        for count in 0..14 {
            let users = ids(count);
            for limit in 1..16 {
                for checked in 1..16 {
                    assert_eq!(shown(&users, limit, checked), users, "{limit} of {checked}");
                }
            }
        }
    }
}
