//! Parses `leaveOut`: the users whom a resend passes over instead of being refused.

use reinvite_domain::{FieldError, Rule};

/// The exclusion reason that a request may leave out.
const NOT_RENDERABLE: &str = "not_renderable";

/// Whether users are left out for whom the template cannot be rendered. Every other name is added to
/// `errors`.
pub fn parse_leave_out(names: &[String], errors: &mut Vec<FieldError>) -> bool {
    let unknown = (0..).zip(names).filter(|(_, name)| *name != NOT_RENDERABLE);
    errors.extend(unknown.map(|(index, _): (usize, _)| {
        let rule = Rule::unknown_value(&[NOT_RENDERABLE]);
        FieldError::pointer(format!("/leaveOut/{index}"), rule)
    }));

    !names.is_empty()
}
