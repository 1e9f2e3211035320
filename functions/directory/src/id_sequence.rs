use chrono::{DateTime, Utc};
use reinvite_domain::{GroupId, UserId};

/// New ids that sort in the order in which they are made.
///
/// All have one timestamp. Their random part starts at a random value, and each is one higher than
/// the last (RFC 9562, section 6.2, method 2).
pub struct IdSequence {
    now: DateTime<Utc>,
    last_random: [u8; 10],
}

impl IdSequence {
    /// A sequence of ids with the timestamp `now`.
    pub const fn new(now: DateTime<Utc>, random: [u8; 10]) -> Self {
        Self {
            now,
            last_random: random,
        }
    }

    /// The id of a new group.
    pub fn next_group(&mut self) -> GroupId {
        GroupId::generate(self.now, self.next_random())
    }

    /// The id of a new user.
    pub fn next_user(&mut self) -> UserId {
        UserId::generate(self.now, self.next_random())
    }

    /// Adds one to the big-endian number; after the highest comes 0.
    fn next_random(&mut self) -> [u8; 10] {
        for byte in self.last_random.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        self.last_random
    }
}
