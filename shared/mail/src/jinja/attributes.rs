//! The attributes of a user that a template reads, by name.

use std::collections::BTreeSet;

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

use super::lists::{value_of, visit};

/// The name by which `user` has its attributes.
const ATTRIBUTES: &str = "attributes";

/// How a source reads attributes of a user.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AttributeUse {
    /// The names in `user.attributes.NAME`.
    pub names: BTreeSet<String>,
    /// The byte offset of the first access that does not show a name.
    pub nameless: Option<usize>,
}

/// Finds the attributes that a source reads. A source that cannot be parsed reads none.
///
/// The names must be known before a mail is rendered, because only these are read from the table. An
/// access in another way is found, so that its author is told. Were one overlooked, it would find
/// nothing.
pub(crate) fn attribute_use(source: &str, syntax: SyntaxConfig) -> AttributeUse {
    let mut found = AttributeUse::default();
    let Ok(tree) = parse(source, "", syntax) else {
        return found;
    };
    let Stmt::Template(template) = &tree else {
        return found;
    };

    // An expression is visited before those in it.
    let mut named: Vec<&Expr<'_>> = Vec::new();
    visit(&template.children, &mut |expression| {
        if let Some((name, attributes)) = named_attribute(expression) {
            found.names.insert(name.to_owned());
            named.push(attributes);
        }
        let is_named = named.iter().any(|named| std::ptr::eq(*named, expression));
        if !is_named && let Some(offset) = nameless_access(expression) {
            found.nameless = Some(found.nameless.map_or(offset, |first| first.min(offset)));
        }
    });
    found
}

/// The name in `user.attributes.NAME`, and the expression `user.attributes`.
fn named_attribute<'e, 'a>(expression: &'e Expr<'a>) -> Option<(&'a str, &'e Expr<'a>)> {
    let Expr::GetAttr(access) = expression else {
        return None;
    };
    let Expr::GetAttr(attributes) = &access.expr else {
        return None;
    };
    let is_of_user = matches!(&attributes.expr, Expr::Var(variable) if variable.id == "user");
    (is_of_user && attributes.name == ATTRIBUTES).then_some((access.name, &access.expr))
}

/// The offset of an access to the attributes themselves, or of one to a field of `user` that shows no
/// name.
fn nameless_access(expression: &Expr<'_>) -> Option<usize> {
    let (is_access, span) = match expression {
        Expr::GetAttr(access) => (access.name == ATTRIBUTES, access.span()),
        Expr::GetItem(access) => {
            let is_of_user = matches!(&access.expr, Expr::Var(variable) if variable.id == "user");
            let name = constant(&access.subscript_expr);
            let is_access = name.map_or(is_of_user, |name| name == ATTRIBUTES);
            (is_access, access.span())
        }
        Expr::Filter(filter) if filter.name == "attr" => {
            let names = filter
                .args
                .iter()
                .map(|argument| constant(value_of(argument)));
            (
                names.flatten().any(|name| name == ATTRIBUTES),
                filter.span(),
            )
        }
        _ => return None,
    };
    is_access.then_some(span.start_offset as usize)
}

/// The text of a literal.
fn constant(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Const(constant) => Some(constant.value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(source: &str) -> AttributeUse {
        attribute_use(source, SyntaxConfig::default())
    }

    #[test]
    fn names_are_found_wherever_a_template_reads_them() {
        let source = "{{ user.attributes.a }}{% if user.attributes.b is defined %}{% endif %}\
                      {% for x in [1] %}{{ 'x' ~ (user.attributes.c | default(user.attributes.d)) }}{% endfor %}\
                      {% set y = user.attributes.e %}{% filter upper %}{{ user.attributes.a }}{% endfilter %}";
        let names: Vec<_> = used(source).names.into_iter().collect();
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
        assert_eq!(used(source).nameless, None);
    }

    #[test]
    fn an_access_that_shows_no_name_is_found() {
        for (source, offset) in [
            ("{{ user.attributes }}", 3),
            ("{{ user['attributes'].a }}", 3),
            ("{{ user.attributes['a'] }}", 3),
            ("{% for a in user.attributes %}{% endfor %}", 12),
            ("{% set u = user %}{{ u.attributes.a }}", 21),
            ("{{ user['attri' ~ 'butes'].a }}", 3),
            ("{{ user[x] }}", 3),
            ("{{ (user | attr('attributes')).a }}", 11),
            ("{{ user.attributes.a ~ user.attributes }}", 23),
        ] {
            assert_eq!(used(source).nameless, Some(offset), "{source}");
        }
        for source in [
            "{{ user['name'] }}",
            "{{ user.groups[0] }}",
            "{{ x['a'] }}",
            "{{",
        ] {
            assert_eq!(used(source), AttributeUse::default(), "{source}");
        }
    }
}
