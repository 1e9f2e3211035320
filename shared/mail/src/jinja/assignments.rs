//! The variables to which a template gives values.

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

use super::lists::bodies;

/// Finds the first variable with such a name to which a source gives a value, and its byte offset.
///
/// The address of a link is judged by the variable in it, which so must have the value that the mail
/// gives it. A source that cannot be parsed has none.
pub(crate) fn find_assignment(
    source: &str,
    syntax: SyntaxConfig,
    is_wanted: impl Fn(&str) -> bool,
) -> Option<(usize, String)> {
    let tree = parse(source, "", syntax).ok()?;
    let Stmt::Template(template) = &tree else {
        return None;
    };

    let mut found = Vec::new();
    collect(&template.children, &mut |name, offset| {
        if is_wanted(name) {
            found.push((offset, name.to_owned()));
        }
    });
    found.into_iter().min()
}

fn collect(statements: &[Stmt<'_>], add: &mut impl FnMut(&str, usize)) {
    for statement in statements {
        for target in targets(statement) {
            collect_names(target, add);
        }
        for body in bodies(statement) {
            collect(body, add);
        }
    }
}

fn targets<'a>(statement: &'a Stmt<'a>) -> Vec<&'a Expr<'a>> {
    match statement {
        Stmt::Set(set) => vec![&set.target],
        Stmt::SetBlock(set) => vec![&set.target],
        Stmt::WithBlock(with) => with.assignments.iter().map(|(target, _)| target).collect(),
        Stmt::ForLoop(looped) => vec![&looped.target],
        _ => Vec::new(),
    }
}

fn collect_names(target: &Expr<'_>, add: &mut impl FnMut(&str, usize)) {
    match target {
        Expr::Var(name) => add(name.id, name.span().start_offset as usize),
        Expr::GetAttr(access) => collect_names(&access.expr, add),
        Expr::Tuple(parts) => parts.items.iter().for_each(|part| collect_names(part, add)),
        Expr::List(parts) => parts.items.iter().for_each(|part| collect_names(part, add)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_found_in_every_tag_that_gives_it_a_value() {
        let find = |source: &str| {
            let found =
                find_assignment(source, SyntaxConfig::default(), |name| name == "login_url");
            found.map(|(offset, _)| offset)
        };

        for source in [
            "{% set login_url = 1 %}",
            "{% set login_url %}x{% endset %}",
            "{% set a, login_url = [1, 2] %}",
            "{% set (a, (b, login_url)) = x %}",
            "{% for login_url in [1] %}{% endfor %}",
            "{% for a, login_url in x %}{% endfor %}",
            "{% with login_url = 1 %}{% endwith %}",
            "{% with a = 1, (b, login_url) = x %}{% endwith %}",
            "{% if a %}{% for b in c %}{% else %}{% set login_url = 1 %}{% endfor %}{% endif %}",
        ] {
            assert_eq!(find(source), source.find("login_url"), "{source}");
        }
        for source in [
            "{{ login_url }}",
            "{% set url = login_url %}",
            "{% for url in [login_url] %}{{ login_url }}{% endfor %}",
            "{% with url = login_url %}{% endwith %}",
            "{% set login_url",
        ] {
            assert_eq!(find(source), None, "{source}");
        }
    }
}
