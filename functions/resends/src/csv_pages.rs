//! The pages of a list as CSV.

/// The number of rows that are read at a time.
pub const ROWS_PER_READ: usize = 200;

/// The address of the page after a cursor. It is relative, for nothing is taken from the header `Host`.
pub fn next_address(path: &str, limit: usize, states: &[&str], next: &str) -> String {
    let states = if states.is_empty() {
        String::new()
    } else {
        format!("state={}&", states.join(","))
    };
    format!("{path}?{states}limit={limit}&next={next}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_with_the_same_parameters() {
        assert_eq!(next_address("/a", 10, &[], "x"), "/a?limit=10&next=x");
        assert_eq!(
            next_address("/a", 10, &["failed", "bounced"], "x"),
            "/a?state=failed,bounced&limit=10&next=x"
        );
    }
}
